import { setFloat16 } from '@petamoriken/float16';
import { equalizeChannels } from './equalize-channels.ts';
import { elements, type Network, type WeightSpec, weightSpecs } from './network.ts';

/**
 * How the weights of a model are stored. Readers convert all of them back to 32 bits. `uint8`: kernels of convolutions and dense
 * layers that are followed by others in 8 bits, the rest as `float16`.
 */
export type WeightType = 'float32' | 'float16' | 'uint8';

/** A weight in the manifest of the TensorFlow.js Layers format. */
interface WeightEntry extends Pick<WeightSpec, 'name' | 'shape'> {
  dtype: 'float32';
  quantization?: { dtype: 'float16' | 'uint8'; original_dtype: 'float32'; min?: number; scale?: number };
}

/** Kernels of fewer numbers would save nothing that counts. */
const SMALLEST = 4096;

/** The entries of the manifest for a network's weights, and the bytes of the file. */
export function encodeWeights(
  network: Network,
  weights: readonly Float32Array[],
  type: WeightType,
): { entries: WeightEntry[]; bytes: Uint8Array } {
  const specs = weightSpecs(network);
  const stored = type === 'uint8' ? equalizeChannels(network, weights) : weights;
  const last = specs.findLastIndex(({ shape }) => shape.length > 1);
  const parts = specs.map((spec, index) => {
    const isSmall = spec.shape.length === 1 || elements(spec.shape) < SMALLEST;
    return encodeWeight(spec, stored[index]!, type === 'uint8' && (isSmall || index === last) ? 'float16' : type);
  });
  // A small Buffer shares its memory with others, and anyone who takes the `buffer` of the bytes would get them too.
  const bytes = new Uint8Array(Buffer.concat(parts.map((part) => part.bytes)));
  return { entries: parts.map(({ entry }) => entry), bytes };
}

function encodeWeight(
  { name, shape }: WeightSpec,
  tensor: Float32Array,
  type: WeightType,
): { entry: WeightEntry; bytes: Uint8Array } {
  const entry: WeightEntry = { name, shape, dtype: 'float32' };
  if (type === 'uint8') {
    const { bytes, ...range } = quantize(tensor);
    return { entry: { ...entry, quantization: { dtype: type, original_dtype: 'float32', ...range } }, bytes };
  }
  const bytes = new Uint8Array(tensor.length * (type === 'float16' ? 2 : 4));
  const view = new DataView(bytes.buffer);
  if (type === 'float32') {
    tensor.forEach((value, index) => void view.setFloat32(index * 4, value, true));
    return { entry, bytes };
  }
  tensor.forEach((value, index) => void setFloat16(view, index * 2, value, true));
  return { entry: { ...entry, quantization: { dtype: type, original_dtype: 'float32' } }, bytes };
}

/** Rounds numbers to `integer * scale + min`, with integers from 0 to 255. */
function quantize(tensor: Float32Array): { min: number; scale: number; bytes: Uint8Array } {
  let [min, max] = [0, 0];
  for (const value of tensor) [min, max] = [Math.min(min, value), Math.max(max, value)];
  // All zeros have no range.
  const scale = (max - min) / 255 || 1;
  return { min, scale, bytes: Uint8Array.from(tensor, (value) => Math.round((value - min) / scale)) };
}
