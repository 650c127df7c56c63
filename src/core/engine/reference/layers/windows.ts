import { paddingOf, type Shape, type Size, type Windows } from '../../../model/layer.ts';

/**
 * Calls `visit` for each pair of an output pixel and an input pixel in its window, windows and pixels in row-major order.
 * Pixels are indices into [n, height, width]; `cell` is the index of the input pixel in the window, [height, width]. Cells
 * on the padding are left out.
 */
export function forEachCell(
  windows: Windows & { size: Size },
  n: number,
  input: Shape,
  output: Shape,
  visit: (outputPixel: number, inputPixel: number, cell: number) => void,
): void {
  const [height, width] = input as readonly [number, number, number];
  const [outHeight, outWidth] = output as readonly [number, number, number];
  const { size, stride, padding } = windows;
  const [top] = paddingOf(padding, height, size[0], stride[0]);
  const [left] = paddingOf(padding, width, size[1], stride[1]);
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < size[0]; ky++)
          for (let kx = 0; kx < size[1]; kx++) {
            const y = oy * stride[0] + ky - top;
            const x = ox * stride[1] + kx - left;
            if (y < 0 || y >= height || x < 0 || x >= width) continue;
            visit((image * outHeight + oy) * outWidth + ox, (image * height + y) * width + x, ky * size[1] + kx);
          }
}
