import * as v from 'valibot';
import type { LayerFunction } from '../layer.ts';
import type { LayerContext } from './layer-context.ts';
import { brief, LayerFields } from './layer-fields.ts';
import type { Problems } from './problems.ts';
import { kerasShape, type Tensor } from './tensor.ts';

/** Scale and alpha of SELU (Klambauer et al. 2017). */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

/** Activations by the names that Keras and TensorFlow.js give them, as the layers that compute them. */
const ACTIVATIONS: ReadonlyMap<string, readonly LayerFunction[]> = new Map<string, readonly LayerFunction[]>([
  ['linear', []],
  ['relu', [{ type: 'relu' }]],
  // The slope of the function; that of the layer is 0.3.
  ['leaky_relu', [{ type: 'leakyRelu', slope: 0.2 }]],
  ['elu', [{ type: 'elu', alpha: 1 }]],
  [
    'selu',
    [
      { type: 'elu', alpha: SELU.alpha },
      { type: 'rescaling', scale: SELU.scale, offset: 0 },
    ],
  ],
  ['gelu', [{ type: 'gelu', approximate: false }]],
  // Of TensorFlow.js, whose files cannot name it.
  ['gelu_new', [{ type: 'gelu', approximate: true }]],
  ['sigmoid', [{ type: 'sigmoid' }]],
  ['tanh', [{ type: 'tanh' }]],
  ['softmax', [{ type: 'softmax' }]],
]);

/** Whether two layers are those that SELU is read as. */
export function isSelu(layer: LayerFunction, next: LayerFunction): boolean {
  const isElu = layer.type === 'elu' && layer.alpha === SELU.alpha;
  return isElu && next.type === 'rescaling' && next.scale === SELU.scale && next.offset === 0;
}

const objectSchema = v.object({
  class_name: v.string(),
  config: v.union([v.string(), v.record(v.string(), v.unknown())]),
});

/**
 * The layers that compute the activation that a layer's `activation` names or describes. Without one it is linear. An unknown
 * one is recorded as a problem.
 */
export function activationOf(fields: LayerFields, problems: Problems): readonly LayerFunction[] {
  const value = fields.config.activation ?? 'linear';
  if (value === 'gelu' && fields.config.approximate === true) return [{ type: 'gelu', approximate: true }];
  if (typeof value === 'string') return named(value, fields);
  const parsed = v.safeParse(objectSchema, value);
  if (!parsed.success) {
    fields.problem(`has the activation ${brief(value)}, which is not supported`);
    return [];
  }
  const { class_name, config } = parsed.output;
  // A function by its name, or a layer.
  if (typeof config === 'string') return named(config, fields);
  return (
    activationLayer(new LayerFields({ ...fields.node, className: class_name, config }, problems)) ??
    named(class_name, fields)
  );
}

function named(name: string, fields: LayerFields): readonly LayerFunction[] {
  const layers = ACTIVATIONS.get(name) ?? ACTIVATIONS.get(name.replace(/^.*>/, '').toLowerCase());
  if (layers) return layers;
  if (name.includes('lambda')) fields.problem('has a Python function as its activation, which is not executed');
  else fields.problem(`has the activation ${name}, which is not supported`);
  return [];
}

/** The layers of a Keras layer that is an activation with parameters; null if it is none. */
export function activationLayer(fields: LayerFields): readonly LayerFunction[] | null {
  switch (fields.node.className) {
    case 'ReLU': {
      fields.require('max_value', null, undefined);
      fields.require('threshold', 0, null, undefined);
      const slope = fields.number('negative_slope', 0);
      return [slope === 0 ? { type: 'relu' } : { type: 'leakyRelu', slope }];
    }
    case 'LeakyReLU':
      return [{ type: 'leakyRelu', slope: fields.number('negative_slope', fields.number('alpha', 0.3)) }];
    case 'ELU':
      return [{ type: 'elu', alpha: fields.number('alpha', 1) }];
    case 'Softmax':
      return [{ type: 'softmax' }];
    default:
      return null;
  }
}

/** Adds activation layers after a tensor. */
export function addFunctions(
  { builder, fields }: LayerContext,
  input: Tensor,
  layers: readonly LayerFunction[],
): Tensor | null {
  let output: Tensor | null = input;
  for (const layer of layers) {
    if (layer.type === 'softmax' && (output.kind === 'first' || output.kind === 'rows')) {
      fields.problem(
        `has a softmax over the last axis of [${kerasShape(output)}], only one over the channels is supported`,
      );
    }
    output = builder.add(fields, [output], layer);
    if (!output) return null;
  }
  return fields.failed ? null : output;
}
