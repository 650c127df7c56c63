import { MAX_INPUT_SIZE } from '../../images/fit-images.ts';
import { IMAGE_SIZE } from '../../images/image-size.ts';
import type { Layer, Shape } from '../layer.ts';
import { elements, type Network, outputShape } from '../network.ts';
import type { TorchModule } from './torch-modules.ts';

const POOL: Layer = { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' };
/** More convolutions have too many possible arrangements. */
const MAX_CONVOLUTIONS = 8;
/** Of convolutions that differ in padding. */
const MAX_MIXED = 3;

/**
 * The network of a state dict, if the shapes of its weights leave no choice: dense layers alone, or convolutions of stride 1,
 * with `same` padding or without, 2x2 pooling after some of them, and dense layers. Only one arrangement of the pooling,
 * among all, may lead to the size of the first dense layer. Activations have no weights; they are taken to be ReLU. Returns why
 * it cannot be inferred, in words, otherwise.
 */
export function inferNetwork(modules: readonly TorchModule[]): Network | string {
  const first = modules.findIndex(({ kind }) => kind === 'linear');
  if (first < 0) return 'the order of their layers cannot be inferred, since none is a dense layer';
  const before = modules.slice(0, first);
  const after = modules.slice(first);
  const problem = chainProblem(modules);
  if (problem) return problem;
  const dense = denseLayers(after);
  const inputs = after[0]!.weight.dims[1]!;
  const convolutions = before.filter(({ kind }) => kind === 'conv');
  if (convolutions.length === 0) {
    const size = Math.sqrt(inputs);
    if (before.length > 0 || !Number.isInteger(size) || size > MAX_INPUT_SIZE) {
      return `its first layer takes ${inputs} values, which are not the pixels of an image`;
    }
    return { input: [size, size, 1], layers: [{ type: 'flatten' }, ...dense] };
  }
  if (convolutions.length > MAX_CONVOLUTIONS)
    return `it has ${convolutions.length} convolutions, too many to infer their order`;
  const channels = convolutions[0]!.weight.dims[1]!;
  if (channels !== 1 && channels !== 3) return `its first convolution takes ${channels} channels`;
  const input = [IMAGE_SIZE, IMAGE_SIZE, channels] as const;
  if (inputs === convolutions.at(-1)!.weight.dims[0]) {
    return `"${after[0]!.name}" takes one value for each channel, which several arrangements of pooling lead to`;
  }
  const count = convolutions.length;
  const none = 0;
  const all = 2 ** count - 1;
  const arrangements = (paddings: readonly number[]) => {
    return paddings.flatMap((padded) => {
      return Array.from({ length: 2 ** count }, (_, pools) => imageLayers(before, padded, pools)).filter((layers) => {
        const shape = shapeAfter(input, layers);
        return shape !== null && elements(shape) === inputs;
      });
    });
  };
  // Padding usually is that of all convolutions, or of none.
  const usual = arrangements([none, all]);
  const found =
    usual.length > 0 || count > MAX_MIXED
      ? usual
      : arrangements(Array.from({ length: all - 1 }, (_, bits) => bits + 1));
  if (found.length !== 1) {
    const why = found.length === 0 ? 'no usual arrangement' : `${found.length} arrangements`;
    return `${why} of pooling after its convolutions ${found.length === 0 ? 'leads' : 'lead'} to the ${inputs} inputs of "${after[0]!.name}"`;
  }
  return { input, layers: [...found[0]!, { type: 'flatten' }, ...dense] };
}

/** Why modules are not a chain in which each takes the output of the one before; null if they may be. */
function chainProblem(modules: readonly TorchModule[]): string | null {
  let channels: number | null = null;
  let isFlat = false;
  for (const { name, kind, weight } of modules) {
    const [outputs, inputs, ...kernel] = weight.dims;
    if (kind === 'norm') {
      if (channels !== outputs) return `"${name}" does not follow the layer before it in the file`;
      continue;
    }
    if (kind === 'conv') {
      if (isFlat) return `the convolution "${name}" follows a dense layer in the file`;
      if (kernel.some((size) => size < 3 || size % 2 === 0))
        return `what lies between its layers cannot be inferred: "${name}" is ${kernel.join('x')}`;
    }
    const isFirstDense = kind === 'linear' && !isFlat;
    if (channels !== null && channels !== inputs && !isFirstDense) {
      return `"${name}" takes ${inputs} channels, and the layer before it in the file has ${channels}`;
    }
    if (kind === 'linear') isFlat = true;
    channels = outputs!;
  }
  return null;
}

/** `padded` and `pools`: a bit for each convolution, whether it pads, and whether pooling follows it. */
function imageLayers(modules: readonly TorchModule[], padded: number, pools: number): Layer[] {
  const layers: Layer[] = [];
  let count = 0;
  for (const [index, { kind, weight, bias }] of modules.entries()) {
    if (kind === 'norm') layers.push(NORM);
    else {
      const [filters, , height, width] = weight.dims as [number, number, number, number];
      const padding = (padded >> count) & 1 ? 'same' : 'valid';
      layers.push({
        type: 'conv2d',
        filters,
        kernel: [height, width],
        stride: [1, 1],
        padding,
        useBias: bias !== undefined,
      });
    }
    if (modules[index + 1]?.kind === 'norm') continue;
    layers.push({ type: 'relu' });
    if ((pools >> count) & 1) layers.push(POOL);
    count++;
  }
  return layers;
}

const NORM: Layer = { type: 'batchNorm', momentum: 0.9, epsilon: 1e-5 };

function denseLayers(modules: readonly TorchModule[]): Layer[] {
  return modules.flatMap(({ kind, weight, bias }, index): Layer[] => {
    const own: Layer = kind === 'norm' ? NORM : { type: 'dense', units: weight.dims[0]!, useBias: bias !== undefined };
    const isLast = index === modules.length - 1;
    return isLast || modules[index + 1]?.kind === 'norm' ? [own] : [own, { type: 'relu' }];
  });
}

/** The shape of the output of layers; null if they do not fit. */
function shapeAfter(input: Shape, layers: readonly Layer[]): Shape | null {
  let shape = input;
  for (const layer of layers) {
    shape = outputShape(layer, [shape]);
    if (shape.some((size) => size < 1)) return null;
  }
  return shape;
}
