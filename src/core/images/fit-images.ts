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
  const narrow = new Float64Array(IMAGE_SIZE * width);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < IMAGE_SIZE; y++) {
      const row = image * IMAGE_PIXELS + y * IMAGE_SIZE;
      columns.forEach(({ first, weights }, x) => {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * images[row + first + i]!;
        narrow[y * width + x] = sum;
      });
    }
    for (const { first, weights } of rows) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(first + i) * width + x]!;
        fitted.fill(Math.round(sum), at, at + channels);
        at += channels;
      }
    }
  }
  return fitted;
}

/** The source pixels of a pixel, along one axis, and their weights, which sum to 1. */
interface Tap {
  first: number;
  weights: readonly number[];
}

/** How each of `size` pixels is made from the 28 along an axis. */
function resampling(size: number): Tap[] {
  const step = IMAGE_SIZE / size;
  return Array.from({ length: size }, (_, index) => (step > 1 ? area(index, step) : between(index, step)));
}

/** The pixels that a larger one covers, by their share of it. */
function area(index: number, step: number): Tap {
  const [from, to] = [index * step, Math.min(IMAGE_SIZE, (index + 1) * step)];
  const first = Math.floor(from);
  const weights = Array.from({ length: Math.ceil(to) - first }, (_, i) => {
    const pixel = first + i;
    return (Math.min(to, pixel + 1) - Math.max(from, pixel)) / (to - from);
  });
  return { first, weights };
}

/** The two pixels whose centers are on both sides of a smaller one's. */
function between(index: number, step: number): Tap {
  const center = Math.min(IMAGE_SIZE - 1, Math.max(0, (index + 0.5) * step - 0.5));
  const first = Math.min(IMAGE_SIZE - 2, Math.floor(center));
  const share = center - first;
  return { first, weights: [1 - share, share] };
}
