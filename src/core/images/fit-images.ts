import { IMAGE_PIXELS, IMAGE_SIZE } from './image-size.ts';

/** Height, width and channels of the images that a network takes. */
type Input = readonly [height: number, width: number, channels: number];

/** The largest height and width of a network's input. */
export const MAX_INPUT_SIZE = 64;
const CHANNELS: readonly number[] = [1, 3];

/** Why 28x28 images cannot be made into the input of a network; null if they can. */
export function inputProblem([height, width, channels]: Input): string | null {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    return `its input of ${height}x${width} is not the size of an image`;
  }
  if (height > MAX_INPUT_SIZE || width > MAX_INPUT_SIZE) {
    return `its input of ${height}x${width} is larger than ${MAX_INPUT_SIZE}x${MAX_INPUT_SIZE}`;
  }
  return CHANNELS.includes(channels) ? null : `its input has ${channels} channels, and only 1 or 3 are supported`;
}

/**
 * Resizes 28x28 images to the input of a network and repeats them in each of its channels: [n, 28 * 28] bytes to
 * [n, height * width * channels]. Enlarging interpolates linearly, shrinking averages areas, so ink stays as dark as it is.
 * Returns the images themselves if they have that size. Throws a `RangeError` for an input that `inputProblem` rejects.
 */
export function fitImages(images: Uint8Array, input: Input): Uint8Array {
  const [height, width, channels] = input;
  if (images.length % IMAGE_PIXELS !== 0) {
    throw new RangeError(`${images.length} bytes are not a multiple of ${IMAGE_PIXELS}, the size of an image`);
  }
  if (height === IMAGE_SIZE && width === IMAGE_SIZE && channels === 1) return images;
  const problem = inputProblem(input);
  if (problem) throw new RangeError(problem);
  const rows = resampling(height);
  const columns = resampling(width);
  const count = images.length / IMAGE_PIXELS;
  const fitted = new Uint8Array(count * height * width * channels);
  // The rows of one image at their new width.
  const narrow = new Float32Array(IMAGE_SIZE * width);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < IMAGE_SIZE; y++) {
      weightedSums(columns, images, image * IMAGE_PIXELS + y * IMAGE_SIZE, 1, narrow, y * width, 1);
    }
    for (let x = 0; x < width; x++) {
      weightedSums(rows, narrow, x, width, fitted, at + x * channels, width * channels);
    }
    if (channels > 1) repeatChannel(fitted, at, height * width, channels);
    at += height * width * channels;
  }
  return fitted;
}

/** Makes pixels along one axis. Steps are from one to the next; bytes are rounded. */
function weightedSums(
  { first, weights, taps }: Resampling,
  source: Uint8Array | Float32Array,
  from: number,
  sourceStep: number,
  target: Uint8Array | Float32Array,
  to: number,
  targetStep: number,
): void {
  const rounding = target instanceof Uint8Array ? 0.5 : 0;
  for (let index = 0; index < first.length; index++) {
    let sum = rounding;
    let at = from + first[index]! * sourceStep;
    for (let tap = index * taps; tap < (index + 1) * taps; tap++) {
      sum += weights[tap]! * source[at]!;
      at += sourceStep;
    }
    target[to + index * targetStep] = sum;
  }
}

/** Copies the first channel of each pixel to the others. */
function repeatChannel(pixels: Uint8Array, from: number, count: number, channels: number): void {
  for (let at = from; at < from + count * channels; at += channels) {
    for (let channel = 1; channel < channels; channel++) pixels[at + channel] = pixels[at]!;
  }
}

/** How pixels along one axis are made from the 28 of an image. */
interface Resampling {
  /** The first source pixel of each, [size]. */
  first: Uint8Array;
  /** The weights of that and the following ones, which sum to 1, [size, taps]. */
  weights: Float64Array;
  taps: number;
}

/** How each of `size` pixels is made from the 28 along an axis. */
function resampling(size: number): Resampling {
  const step = IMAGE_SIZE / size;
  const taps = step > 1 ? Math.min(IMAGE_SIZE, Math.ceil(step) + 1) : 2;
  const first = new Uint8Array(size);
  const weights = new Float64Array(size * taps);
  for (let index = 0; index < size; index++) {
    const [pixel, ...shares] = step > 1 ? area(index, step) : between(index, step);
    // All taps lie within the image; those that are not needed have no weight.
    first[index] = Math.min(pixel, IMAGE_SIZE - taps);
    weights.set(shares, index * taps + pixel - first[index]!);
  }
  return { first, weights, taps };
}

/** The pixels that a larger one covers: the first, and the share of each. */
function area(index: number, step: number): [first: number, ...weights: number[]] {
  const [from, to] = [index * step, Math.min(IMAGE_SIZE, (index + 1) * step)];
  const first = Math.floor(from);
  const weights = Array.from({ length: Math.ceil(to) - first }, (_, i) => {
    const pixel = first + i;
    return (Math.min(to, pixel + 1) - Math.max(from, pixel)) / (to - from);
  });
  return [first, ...weights];
}

/** The two pixels whose centers are on both sides of a smaller one's: the first, and the share of each. */
function between(index: number, step: number): [first: number, ...weights: number[]] {
  const center = Math.min(IMAGE_SIZE - 1, Math.max(0, (index + 0.5) * step - 0.5));
  const first = Math.min(IMAGE_SIZE - 2, Math.floor(center));
  const share = center - first;
  return [first, 1 - share, share];
}
