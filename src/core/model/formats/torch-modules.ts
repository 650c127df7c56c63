import type { TorchTensor } from './torch-state-dict.ts';

/** The weights of one module of a PyTorch model. */
export interface TorchModule {
  /** Such as `features.0`. */
  name: string;
  kind: 'conv' | 'linear' | 'norm';
  weight: TorchTensor;
  bias: Float32Array | undefined;
  /** Of batch normalization. */
  mean: Float32Array | undefined;
  variance: Float32Array | undefined;
}

/** Counts batches in training, and is not used otherwise. */
const COUNTER = 'num_batches_tracked';
const PARTS = ['weight', 'bias', 'running_mean', 'running_var', COUNTER];

/** The modules of a state dict, in order. Returns what is wrong, in words, if some are of other types. */
export function groupModules(tensors: readonly TorchTensor[]): TorchModule[] | string {
  const groups = new Map<string, Map<string, TorchTensor>>();
  for (const tensor of tensors) {
    const dot = tensor.name.lastIndexOf('.');
    const name = tensor.name.slice(0, Math.max(dot, 0));
    const group = groups.get(name) ?? new Map<string, TorchTensor>();
    groups.set(name, group.set(tensor.name.slice(dot + 1), tensor));
  }
  const modules: TorchModule[] = [];
  const others: string[] = [];
  for (const [name, parts] of groups) {
    const weight = parts.get('weight');
    const kind = weight && kindOf(weight, parts.has('running_mean'));
    const unknown = [...parts.keys()].filter((part) => !PARTS.includes(part));
    if (!weight || !kind || unknown.length > 0) others.push(...[...parts.values()].map((tensor) => tensor.name));
    else {
      modules.push({
        name,
        kind,
        weight,
        bias: parts.get('bias')?.data,
        mean: parts.get('running_mean')?.data,
        variance: parts.get('running_var')?.data,
      });
    }
  }
  if (others.length > 0) {
    return `some are of layers that are not supported: ${others.slice(0, 4).join(', ')}${others.length > 4 ? ', …' : ''}`;
  }
  return modules;
}

function kindOf({ dims }: TorchTensor, hasMean: boolean): TorchModule['kind'] | null {
  switch (dims.length) {
    case 4:
      return 'conv';
    case 2:
      return 'linear';
    case 1:
      return hasMean ? 'norm' : null;
    default:
      return null;
  }
}
