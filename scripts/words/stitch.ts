import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../src/core/strokes/geometry.ts';

/** Where a character lies: its top and bottom above the base line, in heights of a small letter. */
export type Extent = readonly [top: number, bottom: number];

const EXTENTS = new Map<string, Extent>();
function set(characters: string, ...extent: Extent): void {
  for (const character of characters) EXTENTS.set(character, extent);
}
set('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 1.75, 0);
set('acemnorsuvwxz', 1, 0);
set('bdhkl', 1.75, 0);
set('f', 1.75, -0.2);
set('it', 1.5, 0);
set('j', 1.5, -0.7);
set('gpqy', 1, -0.75);
set('!?&%#$', 1.75, 0);
set('@', 1.6, -0.2);
set('()/', 1.85, -0.3);
set('+', 1.2, 0.2);
set(':', 0.9, 0);
set(';', 0.9, -0.35);
set('*', 1.75, 0.9);

/** Characters that are low, whose width says more: its width, and the height of its middle. */
const FLAT = new Map<string, readonly [width: number, middle: number]>([
  ['-', [0.7, 0.55]],
  ['=', [0.9, 0.6]],
]);
/** Dots and commas: the longest they may be, and their top. */
const SMALL = new Map<string, readonly [size: number, top: number]>([
  ['.', [0.12, 0.12]],
  [',', [0.45, 0.2]],
  ["'", [0.45, 1.8]],
  ['"', [0.5, 1.8]],
]);

/** Where a character usually lies. */
export function characterExtent(character: string): Extent {
  return EXTENTS.get(character) ?? [1.75, 0];
}

/** How characters are put together. `random` gives numbers in [0, 1). */
export interface StitchOptions {
  readonly random: () => number;
  /** The mean gap between characters, in heights of a small letter. */
  readonly gap: number;
  /** How far sizes, positions, and gaps vary, 0 to 1. */
  readonly variation: number;
}

/**
 * A word of separately drawn characters on a base line at y = 0, small letters 1 high, starting at x = 0. A space is a gap.
 * `drawings`: one for each character that is not a space.
 */
export function stitch(text: string, drawings: readonly Drawing[], { random, gap, variation }: StitchOptions): Drawing {
  const strokes: Drawing[number][] = [];
  const signed = (size: number) => size * variation * (2 * random() - 1);
  let x = 0;
  let next = 0;
  for (const character of text) {
    if (character === ' ') {
      x += 1 + signed(0.5);
      continue;
    }
    const drawing = drawings[next++]!;
    const box = drawingBox(drawing);
    const longest = Math.max(box.width, box.height, 1e-6);
    const flat = FLAT.get(character);
    const small = SMALL.get(character);
    const [top, bottom] = characterExtent(character);
    let scale: number;
    let up: number;
    if (flat) {
      scale = flat[0] / Math.max(box.width, 1e-6);
      up = flat[1] + (box.height * scale) / 2;
    } else if (small) {
      scale = small[0] / longest;
      up = small[1];
    } else {
      // A letter drawn much wider than high is taken for a smaller one.
      scale = Math.min((top - bottom) / Math.max(box.height, 1e-6), (1.6 * (top - bottom)) / longest);
      up = bottom + box.height * scale;
    }
    scale *= Math.exp(signed(0.15));
    up += signed(0.12);
    for (const stroke of drawing) {
      strokes.push(stroke.map(([px, py]) => [x + (px - box.left) * scale, (py - box.top) * scale - up] as const));
    }
    x += box.width * scale + gap + signed(0.15);
  }
  return strokes;
}
