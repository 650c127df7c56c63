import { type Layer, paddingOf, type Size } from '../../model/layer.ts';

/** The windows of a convolution on an image, with the padding of the layers before it that only add zeros. */
export interface Convolution {
  readonly kernel: Size;
  readonly stride: Size;
  /** Rows and columns of zeros before the first of the image. */
  readonly top: number;
  readonly left: number;
}

/** Zeros around an image. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const NO_MARGINS: Margins = { top: 0, bottom: 0, left: 0, right: 0 };

interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** How a layer's windows lie on an image that has additional `margins` of zeros. */
export function placeConvolution(
  { kernel, stride, padding }: Extract<Layer, { type: 'conv2d' | 'depthwiseConv2d' }>,
  { height, width }: ImageSize,
  margins: Margins,
): Convolution {
  const [top] = paddingOf(padding, height + margins.top + margins.bottom, kernel[0], stride[0]);
  const [left] = paddingOf(padding, width + margins.left + margins.right, kernel[1], stride[1]);
  return { kernel, stride, top: top + margins.top, left: left + margins.left };
}

/** Whether each window of a convolution sees some of the image, not just padding. */
export function coversImage({ kernel, stride, top, left }: Convolution, from: ImageSize, to: ImageSize): boolean {
  const sees = (axis: 0 | 1, before: number, size: number, windows: number) =>
    before < kernel[axis] && (windows - 1) * stride[axis] - before < size;
  return sees(0, top, from.height, to.height) && sees(1, left, from.width, to.width);
}

/** Zero pixels on each side of an image, of which the windows of a convolution read some. */
export function inputBorder({ kernel, stride, top, left }: Convolution, from: ImageSize, to: ImageSize): number {
  const bottom = (to.height - 1) * stride[0] + kernel[0] - top - from.height;
  const right = (to.width - 1) * stride[1] + kernel[1] - left - from.width;
  return Math.max(top, left, bottom, right, 0);
}

/**
 * Some of the rows (or columns) of an image: every `stride`th one from `first`. They are those that the same taps of the
 * kernel read, `taps` of them from `firstTap` on, again every `stride`th. Of the output, the rows that read row
 * `first + i * stride` are the `taps` ones from `start + i` on, in the reverse order of the taps.
 */
export interface Residue {
  readonly first: number;
  readonly count: number;
  readonly firstTap: number;
  readonly taps: number;
  readonly start: number;
}

/**
 * The residue classes of the rows of an image modulo the stride of a convolution, for the gradient of its input: each of
 * them is a convolution of the gradient of the output, with stride 1 and part of the kernel. `before`: rows of padding.
 */
export function residues(size: number, kernel: number, stride: number, before: number): Residue[] {
  return Array.from({ length: stride }, (_, firstTap) => {
    const first = (((firstTap - before) % stride) + stride) % stride;
    const count = Math.max(Math.ceil((size - first) / stride), 0);
    const taps = Math.max(Math.ceil((kernel - firstTap) / stride), 0);
    return { first, count, firstTap, taps, start: (first + before - firstTap) / stride - taps + 1 };
  }).filter(({ count }) => count > 0);
}

/** Zero pixels around the gradient of the output that the gradient of the input reads. */
export function gradientBorder({ kernel, stride, top, left }: Convolution, from: ImageSize, to: ImageSize): number {
  const along = (size: number, output: number, axis: 0 | 1, before: number) =>
    residues(size, kernel[axis], stride[axis], before).flatMap(({ start, taps, count }) =>
      taps === 0 ? 0 : [-start, start + taps + count - 1 - output],
    );
  return Math.max(0, ...along(from.height, to.height, 0, top), ...along(from.width, to.width, 1, left));
}
