import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { writeBy } from '../accuracy/characters.ts';

/** An E like a sigma, which the shipped model takes for a Z. */
export const ODD_E: Drawing = [
  [
    [85, 10],
    [20, 0],
    [60, 50],
    [15, 95],
    [90, 100],
  ],
];

export const PI: Drawing = [
  [
    [5, 5],
    [95, 5],
  ],
  [
    [30, 5],
    [25, 100],
  ],
  [
    [70, 5],
    [75, 100],
  ],
];

/** A character as one hand writes it, each time a bit differently. */
export function writeOften(drawing: Drawing, times: number, first = 100): Drawing[] {
  return Array.from({ length: times }, (_, time) => writeBy(first + time, drawing));
}
