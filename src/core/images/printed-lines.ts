import { type Box, boxHeight, boxWidth, unionBox } from './box.ts';
import { labelComponents } from './connected-components.ts';
import { clearEnclosingFrames } from './enclosing-frames.ts';
import type { InkMask } from './ink-mask.ts';
import { CROSSING, findStraightLines, runAt, type StraightLine, verticalRuns } from './straight-lines.ts';
import { transposeGrid } from './transpose-grid.ts';

/** The shortest line that is looked at, relative to the side of the picture along which it lies. */
const MIN_LENGTH = 0.15;
/** A line from border to border ends at most this share of the picture's side before it. */
const AT_BORDER = 0.04;
/** The same for a line that leaves the picture. */
export const LEAVING = 0.005;
/** So many parallel lines from border to border are ruled paper. */
const RULED = 3;
/** A single line is not part of a character if it is this many times as long as what else there is. */
const MUCH_LONGER = 2.5;
/** An underline is at least this long, relative to the width of the picture. */
const UNDERLINE = 1 / 3;
/** Axes are this many times as long as what they enclose. */
const AXIS = 1.15;
/** What is in a frame is at least this share of its shorter side. */
const MIN_CONTENT = 0.2;
/** The largest area that remains must have at least this share of the picture's longer side: otherwise the lines were the writing. */
const MIN_REST = 0.05;
/** Smaller parts that touch a line are its ticks, relative to its length. */
const TICK = 0.06;

/** Lines with more ink than this are seen where they cross strokes. */
const FAINT = 0.12;
/** How far the soft edge of a line reaches, in pixels. */
const EDGE = 2;

/** A line with its direction. Columns and rows are exchanged for vertical ones. */
export interface Line extends StraightLine {
  vertical: boolean;
}

/**
 * Clears lines that are not writing from a picture, in place: those of ruled and squared paper, frames and the
 * boxes of forms, and axes. Strokes that cross them stay whole. A line that may belong to a character stays: it must run across
 * the whole picture while the rest keeps clear of its border, enclose the rest with others, or lie across and be far longer than the rest.
 */
export function clearPrintedLines({ mask, ink, width, height }: InkMask): void {
  clearEnclosingFrames({ mask, ink, width, height });
  bridgeFaintLines({ mask, ink, width, height });
  const lines = findLines(mask, width, height);
  if (lines.length === 0) return;
  const printed = printedLines(mask, lines, width, height);
  if (printed.length === 0) return;
  const result = mask.slice();
  clearLines(result, width, height, printed);
  clearRemains(result, width, height, printed);
  if (largeParts(result, width, height).length === 0) return;
  keepInk({ mask, ink, width, height }, result);
}

/** Clears all ink of a picture, in place, except the ink in `kept`, [height, width], and its soft edges. */
export function keepInk({ mask, ink, width }: InkMask, kept: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === kept[i]) continue;
    // The soft edge of the line goes with it, but not that of a stroke.
    const x = i % width;
    for (
      let row = Math.max(0, i - x - EDGE * width);
      row <= Math.min(mask.length - width, i - x + EDGE * width);
      row += width
    ) {
      for (let column = Math.max(0, x - EDGE); column <= Math.min(width - 1, x + EDGE); column++) {
        if (kept[row + column] === 0) ink[row + column] = 0;
      }
    }
  }
  mask.set(kept);
}

/**
 * Restores strokes that lines across the picture interrupt: lines that are too faint for the mask, but lie over the strokes.
 */
export function bridgeFaintLines({ mask, ink, width, height }: InkMask): void {
  // `Uint8Array.from` takes half a second for a photo.
  const faint = new Uint8Array(ink.length);
  for (let i = 0; i < ink.length; i++) if (ink[i]! > FAINT) faint[i] = 1;
  for (const line of linesAcross(findLines(faint, width, height), width, height)) {
    const reach = Math.ceil(line.thickness / 2) + 1;
    const [step, next] = line.vertical ? [1, width] : [width, 1];
    const rows = line.vertical ? width : height;
    for (let x = line.from; x <= line.to; x++) {
      const row = Math.round(lineAt(line, x));
      if (row < reach || row >= rows - reach) continue;
      const middle = row * step + x * next;
      if (!mask[middle - reach * step] || !mask[middle + reach * step]) continue;
      for (let y = -reach; y <= reach; y++) {
        mask[middle + y * step] = 1;
        ink[middle + y * step] = Math.max(ink[middle + y * step]!, ink[middle - reach * step]!);
      }
    }
  }
}

/** Straight lines in both directions. */
export function findLines(mask: Uint8Array, width: number, height: number): Line[] {
  const turned = transposeGrid(mask, width, height);
  return [
    ...findStraightLines(mask, width, height, MIN_LENGTH * width).map((line) => ({ ...line, vertical: false })),
    ...findStraightLines(turned, height, width, MIN_LENGTH * height).map((line) => ({ ...line, vertical: true })),
  ];
}

/** The boxes of all parts of a mask that may be writing. */
function largeParts(mask: Uint8Array, width: number, height: number): Box[] {
  const least = MIN_REST * Math.max(width, height);
  return labelComponents(mask, width, height)
    .components.map(({ box }) => box)
    .filter((box) => Math.max(boxWidth(box), boxHeight(box)) >= least);
}

/** Those of the lines that are not writing. */
function printedLines(mask: Uint8Array, lines: readonly Line[], width: number, height: number): Line[] {
  const without = (some: Iterable<Line>) => {
    const cleared = mask.slice();
    clearLines(cleared, width, height, [...some]);
    return largeParts(cleared, width, height);
  };
  const crossing = linesAcross(lines, width, height);
  const frames = outermost(framesOf(lines));
  // A straight stroke is a line as well: all that is there besides frames and lines across the picture may be writing.
  const content = without(new Set([...crossing, ...frames.flatMap((frame) => frame.lines)]));
  const besidesLines = without(lines);
  const rest = besidesLines.length > 0 ? besidesLines : content;
  if (rest.length === 0) return [];
  const all = rest.reduce(unionBox);
  const largest = Math.max(...rest.map(longer));
  const printed = new Set<Line>();
  for (const { box, lines: sides } of frames) {
    const least = MIN_CONTENT * Math.min(boxWidth(box), boxHeight(box));
    // A bar in a frame may be that of an 8 whose strokes do not touch.
    if (content.some((part) => isInside(part, box) && boxHeight(part) >= least))
      for (const line of sides) printed.add(line);
  }
  for (const line of crossing) {
    const side = line.vertical ? height : width;
    const [restFrom, restTo] = line.vertical ? [all.top, all.bottom] : [all.left, all.right];
    if (restFrom > AT_BORDER * side && restTo < (1 - AT_BORDER) * side) printed.add(line);
  }
  if (printed.size === 0) {
    // Each pair is judged by what there is without it: the strokes of a character are longer than its others, too.
    const pairs = axes(lines, all).filter(
      (pair) => axes(pair, without(pair).reduce<Box | null>(unionOf, null) ?? all).length > 0,
    );
    for (const line of pairs.flat()) printed.add(line);
  }
  for (const line of lines) {
    const length = line.to - line.from;
    // Stems are longer than hooks and serifs, but an underline is longer than letters.
    if (!line.vertical && length >= UNDERLINE * width && besidesLines.length > 0 && length >= MUCH_LONGER * largest)
      printed.add(line);
  }
  // Lines that divide a frame, or a table of them, begin and end at others.
  for (let before = -1; before !== printed.size; ) {
    before = printed.size;
    for (const line of lines) {
      if (printed.has(line)) continue;
      const across = [...printed].filter((other) => other.vertical !== line.vertical);
      const similar = [...printed].some((one) => line.thickness <= 1.5 * one.thickness + 1);
      const endsAt = (end: number) => across.some((other) => meets(line, end, other, 1.5));
      if (similar && endsAt(line.from) && endsAt(line.to)) printed.add(line);
    }
  }
  return [...printed];
}

/**
 * The lines from border to border. A single one may be the stem of a character that fills the picture, unless it leaves
 * the picture.
 */
export function linesAcross(lines: readonly Line[], width: number, height: number): Line[] {
  const across = lines.filter((line) => crossesPicture(line, width, height, AT_BORDER));
  return across.filter(
    (line) =>
      across.filter(({ vertical }) => vertical === line.vertical).length >= RULED ||
      crossesPicture(line, width, height, LEAVING),
  );
}

/** Whether both ends of a line are at the border of the picture, or at most `share` of the picture's side from it. */
export function crossesPicture(line: Line, width: number, height: number, share: number): boolean {
  const [along, across] = line.vertical ? [height, width] : [width, height];
  const isAtBorder = (end: number) => {
    const row = lineAt(line, end);
    const [near, far] = [share * along, (1 - share) * along - 1];
    return end <= near || end >= far || row <= share * across || row >= (1 - share) * across - 1;
  };
  return isAtBorder(line.from) && isAtBorder(line.to);
}

interface Frame {
  box: Box;
  lines: Line[];
}

const longer = (box: Box) => Math.max(boxWidth(box), boxHeight(box));
export const lineAt = (line: Line, position: number) => line.offset + line.slope * position;

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

/** Whether the end of a line at `end` lies on another line, which runs across, or at most `apart` pixels from it. */
function meets(line: Line, end: number, other: Line, apart: number): boolean {
  const reach = apart + other.thickness / 2 + 0.01 * (line.to - line.from);
  const row = lineAt(line, end);
  return Math.abs(lineAt(other, row) - end) <= reach && row >= other.from - reach && row <= other.to + reach;
}

/** Frames that are in no other one. What is in a frame may be a character made of rectangles. */
function outermost(frames: readonly Frame[]): Frame[] {
  const area = ({ box }: Frame) => boxWidth(box) * boxHeight(box);
  const outer: Frame[] = [];
  for (const frame of [...frames].sort((a, b) => area(b) - area(a))) {
    if (!outer.some(({ box }) => isInside(frame.box, box))) outer.push(frame);
  }
  return outer;
}

/** Rectangles of two lines each way, or three of the four, each of which ends at the others or beyond them. */
export function framesOf(lines: readonly Line[]): Frame[] {
  const horizontal = lines.filter(({ vertical }) => !vertical);
  const vertical = lines.filter((line) => line.vertical);
  const frames: Frame[] = [];
  // Whether two lines meet: each may end a little before the other, since corners are round.
  const corner = (h: Line, v: Line, x: number) => {
    const row = lineAt(h, x);
    const [hEnd, vEnd] = [lineAt(v, row), lineAt(h, lineAt(v, row))];
    const [hReach, vReach] = [
      2 + v.thickness / 2 + 0.01 * (h.to - h.from),
      2 + h.thickness / 2 + 0.01 * (v.to - v.from),
    ];
    return hEnd >= h.from - hReach && hEnd <= h.to + hReach && vEnd >= v.from - vReach && vEnd <= v.to + vReach;
  };
  const middle = (line: Line) => lineAt(line, (line.from + line.to) / 2);
  const sorted = (some: Line[]) => some.sort((a, b) => middle(a) - middle(b));
  // Where one side of a frame is cut off or too faint, three are left.
  for (const h of horizontal) {
    for (const end of ['from', 'to'] as const) {
      const sides = sorted(
        vertical.filter(
          (v) => corner(h, v, middle(v)) && Math.abs(v[end] - lineAt(h, middle(v))) <= 2 + h.thickness / 2,
        ),
      );
      const [left, right] = [sides[0], sides.at(-1)];
      if (!left || !right || left === right || right.to - right.from < 0.8 * (left.to - left.from)) continue;
      const box = {
        left: middle(left),
        right: middle(right),
        top: Math.min(left.from, right.from),
        bottom: Math.max(left.to, right.to),
      };
      frames.push({ box, lines: [h, left, right] });
    }
  }
  for (const top of horizontal) {
    for (const bottom of horizontal) {
      if (lineAt(top, (top.from + top.to) / 2) >= lineAt(bottom, (top.from + top.to) / 2)) continue;
      const sides = sorted(
        vertical.filter(
          (side) => corner(top, side, lineAt(side, side.from)) && corner(bottom, side, lineAt(side, side.to)),
        ),
      );
      for (let i = 0; i + 1 < sides.length; i++) {
        // Neighbors enclose a cell; the outer ones may enclose it too, where the lines between are writing.
        for (const [left, right] of new Set([
          [sides[i]!, sides[i + 1]!] as const,
          [sides[0]!, sides.at(-1)!] as const,
        ])) {
          const middleX = (middle(left) + middle(right)) / 2;
          const middleY = (lineAt(top, middleX) + lineAt(bottom, middleX)) / 2;
          const box = {
            left: lineAt(left, middleY) - left.thickness,
            right: lineAt(right, middleY) + right.thickness,
            top: lineAt(top, middleX) - top.thickness,
            bottom: lineAt(bottom, middleX) + bottom.thickness,
          };
          frames.push({ box, lines: [top, bottom, left, right] });
        }
      }
    }
  }
  return frames;
}

const unionOf = (all: Box | null, box: Box) => (all ? unionBox(all, box) : box);

/** Two lines that meet at a corner of what is there, and are longer than it both ways. */
function axes(lines: readonly Line[], rest: Box): Line[][] {
  const horizontal = lines.filter((h) => !h.vertical && h.to - h.from >= AXIS * boxWidth(rest));
  const vertical = lines.filter((v) => v.vertical && v.to - v.from >= AXIS * boxHeight(rest));
  const pairs: Line[][] = [];
  for (const h of horizontal) {
    for (const v of vertical) {
      const x = lineAt(v, (v.from + v.to) / 2);
      const y = lineAt(h, (h.from + h.to) / 2);
      const beside = x <= rest.left || x >= rest.right - 1;
      const beyond = y <= rest.top || y >= rest.bottom - 1;
      if (beside && beyond && meets(h, x < rest.left + 1 ? h.from : h.to, v, 4 + h.thickness + v.thickness))
        pairs.push([h, v]);
    }
  }
  return pairs;
}

/** Clears lines, except in columns (rows, for a vertical line) where a stroke crosses them. */
export function clearLines(mask: Uint8Array, width: number, height: number, lines: readonly Line[]): void {
  for (const vertical of [false, true]) {
    const some = lines.filter((line) => line.vertical === vertical);
    if (some.length === 0) continue;
    const turned = vertical ? transposeGrid(mask, width, height) : mask;
    const [columns, rows] = vertical ? [height, width] : [width, height];
    const runs = verticalRuns(turned, columns, rows);
    for (const line of some) {
      const most = CROSSING * line.thickness + 1;
      const margin = Math.ceil(2 + line.thickness);
      for (let x = Math.max(0, line.from - margin); x <= Math.min(columns - 1, line.to + margin); x++) {
        const run = runAt(runs, x, Math.round(lineAt(line, x)));
        if (run === null || runs.bottom[run]! - runs.top[run]! > most) continue;
        for (let y = runs.top[run]!; y < runs.bottom[run]!; y++) mask[vertical ? x * width + y : y * width + x] = 0;
      }
    }
  }
}

/** Clears what is left of lines: pieces as thin as they are, the corners where they met, ticks that touch them, and the rim. */
function clearRemains(mask: Uint8Array, width: number, height: number, lines: readonly Line[]): void {
  const { labels, components } = labelComponents(mask, width, height);
  const remains = new Uint8Array(components.length + 1);
  const margin = 2 + AT_BORDER * Math.min(width, height);
  for (const { label, box } of components) {
    const { left, top, right, bottom } = box;
    if (right <= margin || bottom <= margin || left >= width - margin || top >= height - margin) remains[label] = 1;
    for (const line of lines) {
      const [along, across] = line.vertical
        ? [(box.top + box.bottom) / 2, [box.left, box.right - 1] as const]
        : [(box.left + box.right) / 2, [box.top, box.bottom - 1] as const];
      const row = lineAt(line, along);
      const reach = line.thickness + 2;
      const touches =
        along >= line.from - reach && along <= line.to + reach && across[0] - reach <= row && across[1] + reach >= row;
      if (touches && longer(box) <= Math.max(2 * line.thickness + 4, TICK * (line.to - line.from))) remains[label] = 1;
    }
  }
  for (let i = 0; i < labels.length; i++) if (remains[labels[i]!]) mask[i] = 0;
}
