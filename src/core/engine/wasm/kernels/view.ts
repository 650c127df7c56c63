import { VIEW_BASE, VIEW_IMAGE, VIEW_LOCAL } from './layout';

/** Address of an image's first value in a view; `first` is the chunk's first image. */
export function viewAt(view: usize, image: u32, first: u32, scratch: usize): usize {
  const base = <usize>load<u32>(view, VIEW_BASE);
  const stride = <usize>load<u32>(view, VIEW_IMAGE);
  return load<u32>(view, VIEW_LOCAL) ? scratch + base + (image - first) * stride : base + image * stride;
}

/** Zeroes the `border` pixels on each side of one image, of which `at` is the first inner value. */
export function clearBorder(at: usize, border: usize, height: usize, width: usize, pixel: usize, row: usize): void {
  if (border == 0) return;
  const side = border * pixel;
  const start = at - border * row - side;
  // The end of one row and the start of the next lie side by side.
  memory.fill(start, 0, border * row + side);
  let right = at + width * pixel;
  for (let y: usize = 1; y < height; y++, right += row) memory.fill(right, 0, 2 * side);
  memory.fill(right, 0, side + border * row);
}
