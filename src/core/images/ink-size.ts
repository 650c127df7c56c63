import type { Labeled } from './connected-components.ts';

/** How many edges of pixels a long straight edge has for each pixel of its length, averaged over all directions. */
const EDGES = 4 / Math.PI;
/** The height of a small letter, in mean distances of a letter's ink from its mean height. */
export const LETTER_HEIGHT = 2.6;

/** The mean width of the strokes in a mask, [height, width], in pixels: twice its area for each pixel of its edge. 0 without ink. */
export function strokeWidth(mask: Uint8Array, width: number, height: number): number {
  let area = 0;
  let edges = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (mask[at] === 0) continue;
      area++;
      if (x === 0 || mask[at - 1] === 0) edges++;
      if (x === width - 1 || mask[at + 1] === 0) edges++;
      if (y === 0 || mask[at - width] === 0) edges++;
      if (y === height - 1 || mask[at + width] === 0) edges++;
    }
  }
  return area === 0 ? 0 : (2 * EDGES * area) / edges;
}

/**
 * Where the ink of a component is. Heights are measured down from a line with the slope of the writing through the top left corner
 * of the picture.
 */
export interface ComponentInk {
  /** Its mean column, and its mean height. */
  readonly x: number;
  readonly y: number;
  /** The mean distance of its ink from its mean height. */
  readonly spread: number;
}

/** Where the ink of each component is, by label, from 1, in writing that falls by `slope` pixels for each pixel to the right. */
export function componentInk({ width, labels, components }: Labeled, slope: number): (ComponentInk | undefined)[] {
  const sumX = new Float64Array(components.length + 1);
  const sumY = new Float64Array(components.length + 1);
  const deviation = new Float64Array(components.length + 1);
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === 0) continue;
    const x = at % width;
    sumX[label]! += x;
    sumY[label]! += (at - x) / width - slope * x;
  }
  for (const { label, area } of components) {
    sumX[label]! /= area;
    sumY[label]! /= area;
  }
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === 0) continue;
    const x = at % width;
    deviation[label]! += Math.abs((at - x) / width - slope * x - sumY[label]!);
  }
  const ink: (ComponentInk | undefined)[] = new Array(components.length + 1);
  for (const { label, area } of components) {
    ink[label] = { x: sumX[label]!, y: sumY[label]!, spread: deviation[label]! / area };
  }
  return ink;
}

/** The weighted median of the values; 0 without items. */
export function weightedMedian(items: readonly { readonly value: number; readonly weight: number }[]): number {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let seen = 0;
  for (const { value, weight } of items.toSorted((a, b) => a.value - b.value)) {
    seen += weight;
    if (2 * seen >= total) return value;
  }
  return 0;
}
