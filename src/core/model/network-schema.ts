import * as v from 'valibot';
import { inputProblem } from '../images/fit-images.ts';
import { MAX_LAYERS } from './keras/topology.ts';
import type { Layer, LayerFunction, Shape, Size } from './layer.ts';
import { layerShapes, type Network } from './network.ts';

/** Larger than any network for images of 64x64 needs. */
const MAX_SIZE = 65_536;

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_SIZE));
const pair = v.tuple([size, size]) satisfies v.GenericSchema<unknown, Size>;
const shape = v.union([v.tuple([size, size, size]), v.tuple([size])]) satisfies v.GenericSchema<unknown, Shape>;
const rows = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_SIZE));
const rate = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const windows = { stride: pair, padding: v.picklist(['valid', 'same']) };

/** A layer without its inputs. */
function layer<const Type extends string, const Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return v.object({
    type: v.literal(type),
    ...entries,
    inputs: v.optional(v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(-1))), v.maxLength(MAX_LAYERS))),
  });
}

const layerSchema = v.variant('type', [
  layer('conv2d', { filters: size, kernel: pair, useBias: v.boolean(), ...windows }),
  layer('depthwiseConv2d', { multiplier: size, kernel: pair, useBias: v.boolean(), ...windows }),
  layer('dense', { units: size, useBias: v.boolean() }),
  layer('batchNorm', { momentum: v.number(), epsilon: v.number() }),
  layer('relu', {}),
  layer('leakyRelu', { slope: v.number() }),
  layer('elu', { alpha: v.number() }),
  layer('gelu', { approximate: v.boolean() }),
  layer('sigmoid', {}),
  layer('tanh', {}),
  layer('softmax', {}),
  layer('maxPool', { size: pair, ...windows }),
  layer('averagePool', { size: pair, ...windows }),
  layer('globalMaxPool', {}),
  layer('globalAveragePool', {}),
  layer('dropout', { rate }),
  layer('spatialDropout', { rate }),
  layer('flatten', {}),
  layer('reshape', { shape }),
  layer('zeroPadding', { top: rows, bottom: rows, left: rows, right: rows }),
  layer('rescaling', { scale: v.number(), offset: v.number() }),
  layer('add', {}),
  layer('concatenate', {}),
]) satisfies v.GenericSchema<unknown, LayerFunction>;

/** A network as this program stores it: every layer takes earlier ones, and their shapes fit. */
export const networkSchema = v.pipe(
  v.object({
    input: v.tuple([size, size, size]),
    layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(MAX_LAYERS)),
  }),
  v.transform(({ input, layers }): Network => ({ input, layers: layers as readonly Layer[] })),
  v.check(isConsistent, 'the layers do not fit'),
);

function isConsistent(network: Network): boolean {
  if (inputProblem(network.input) !== null) return false;
  if (!network.layers.every(({ inputs = [] }, index) => inputs.every((input) => input < index))) return false;
  try {
    return layerShapes(network).every((sizes) => sizes.every((one) => Number.isSafeInteger(one) && one > 0));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
