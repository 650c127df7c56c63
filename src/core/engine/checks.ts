import { EmnistError } from '../errors.ts';
import { classCount, elements, layerShapes, type Network, type WeightSpec } from '../model/network.ts';

/**
 * What a network computes of an image: the logits of its classes, any features, or the logits of the classes at each step of a
 * sequence.
 */
export type OutputKind = 'classes' | 'features' | 'sequence';

/**
 * The shape after each layer (see `layerShapes`). Throws an `EmnistError` for a network that no engine can run: one in
 * which a layer does not fit its inputs or its output is empty, whose output is not a vector, or, of a sequence, one row, or that
 * has too many outputs for labels of one byte, unless these are features.
 */
export function checkedShapes(network: Network, kind: OutputKind = 'classes'): (readonly number[])[] {
  const refuse = (reason: string): never => {
    throw new EmnistError('network-unsupported', `unsupported network: ${reason}`, { reason });
  };
  let shapes: (readonly number[])[] = [];
  try {
    shapes = layerShapes(network);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse(error.message);
  }
  shapes.forEach((shape, index) => {
    const { type } = network.layers[index]!;
    if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
      refuse(`the output of layer ${index + 1} (${type}) is empty: [${shape.join(', ')}]`);
    }
  });
  const output = shapes.at(-1) ?? network.input;
  if (kind === 'sequence' && (output.length !== 3 || output[0] !== 1)) refuse('its output is not a row');
  if (kind !== 'sequence' && output.length !== 1) refuse('its output is not a vector');
  const classes = output.at(-1)!;
  if (kind !== 'features' && (classes < 2 || classes > 256)) refuse(`it has ${classes} outputs, not 2 to 256`);
  return shapes;
}

/** The number of images in `images`. Throws a `RangeError` unless it is an integer. */
export function imageCount(network: Network, images: Uint8Array): number {
  const count = images.length / elements(network.input);
  if (!Number.isInteger(count)) throw new RangeError(`${images.length} bytes are not a whole number of images`);
  return count;
}

/** Throws a `RangeError` unless these images and labels are a valid batch for `trainBatch`. */
export function checkBatch(network: Network, batchSize: number, images: Uint8Array, labels: Uint8Array): void {
  if (labels.length < 1 || labels.length > batchSize) {
    throw new RangeError(`a batch of ${labels.length} images; must be 1 to ${batchSize}`);
  }
  if (imageCount(network, images) !== labels.length) throw new RangeError('the numbers of images and labels differ');
  const classes = classCount(network);
  if (labels.some((label) => label >= classes)) throw new RangeError(`labels must be less than ${classes}`);
}

/** Throws an `EmnistError` unless `values` has one array of the right length for each of `specs`. */
export function checkLengths(values: readonly Float32Array[], specs: readonly WeightSpec[]): void {
  const fits = values.length === specs.length && specs.every(({ shape }, i) => values[i]!.length === elements(shape));
  if (fits) return;
  throw new EmnistError('weights-mismatch', 'the weights do not fit this network', {});
}
