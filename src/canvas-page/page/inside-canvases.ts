import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { INFLUENCE_SIZE, MAX_MAP_SIZE } from '../../core/inspection.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** The style sheet has the same colors for the key. */
const IN_FAVOR: Rgb = [99, 210, 194];
const AGAINST: Rgb = [255, 158, 87];
/** How much of the strongest color covers the ink. */
const OPACITY = 0.8;
/** How bright ink is there, so that colors stand out from it. */
const INK = 0.7;
/** From this share of the strongest influence on, a cell has a sign, since not everybody sees a difference of colors. */
const SIGNED = 0.3;
/** Pixels of the canvas for each cell of the influence map. */
const CELL = 32;
/** Pixels between feature maps. */
const GAP = 2;
/** Units of a vector on each line. */
const STRIP = 64;

/** Paints an influence map over the image that it is about. */
export function paintInfluence(canvas: HTMLCanvasElement, image: Uint8Array, influence: readonly number[]): void {
  const context = contextOf(canvas, INFLUENCE_SIZE * CELL, INFLUENCE_SIZE * CELL);
  const pixel = (INFLUENCE_SIZE * CELL) / IMAGE_SIZE;
  image.forEach((ink, index) => {
    context.fillStyle = `rgb(${[ink, ink, ink].map((value) => value * INK).join(' ')})`;
    context.fillRect((index % IMAGE_SIZE) * pixel, Math.floor(index / IMAGE_SIZE) * pixel, pixel, pixel);
  });
  influence.forEach((value, index) => {
    const strength = Math.abs(value);
    const [x, y] = [(index % INFLUENCE_SIZE) * CELL, Math.floor(index / INFLUENCE_SIZE) * CELL];
    context.fillStyle = `rgb(${(value > 0 ? IN_FAVOR : AGAINST).join(' ')} / ${OPACITY * strength})`;
    context.fillRect(x, y, CELL, CELL);
    if (strength >= SIGNED) paintSign(context, x, y, value > 0);
  });
}

/** A plus or a minus in a cell, in black with a white rim, so that it is visible on any color. */
function paintSign(context: CanvasRenderingContext2D, x: number, y: number, isPlus: boolean): void {
  const middle = CELL / 2;
  for (const [color, width, reach] of [
    ['#fff', 8, CELL / 4 + 2],
    ['#000', 4, CELL / 4],
  ] as const) {
    context.fillStyle = color;
    context.fillRect(x + middle - reach, y + middle - width / 2, 2 * reach, width);
    if (isPlus) context.fillRect(x + middle - width / 2, y + middle - reach, width, 2 * reach);
  }
}

/** Paints feature maps side by side, each as a square. `maps`: bytes, [height, width]. */
export function paintMaps(
  canvas: HTMLCanvasElement,
  maps: readonly Uint8Array[],
  [height, width]: readonly [number, number],
): void {
  const side = MAX_MAP_SIZE;
  const context = contextOf(canvas, maps.length * (side + GAP) - GAP, side);
  maps.forEach((map, position) => {
    const at = (x: number, y: number) => map[Math.floor((y * height) / side) * width + Math.floor((x * width) / side)]!;
    context.putImageData(grayPixels(at, side, side), position * (side + GAP), 0);
  });
}

/** Paints the values of a vector, a pixel for each. */
export function paintStrip(canvas: HTMLCanvasElement, values: Uint8Array): void {
  const width = Math.min(STRIP, values.length);
  const height = Math.ceil(values.length / width);
  const context = contextOf(canvas, width, height);
  context.putImageData(
    grayPixels((x, y) => values[y * width + x] ?? 0, width, height),
    0,
    0,
  );
}

function grayPixels(at: (x: number, y: number) => number, width: number, height: number): ImageData {
  const pixels = new ImageData(width, height);
  for (let index = 0; index < width * height; index++) {
    const gray = at(index % width, Math.floor(index / width));
    pixels.data.set([gray, gray, gray, 255], index * 4);
  }
  return pixels;
}

/** The context of a canvas of this size, which is empty afterwards. */
function contextOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser does not support drawing on a canvas.');
  context.clearRect(0, 0, width, height);
  return context;
}
