import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { INFLUENCE_SIZE, type LayerView } from '../../core/inspection.ts';
import type { Style, Theme } from '../theme/theme.ts';
import { grayPixels } from './pictures.ts';

/** From this share of the strongest influence on, a cell has the next mark. */
const LEVELS = [0.1, 0.3, 0.6] as const;
/** From weak to strong. They differ without color. */
const IN_FAVOR = ['+ ', '++', '##'] as const;
const AGAINST = ['- ', '--', '=='] as const;
/** From this on, a pixel without influence is shown as ink. */
const INK = 96;

/** An influence map as text, 28 columns by 14 lines: two columns for each value, and dots for ink of no influence. */
export function influencePicture(influence: Float32Array, image: Uint8Array, { paint, glyphs }: Theme): string[] {
  return Array.from({ length: INFLUENCE_SIZE }, (_, y) => {
    let line = '';
    let run: { style: Style | null; text: string } = { style: null, text: '' };
    const end = () => {
      line += run.style ? paint(run.style, run.text) : run.text;
    };
    for (let x = 0; x < INFLUENCE_SIZE; x++) {
      const value = influence[y * INFLUENCE_SIZE + x]!;
      const level = LEVELS.findLastIndex((least) => Math.abs(value) >= least);
      const [style, text]: [Style | null, string] =
        level >= 0
          ? value > 0
            ? ['inFavor', IN_FAVOR[level]!]
            : ['against', AGAINST[level]!]
          : hasInk(image, x, y)
            ? ['dim', `${glyphs.missing.charAt(0)} `]
            : [null, '  '];
      if (run.style === style) run.text += text;
      else {
        end();
        run = { style, text };
      }
    }
    end();
    return line;
  });
}

/** A feature map as a square of text, `columns` wide and half as many lines high, whatever its size. */
export function mapPicture(
  map: Uint8Array,
  [height, width]: LayerView['size'],
  columns: number,
  theme: Theme,
): string[] {
  const side = columns + (columns % 2);
  const at = (x: number, y: number) => {
    let highest = 0;
    for (let row = first(y, height, side); row <= last(y, height, side); row++) {
      for (let column = first(x, width, columns); column <= last(x, width, columns); column++) {
        highest = Math.max(highest, map[row * width + column]!);
      }
    }
    return highest;
  };
  return grayPixels(at, columns, side, theme);
}

/** The values of a vector, a cell for each, on lines of `columns` cells. */
export function stripPicture(values: Uint8Array, columns: number, theme: Theme): string[] {
  const width = Math.min(columns, values.length);
  const lines = Math.ceil(values.length / width);
  return grayPixels((x, y) => values[Math.floor(y / 2) * width + x] ?? 0, width, 2 * lines, theme);
}

/** The first and the last of `size` pixels that are in the pixel `index` of a picture with `side` pixels. */
function first(index: number, size: number, side: number): number {
  return Math.floor((index * size) / side);
}

function last(index: number, size: number, side: number): number {
  return Math.max(first(index, size, side), Math.ceil(((index + 1) * size) / side) - 1);
}

function hasInk(image: Uint8Array, x: number, y: number): boolean {
  const from = 2 * y * IMAGE_SIZE + 2 * x;
  return [from, from + 1, from + IMAGE_SIZE, from + IMAGE_SIZE + 1].some((pixel) => image[pixel]! >= INK);
}
