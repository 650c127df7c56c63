import type { Drawing } from '../../core/strokes/drawing.ts';
import { drawingBox } from '../../core/strokes/geometry.ts';
import type { Theme } from '../theme/theme.ts';
import { BRAILLE, brailleBit, brailleCharacter } from './braille.ts';

/** From paper to ink, for terminals without 256 colors. */
export const RAMP = ' .:-=+*#%@';

/**
 * Renders a grayscale image as text: `size` columns by `size / 2` lines, two pixels per cell, times `scale`. With 256 colors
 * and block elements, both pixels are visible; otherwise, the cell is a character as dark as their mean.
 *
 * @param image bytes, [size, size], row-major, ink 255
 */
export function grayPicture(image: Uint8Array, size: number, theme: Theme, scale = 1): string[] {
  const at = (x: number, y: number) => image[Math.floor(y / scale) * size + Math.floor(x / scale)] ?? 0;
  return grayPixels(at, size * scale, size * scale, theme);
}

/** The same for `width` by `height` pixels, where `at` gives the gray of each. The height is even. */
export function grayPixels(
  at: (x: number, y: number) => number,
  width: number,
  height: number,
  theme: Theme,
): string[] {
  const upper = theme.colors === '256' ? theme.glyphs.upperHalfBlock : null;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = '';
    for (let x = 0; x < width; ) {
      const top = at(x, y);
      const bottom = at(x, y + 1);
      let length = 1;
      if (upper) {
        // One escape sequence for a run of equal cells.
        while (x + length < width && at(x + length, y) === top && at(x + length, y + 1) === bottom) length++;
        line += theme.gray(upper.repeat(length), top, bottom);
      } else {
        line += RAMP[Math.round((((top + bottom) / 2) * (RAMP.length - 1)) / 255)];
      }
      x += length;
    }
    lines.push(line);
  }
  return lines;
}

/** Columns and lines of a thumbnail. */
export const THUMBNAIL = { columns: 14, lines: 7 } as const;
/** From this on, a dot is ink: also the gray of thin lines is. */
const INK_DOT = 96;

/**
 * Renders a 28x28 image, ink 255, in the size of `THUMBNAIL`: in Braille, a dot for each pixel, which no color is needed for;
 * otherwise, each cell is a character as dark as the mean of its pixels.
 */
export function thumbnail(image: Uint8Array, { unicode }: Pick<Theme, 'unicode'>): string[] {
  return Array.from({ length: THUMBNAIL.lines }, (_, row) =>
    Array.from({ length: THUMBNAIL.columns }, (_, column) => {
      const at = (x: number, y: number) => image[(row * 4 + y) * 28 + column * 2 + x]!;
      if (unicode) return braille((x, y) => (at(x, y) >= INK_DOT ? 1 : 0));
      let sum = 0;
      for (let y = 0; y < 4; y++) sum += at(0, y) + at(1, y);
      return RAMP[Math.round(((sum / 8) * (RAMP.length - 1)) / 255)]!;
    }).join(''),
  );
}

/**
 * Renders strokes as text, scaled to fit the given cells. In Braille a cell has 2x4 dots; otherwise it is a `#` or blank.
 * Coordinates may have any unit.
 */
export function strokePicture(drawing: Drawing, columns: number, rows: number, unicode: boolean): string[] {
  const [dotsX, dotsY] = unicode ? [2, 4] : [1, 2];
  const width = columns * dotsX;
  const dots = strokeDots(drawing, width, rows * dotsY, fitter(drawing, width, rows * dotsY));
  return cellLines(columns, rows, (column, row) => {
    const dot = (x: number, y: number) => dots[(row * dotsY + y) * width + column * dotsX + x]!;
    return unicode ? braille(dot) : dot(0, 0) || dot(0, 1) ? '#' : ' ';
  });
}

/** By whether the upper and the lower half of a cell are ink. */
const HALVES = { blocks: [' ', '▄', '▀', '█'], ascii: [' ', '+', '+', '#'] } as const;

/**
 * Renders strokes on a canvas where they are, two pixels per cell, one above the other, which needs no color.
 *
 * @param side of the canvas, which is square, in the unit of the coordinates
 */
export function canvasPicture(
  drawing: Drawing,
  side: number,
  columns: number,
  rows: number,
  unicode: boolean,
): string[] {
  const height = 2 * rows;
  const cell = (at: number, cells: number) => Math.min(cells - 1, Math.max(0, Math.floor((at * cells) / side)));
  const dots = strokeDots(drawing, columns, height, (x, y) => [cell(x, columns), cell(y, height)]);
  const halves = unicode ? HALVES.blocks : HALVES.ascii;
  return cellLines(columns, rows, (column, row) => {
    const at = 2 * row * columns + column;
    return halves[2 * dots[at]! + dots[at + columns]!]!;
  });
}

/** The dots that the lines of strokes go through: 1 is ink, [height, width]. */
function strokeDots(
  drawing: Drawing,
  width: number,
  height: number,
  place: (x: number, y: number) => readonly [number, number],
): Uint8Array {
  const dots = new Uint8Array(width * height);
  for (const stroke of drawing) {
    stroke.forEach((point, index) => {
      const [x1, y1] = place(point[0], point[1]);
      const previous = stroke[index - 1];
      const [x0, y0] = previous ? place(previous[0], previous[1]) : [x1, y1];
      const steps = Math.max(1, Math.abs(x1 - x0), Math.abs(y1 - y0));
      for (let step = 0; step <= steps; step++) {
        const x = Math.round(x0 + ((x1 - x0) * step) / steps);
        const y = Math.round(y0 + ((y1 - y0) * step) / steps);
        dots[y * width + x] = 1;
      }
    });
  }
  return dots;
}

function cellLines(columns: number, rows: number, cell: (column: number, row: number) => string): string[] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => cell(column, row)).join(''),
  );
}

/** The Braille pattern of a cell. */
function braille(dot: (x: number, y: number) => number): string {
  let bits = 0;
  for (let y = 0; y < BRAILLE.rows; y++) {
    for (let x = 0; x < BRAILLE.columns; x++) if (dot(x, y)) bits |= brailleBit(x, y);
  }
  return brailleCharacter(bits);
}

/** Maps coordinates to dots, centered. */
function fitter(drawing: Drawing, width: number, height: number): (x: number, y: number) => [number, number] {
  const box = drawingBox(drawing);
  // A line that runs straight has no height or width; a single point has neither, and is centered.
  const scale = Math.min(
    (width - 1) / Math.max(box.width, Number.MIN_VALUE),
    (height - 1) / Math.max(box.height, Number.MIN_VALUE),
  );
  const usable = Number.isFinite(scale) && box.width + box.height > 0 ? scale : 0;
  const offsetX = (width - 1 - box.width * usable) / 2;
  const offsetY = (height - 1 - box.height * usable) / 2;
  const clamp = (value: number, maximum: number) => Math.min(maximum, Math.max(0, Math.round(value)));
  return (x, y) => [
    clamp(offsetX + (x - box.left) * usable, width - 1),
    clamp(offsetY + (y - box.top) * usable, height - 1),
  ];
}
