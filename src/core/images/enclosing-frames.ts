import { type Box, boxHeight, boxWidth, longerSide } from './box.ts';
import { type Component, labelComponents } from './connected-components.ts';
import type { InkMask } from './ink-mask.ts';

/** What is in a frame is at least this share of its shorter side: a 0 with a dot in it is a character. */
const MIN_CONTENT = 0.2;
/** The share of each side of its box, without the corners, along which a frame lies. Circles, as of a 0, do so along less than a half. */
const MIN_STRAIGHT = 0.5;
/** How far a side may be from the box, relative to the box. */
const TOLERANCE = 0.03;
/** A frame has at most this share of the pixels of its box. */
const MAX_AREA = 0.4;
/** Frames in frames. */
const MAX_NESTED = 4;
/** How far the soft edge of a frame reaches, in pixels. */
const EDGE = 2;

/**
 * Clears connected frames around writing from a picture, in place: rectangles with sharp or round corners that touch nothing
 * in them, one in another too. Those that writing touches, or that have gaps, are found by their lines instead.
 */
export function clearEnclosingFrames({ mask, ink, width, height }: InkMask): void {
  for (let nested = 0; nested < MAX_NESTED; nested++) {
    const { labels, components } = labelComponents(mask, width, height);
    const frames = new Uint8Array(components.length + 1);
    for (const frame of components) {
      // Checked before comparing it with others: a pattern has thousands of parts, but few are rectangles.
      if (!isRectangle(frame, labels, width)) continue;
      const least = MIN_CONTENT * Math.min(boxWidth(frame.box), boxHeight(frame.box));
      // A bar in a frame may be that of an 8 whose strokes do not touch.
      const isEnclosing = components.some(
        ({ box }) => boxHeight(box) >= least && longerSide(box) < longerSide(frame.box) && isInside(box, frame.box),
      );
      if (isEnclosing) frames[frame.label] = 1;
    }
    if (!frames.includes(1)) return;
    for (let i = 0; i < labels.length; i++) {
      if (frames[labels[i]!] === 0) continue;
      mask[i] = 0;
      clearEdge(ink, labels, frames, i, width);
    }
  }
}

const isInside = (inner: Box, outer: Box) =>
  inner.left > outer.left && inner.right < outer.right && inner.top > outer.top && inner.bottom < outer.bottom;

/** Whether a component lies along all sides of its box, and is thin. */
function isRectangle({ label, box, area }: Component, labels: Int32Array, width: number): boolean {
  const [columns, rows] = [boxWidth(box), boxHeight(box)];
  if (area > MAX_AREA * columns * rows) return false;
  const isOwn = (x: number, y: number) => labels[y * width + x] === label;
  const [reachX, reachY] = [1 + Math.round(TOLERANCE * columns), 1 + Math.round(TOLERANCE * rows)];
  const liesAlong = (length: number, reach: number, at: (along: number, across: number) => boolean) => {
    let count = 0;
    for (let along = 0; along < length; along++) {
      for (let across = 0; across <= reach; across++) {
        if (!at(along, across)) continue;
        count++;
        break;
      }
    }
    return count >= MIN_STRAIGHT * length;
  };
  return (
    liesAlong(columns, reachY, (x, y) => isOwn(box.left + x, box.top + y)) &&
    liesAlong(columns, reachY, (x, y) => isOwn(box.left + x, box.bottom - 1 - y)) &&
    liesAlong(rows, reachX, (y, x) => isOwn(box.left + x, box.top + y)) &&
    liesAlong(rows, reachX, (y, x) => isOwn(box.right - 1 - x, box.top + y))
  );
}

/** Clears the ink around a pixel that is in no other component's mask. */
function clearEdge(ink: Float32Array, labels: Int32Array, frames: Uint8Array, at: number, width: number): void {
  const x = at % width;
  for (let dy = -EDGE; dy <= EDGE; dy++) {
    for (let dx = -EDGE; dx <= EDGE; dx++) {
      const to = at + dy * width + dx;
      if (x + dx < 0 || x + dx >= width || to < 0 || to >= labels.length) continue;
      if (labels[to] === 0 || frames[labels[to]!] === 1) ink[to] = 0;
    }
  }
}
