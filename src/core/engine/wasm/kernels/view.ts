import { COLUMNS, VIEW_BASE, VIEW_IMAGE, VIEW_LOCAL } from './layout';

/** Address of an image's first value in a view. `first`: the first image of the pass. */
export function viewAt(view: usize, image: u32, first: u32, scratch: usize): usize {
  const base = <usize>load<u32>(view, VIEW_BASE);
  const stride = <usize>load<u32>(view, VIEW_IMAGE);
  return load<u32>(view, VIEW_LOCAL) ? scratch + base + (image - first) * stride : base + image * stride;
}

/** Zeroes the `border` pixels on each side of an image. `at`: address of the first value inside the border. */
export function clearBorder(at: usize, border: usize, height: usize, width: usize, pixel: usize, row: usize): void {
  if (border == 0) return;
  const side = border * pixel;
  const start = at - border * row - side;
  // The end of one row and the start of the next are contiguous.
  memory.fill(start, 0, border * row + side);
  let right = at + width * pixel;
  for (let y: usize = 1; y < height; y++, right += row) memory.fill(right, 0, 2 * side);
  memory.fill(right, 0, side + border * row);
}

/** Zeroes the channels of a row of pixels beyond the first `channels`. `pixel`: bytes of a pixel. */
export function clearPadding(row: usize, width: usize, pixel: usize, channels: usize): void {
  for (let x: usize = 0; x < width; x++, row += pixel) {
    for (let c = channels * 4; c < pixel; c += 4) store<f32>(row + c, 0);
  }
}

/**
 * Byte in a pixel at which the slice before `slice` ends. Slices consist of whole tiles of columns, except that the last
 * ends with the pixel.
 */
export function sliceEnd(slice: u32, slices: u32, pixel: usize): usize {
  return slice == slices ? pixel : <usize>((slice * (<u32>pixel / (COLUMNS * 4))) / slices) * COLUMNS * 4;
}
