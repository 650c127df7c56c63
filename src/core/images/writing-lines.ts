import { type Box, boxHeight, boxWidth } from './box.ts';
import type { Component, Labeled } from './connected-components.ts';
import { type ComponentInk, componentInk, LETTER_HEIGHT, strokeWidth, weightedMedian } from './ink-size.ts';
import { marksOf } from './marks.ts';
import { writingSlope } from './writing-slope.ts';

/** The lines of writing in a picture. */
export interface WritingLines {
  /** The box around the ink of each, top to bottom. */
  readonly boxes: readonly Box[];
  /** The line of each pixel, from 1; 0 for paper and dirt, [height, width]. */
  readonly owners: Uint16Array;
}

// Relative to the height of a small letter.
/** How far apart the middles of a line's letters are, since some letters reach up or down. */
const BLUR = 0.35;
/** Lines are at least `MIN_APART` apart. Closer than `SURELY_APART`, there must be clearly less ink between them. */
const MIN_APART = 1.2;
const SURELY_APART = 1.9;
const CLEARLY = 0.65;
/** Ink closer to a line than `TAIL_APART`, and less than the share `TAIL` of the line's, is the tails of its letters. */
const TAIL_APART = 2.3;
const TAIL = 0.15;
/** A line to which no word is nearest has at least this share of what the fullest line has. The tails of letters have less. */
const UNBACKED = 0.3;
/** Dots, accents, and commas are at most this far from the body of their line. Distances below it count more. */
const MAX_STRAY = 2.2;
const BELOW = 1.3;
/** A word has a piece in a line if a stroke of it in the line's body is at least this long. */
const MIN_PIECE = 0.9;
/** A line whose middle is farther than this from a component has none of its ink in its body. */
const MARGIN = 0.3;

// Relative to the usual spread of a component's ink.
/** Dots, commas, and dashes. */
const SMALL = 0.4;
/** Components that may belong to several lines. */
const TALL = 1.25;

/** Rounds of assigning words to lines and fitting lines to words. */
const ROUNDS = 3;
/** How far a line's slope may differ from the page's. */
const SLOPE_RANGE = 0.05;
/** Lines shorter than this, in heights of a small letter, get the slope of the page. */
const LONG = 12;

/** A fitted line, at the height `y + slope * x`. Its slope includes that of the page. */
interface FittedLine {
  y: number;
  slope: number;
  /** How much is written there. */
  weight: number;
}

/**
 * Divides the ink of a picture into lines of writing, top to bottom. Each line may have a small slope of its own. A dot or comma
 * goes to the nearest line, and words of two lines that touch are cut apart.
 */
export function findWritingLines(labeled: Labeled, mask: Uint8Array): WritingLines {
  const { width, height, labels } = labeled;
  const owners = new Uint16Array(labels.length);
  const pen = strokeWidth(mask, width, height);
  const marks = marksOf(labeled.components, pen);
  if (marks.length === 0) return { boxes: [], owners };
  const slope = writingSlope(mask, width, height);
  const ink = componentInk(labeled, slope);
  const usual = weightedMedian(marks.map(({ label, area }) => ({ value: ink[label]!.spread, weight: area })));
  const letter = Math.max(LETTER_HEIGHT * usual, 1);
  const large = marks.filter(({ label }) => ink[label]!.spread >= SMALL * usual);
  const tall = new Set(large.filter(({ label }) => ink[label]!.spread > TALL * usual));
  const words = large.filter((mark) => !tall.has(mark));
  const seeds = lineSeeds(labeled, words.length > 0 ? words : large, ink, letter, slope, tall);
  const lines = fitLines(
    seeds.map(({ y, weight }) => ({ y, slope, weight })),
    words.length > 0 ? words : large,
    ink,
    letter,
    slope,
  );
  /** The line of each component; those in several lines are in `cuts`. */
  const lineOf = new Int32Array(labeled.components.length + 1).fill(-1);
  const cuts = new Map<number, Piece[]>();
  for (const mark of marks) {
    const { x, y, spread } = ink[mark.label]!;
    if (spread >= SMALL * usual) {
      const pieces = piecesOf(mark, { x, y: y + slope * x }, labeled, lines, letter, pen);
      if (pieces.length > 1) cuts.set(mark.label, pieces);
      lineOf[mark.label] = pieces[0]!.line;
    } else {
      lineOf[mark.label] = strayLine(lines, mark.box, letter);
    }
  }
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === 0 || lineOf[label] === -1) continue;
    const pieces = cuts.get(label);
    if (!pieces) {
      owners[at] = lineOf[label]! + 1;
      continue;
    }
    const x = at % width;
    const level = (at - x) / width;
    owners[at] = pieces.findLast(({ from }) => level >= from(x))!.line + 1;
  }
  return numbered(owners, width, lines.length);
}

/** Renumbers lines so that none is without ink. */
function numbered(owners: Uint16Array, width: number, lines: number): WritingLines {
  const boxes: (Box | undefined)[] = new Array(lines);
  for (let at = 0; at < owners.length; at++) {
    if (owners[at] === 0) continue;
    const x = at % width;
    const y = (at - x) / width;
    const box = boxes[owners[at]! - 1];
    boxes[owners[at]! - 1] = box
      ? {
          left: Math.min(box.left, x),
          top: box.top,
          right: Math.max(box.right, x + 1),
          bottom: y + 1,
        }
      : { left: x, top: y, right: x + 1, bottom: y + 1 };
  }
  const numbers = new Uint16Array(lines + 1);
  let count = 0;
  boxes.forEach((box, index) => {
    if (box) numbers[index + 1] = ++count;
  });
  if (count < lines) for (let at = 0; at < owners.length; at++) owners[at] = numbers[owners[at]!]!;
  return { boxes: boxes.filter((box) => box !== undefined), owners };
}

/** Heights, along the slope of the page, at which the middles of words gather. Ascending. */
function lineSeeds(
  { width, height, labels }: Labeled,
  words: readonly Component[],
  ink: readonly (ComponentInk | undefined)[],
  letter: number,
  slope: number,
  tall: ReadonlySet<Component>,
): { y: number; weight: number }[] {
  const margin = Math.ceil(Math.abs(slope) * width + 3 * letter);
  const density = new Float64Array(height + 2 * margin);
  for (const { label, box } of words) density[Math.round(ink[label]!.y) + margin]! += boxWidth(box);
  if (tall.size > 0) addProfiles(density, margin, labels, width, slope, tall);
  const smooth = blurred(density, BLUR * letter);
  const peaks: number[] = [];
  for (let y = 1; y + 1 < smooth.length; y++) {
    if (smooth[y]! > 0 && smooth[y]! > smooth[y - 1]! && smooth[y]! >= smooth[y + 1]!) peaks.push(y);
  }
  // Drops the lowest peak that is not clearly a line of its own, until all are.
  for (;;) {
    let drop = -1;
    for (let i = 0; i + 1 < peaks.length; i++) {
      const [a, b] = [peaks[i]!, peaks[i + 1]!];
      const weaker = smooth[a]! < smooth[b]! ? i : i + 1;
      const valley = smooth.subarray(a, b).reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
      const apart = (b - a) / letter;
      const share = smooth[peaks[weaker]!]! / Math.max(smooth[a]!, smooth[b]!);
      const isOne =
        apart < MIN_APART ||
        (apart < SURELY_APART && valley > CLEARLY * smooth[peaks[weaker]!]!) ||
        (apart < TAIL_APART && share < TAIL);
      if (isOne && (drop < 0 || smooth[peaks[weaker]!]! < smooth[peaks[drop]!]!)) drop = weaker;
    }
    if (drop < 0) return peaks.map((y) => ({ y: y - margin, weight: smooth[y]! }));
    peaks.splice(drop, 1);
  }
}

/** Adds components that are too tall for one letter, at the heights where their ink is. */
function addProfiles(
  density: Float64Array,
  margin: number,
  labels: Int32Array,
  width: number,
  slope: number,
  tall: ReadonlySet<Component>,
): void {
  const share = new Map([...tall].map(({ label, box, area }) => [label, boxWidth(box) / area]));
  for (let at = 0; at < labels.length; at++) {
    const weight = labels[at] === 0 ? undefined : share.get(labels[at]!);
    if (weight === undefined) continue;
    const x = at % width;
    density[Math.round((at - x) / width - slope * x) + margin]! += weight;
  }
}

function blurred(values: Float64Array, sigma: number): Float64Array {
  const radius = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / 2 / sigma ** 2),
  );
  const out = new Float64Array(values.length);
  for (let from = 0; from < values.length; from++) {
    if (values[from] === 0) continue;
    const first = Math.max(0, from - radius);
    const last = Math.min(values.length - 1, from + radius);
    for (let to = first; to <= last; to++) out[to]! += values[from]! * kernel[to - from + radius]!;
  }
  return out;
}

/** Fits each line to the words that are nearest to it, and leaves out those that are not lines. Top to bottom. */
function fitLines(
  seeds: readonly FittedLine[],
  words: readonly Component[],
  ink: readonly (ComponentInk | undefined)[],
  letter: number,
  slope: number,
): FittedLine[] {
  let lines = [...seeds];
  let backed: ReadonlyMap<number, unknown> = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const members = Map.groupBy(words, ({ label }) => {
      const { x, y } = ink[label]!;
      return nearestLine(lines, x, y + slope * x);
    });
    lines = lines.map((line, index) => {
      const own = members.get(index);
      return own ? { ...fitLine(own, ink, letter, slope), weight: line.weight } : line;
    });
    backed = members;
  }
  const most = Math.max(...lines.map(({ weight }) => weight));
  return lines.filter(({ weight }, index) => backed.has(index) || weight >= UNBACKED * most).sort((a, b) => a.y - b.y);
}

function fitLine(
  words: readonly Component[],
  ink: readonly (ComponentInk | undefined)[],
  letter: number,
  slope: number,
): Omit<FittedLine, 'weight'> {
  let [weight, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { label, box } of words) {
    const { x, y } = ink[label]!;
    const part = boxWidth(box);
    left = Math.min(left, box.left);
    right = Math.max(right, box.right);
    weight += part;
    sumX += part * x;
    sumY += part * y;
    sumXX += part * x * x;
    sumXY += part * x * y;
  }
  const variance = sumXX - sumX ** 2 / weight;
  const own = right - left >= LONG * letter && variance > 0 ? (sumXY - (sumX * sumY) / weight) / variance : 0;
  const more = Math.max(-SLOPE_RANGE, Math.min(SLOPE_RANGE, own));
  return { y: (sumY - more * sumX) / weight, slope: slope + more };
}

/** The index of the line whose middle is nearest to a point of the picture. */
function nearestLine(lines: readonly FittedLine[], x: number, y: number): number {
  let best = 0;
  lines.forEach((line, index) => {
    if (Math.abs(y - line.y - line.slope * x) < Math.abs(y - lines[best]!.y - lines[best]!.slope * x)) best = index;
  });
  return best;
}

/** The index of the line that a dot, an accent, or a comma belongs to, or -1 for dirt far from any. */
function strayLine(lines: readonly FittedLine[], { left, right, top, bottom }: Box, letter: number): number {
  const x = (left + right) / 2;
  let best = -1;
  let nearest = MAX_STRAY * letter;
  lines.forEach((line, index) => {
    const middle = line.y + line.slope * x;
    const above = middle - letter / 2 - (top + bottom) / 2;
    const below = (top + bottom) / 2 - middle - letter / 2;
    const distance = Math.max(0, above, BELOW * below);
    if (distance < nearest) {
      best = index;
      nearest = distance;
    }
  });
  return best;
}

/** A part of a component that belongs to a line. It starts at a height that depends on the column. */
interface Piece {
  line: number;
  from: (x: number) => number;
}

/** The parts of a component that are in different lines, top to bottom: those with a good part of a letter in the line's body. */
function piecesOf(
  { label, box, area }: Component,
  ink: { x: number; y: number },
  { width, labels }: Labeled,
  lines: readonly FittedLine[],
  letter: number,
  pen: number,
): Piece[] {
  const middle = (box.left + box.right) / 2;
  const near = lines
    .map((line, index) => ({ ...line, index, level: line.y + line.slope * middle }))
    .filter(({ level }) => level > box.top - MARGIN * letter && level < box.bottom + MARGIN * letter);
  const everywhere = () => Number.NEGATIVE_INFINITY;
  if (near.length < 2) {
    return [{ line: near[0]?.index ?? nearestLine(lines, ink.x, ink.y), from: everywhere }];
  }
  const inBody = near.map(() => 0);
  /** Ink by its distance below the first line, which may slope. */
  const [first] = near as [(typeof near)[0]];
  const margin = Math.ceil(first.level - box.top + Math.abs(first.slope) * boxWidth(box)) + 1;
  const profile = new Float64Array(boxHeight(box) + 2 * Math.ceil(Math.abs(first.slope) * boxWidth(box)) + margin + 4);
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) {
      if (labels[y * width + x] !== label) continue;
      const down = Math.round(y - first.y - first.slope * x) + margin;
      if (down >= 0 && down < profile.length) profile[down]!++;
      near.forEach((line, i) => {
        if (Math.abs(y - line.y - line.slope * x) < letter / 2) inBody[i]!++;
      });
    }
  }
  const isPart = inBody.map((part) => part >= MIN_PIECE * pen * letter && part >= 0.1 * area);
  const parts = near.filter((_, i) => isPart[i]);
  if (parts.length < 2) {
    const most = inBody.indexOf(Math.max(...inBody));
    return [{ line: near[most]!.index, from: everywhere }];
  }
  return parts.map((line, i) => {
    if (i === 0) return { line: line.index, from: everywhere };
    const above = parts[i - 1]!;
    // Cuts the fewest strokes, since descenders can be longer than the room between the bodies of the lines.
    const distance = (one: typeof line) => one.level - first.level + margin;
    let cut = Math.round((distance(above) + distance(line)) / 2);
    const from = Math.ceil(distance(above) + letter / 2);
    const to = Math.floor(distance(line) - letter / 2);
    for (let down = from; down <= to; down++) {
      const better = (profile[down] ?? 0) - (profile[cut] ?? 0);
      const middleOf = (from + to) / 2;
      if (better < 0 || (better === 0 && Math.abs(down - middleOf) < Math.abs(cut - middleOf))) cut = down;
    }
    return { line: line.index, from: (x: number) => first.y + first.slope * x + cut - margin };
  });
}
