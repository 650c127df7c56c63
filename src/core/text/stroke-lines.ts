import type { Drawing, Stroke } from '../strokes/drawing.ts';

/** The steepest slope of lines that is looked for. */
const MAX_SLOPE = 0.25;
const SLOPE_STEP = 0.01;
/** The share of its score that the steepest slope loses, so that a slope is found only where the ink shows it. */
const SLOPE_PENALTY = 0.5;
/**
 * Letters are counted by level. The paper is divided into levels in several ways, so that the sum does not depend on any one of
 * them.
 */
const LEVEL_OFFSETS = [0, 0.25, 0.5, 0.75] as const;
/** A stroke whose ink is spread vertically by less than this share of the usual spread is a mark: a dot, a bar, a comma. */
const MARK = 0.45;
/** A bar: the distance of its ends as a share of its length, and how steep it may be. */
const STRAIGHT = 0.85;
const LEVEL = 0.5;
/** Groups of letters are lines of their own if their middles are farther apart than this many times the sum of their spreads. */
const LINE_GAP = 2.4;
/** Parts of a word beside each other may be this many times as far apart. */
const STEEP = 2;
/** The share of the narrower group's width that may be above or below the other if they are beside each other. */
const BESIDE = 0.25;
/**
 * Letters are in one group if no gap between their middles is larger. This and the lengths below are multiples of the usual spread.
 */
const SAME_HEIGHT = 1;
/** The path of a line is at least this long. */
const LEAST_INK = 4;
/**
 * The height of a line near a stroke is that of its parts nearby, which are this wide, and to a small degree that of the whole
 * line.
 */
const PART = 6;
const NEAR_PARTS = 5;
const FAR = 1e-3;
/** More groups are not writing, and would take too long. */
const MOST_LINES = 300;
/** Marks are above the middle of their line more often than below, so they are taken to be this much lower. */
const MARK_RISE = 0.6;

/** A stroke, by the middle of its ink. */
interface Ink {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  /** The length of its path. */
  readonly weight: number;
  /** The mean distance of its ink from the middle, vertically: about 0.4 times the height of a small letter. */
  readonly spread: number;
  readonly left: number;
  readonly right: number;
  /** Whether it is straight and level, as the bar of a T is. */
  readonly isBar: boolean;
}

/**
 * The lines of a drawing, top to bottom: for each, the indices of its strokes in the order drawn. Lines may slope, and
 * ascenders may touch descenders of the line above. Strokes without points are left out.
 */
export function strokeLines(drawing: Drawing): number[][] {
  const ink = drawing.flatMap((stroke, index) => (stroke.length > 0 ? [inkOf(stroke, index)] : []));
  if (ink.length === 0) return [];
  const rows = cutIntoRows(ink);
  return rows.map((row) => row.map(({ index }) => index).sort((a, b) => a - b));
}

function inkOf(stroke: Stroke, index: number): Ink {
  let [weight, sumX, sumY] = [0, 0, 0];
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const parts: [length: number, y: number][] = [];
  for (const [i, [x1, y1]] of stroke.entries()) {
    const [x0, y0] = stroke[Math.max(0, i - 1)]!;
    const length = Math.hypot(x1 - x0, y1 - y0);
    weight += length;
    sumX += (length * (x0 + x1)) / 2;
    sumY += (length * (y0 + y1)) / 2;
    parts.push([length, (y0 + y1) / 2]);
    left = Math.min(left, x1);
    right = Math.max(right, x1);
  }
  const [firstX, firstY] = stroke[0]!;
  if (weight === 0) return { index, x: firstX, y: firstY, weight, spread: 0, left, right, isBar: false };
  const y = sumY / weight;
  const spread = parts.reduce((sum, [length, at]) => sum + length * Math.abs(at - y), 0) / weight;
  const [lastX, lastY] = stroke.at(-1)!;
  const [dx, dy] = [lastX - firstX, lastY - firstY];
  const isBar = Math.hypot(dx, dy) > STRAIGHT * weight && Math.abs(dy) < LEVEL * Math.abs(dx);
  return { index, x: sumX / weight, y, weight, spread, left, right, isBar };
}

function cutIntoRows(ink: readonly Ink[]): Ink[][] {
  const usual = meanSpread(ink);
  const letters = ink.filter(({ spread, isBar }) => spread >= MARK * usual && !isBar);
  if (usual === 0 || letters.length < 2) return [[...ink]];
  const slope = slopeOf(letters, usual);
  const level = ink.map((one) => ({ ...one, y: one.y - slope * one.x }));
  const isLetter = new Set(letters.map(({ index }) => index));
  const rows = clusters(
    level.filter(({ index }) => isLetter.has(index)),
    usual,
  );
  if (rows.length === 1) return [[...ink]];
  const all: Ink[][] = rows.map(() => []);
  const partWidth = PART * usual;
  const courses = rows.map((row) => courseOf(row, partWidth));
  for (const one of level) {
    const rise = isLetter.has(one.index) ? 0 : MARK_RISE * usual;
    all[nearestRow(one, courses, rise, partWidth)]!.push(one);
  }
  return all.filter((row) => row.length > 0);
}

function meanSpread(ink: readonly Ink[]): number {
  const length = lengthOf(ink);
  return length === 0 ? 0 : ink.reduce((sum, { weight, spread }) => sum + weight * spread, 0) / length;
}

/** The slope with which the middles of letters lie on the fewest levels. */
function slopeOf(letters: readonly Ink[], usual: number): number {
  let [best, bestScore] = [0, 0];
  // From a letter on, so that levels do not depend on where the drawing is.
  const [{ x: firstX, y: firstY }] = letters as readonly [Ink, ...Ink[]];
  for (let step = -Math.round(MAX_SLOPE / SLOPE_STEP); step * SLOPE_STEP <= MAX_SLOPE; step++) {
    const slope = step * SLOPE_STEP;
    let sharpness = 0;
    for (const offset of LEVEL_OFFSETS) {
      const levels = new Map<number, number>();
      for (const { x, y, weight } of letters) {
        const level = Math.round((2 * (y - firstY - slope * (x - firstX))) / usual + offset);
        levels.set(level, (levels.get(level) ?? 0) + weight);
      }
      for (const [level, weight] of levels) {
        sharpness += weight * (weight + (levels.get(level + 1) ?? 0) + 0.5 * (levels.get(level + 2) ?? 0));
      }
    }
    const score = sharpness * (1 - SLOPE_PENALTY * (slope / MAX_SLOPE) ** 2);
    if (score > bestScore) [best, bestScore] = [slope, score];
  }
  return best;
}

/** Letters by line, top to bottom. Groups of letters at about the same height are merged while their ink overlaps. */
function clusters(letters: readonly Ink[], usual: number): Ink[][] {
  const sorted = letters.toSorted((a, b) => a.y - b.y);
  const rows: Ink[][] = [];
  for (const [i, one] of sorted.entries()) {
    if (i === 0 || one.y - sorted[i - 1]!.y > SAME_HEIGHT * usual) rows.push([]);
    rows.at(-1)!.push(one);
  }
  if (rows.length > MOST_LINES) return [[...letters]];
  while (rows.length > 1) {
    let [closest, least] = [0, Number.POSITIVE_INFINITY];
    for (let at = 1; at < rows.length; at++) {
      const distance = distanceOf(rows[at - 1]!, rows[at]!, usual);
      if (distance < least) [closest, least] = [at, distance];
    }
    if (least > LINE_GAP) break;
    rows.splice(closest - 1, 2, [...rows[closest - 1]!, ...rows[closest]!]);
  }
  return rows;
}

/** How far apart the middles of two groups are, as a multiple of the sum of their spreads. */
function distanceOf(above: readonly Ink[], below: readonly Ink[], usual: number): number {
  if (Math.min(lengthOf(above), lengthOf(below)) < LEAST_INK * usual) return 0;
  const distance = (meanY(below) - meanY(above)) / (meanSpread(above) + meanSpread(below));
  return areBeside(above, below) ? distance / STEEP : distance;
}

/** Whether one group begins about where the other ends, as parts of a word that is written steeply do. */
function areBeside(a: readonly Ink[], b: readonly Ink[]): boolean {
  const [leftA, rightA, leftB, rightB] = [left(a), right(a), left(b), right(b)];
  const overlap = Math.min(rightA, rightB) - Math.max(leftA, leftB);
  return overlap < BESIDE * Math.min(rightA - leftA, rightB - leftB);
}

function left(ink: readonly Ink[]): number {
  return ink.reduce((least, one) => Math.min(least, one.left), Number.POSITIVE_INFINITY);
}

function right(ink: readonly Ink[]): number {
  return ink.reduce((most, one) => Math.max(most, one.right), Number.NEGATIVE_INFINITY);
}

function lengthOf(ink: readonly Ink[]): number {
  return ink.reduce((sum, { weight }) => sum + weight, 0);
}

function meanY(ink: readonly Ink[]): number {
  return ink.reduce((sum, { weight, y }) => sum + weight * y, 0) / lengthOf(ink);
}

/** The height of a line's ink, along the line. */
interface Course {
  readonly weight: number;
  readonly sumY: number;
  /** The same for each part of it, by its position along the line. */
  readonly parts: ReadonlyMap<number, { weight: number; sumY: number }>;
}

function courseOf(row: readonly Ink[], partWidth: number): Course {
  const parts = new Map<number, { weight: number; sumY: number }>();
  for (const { x, y, weight } of row) {
    const at = Math.round(x / partWidth);
    const part = parts.get(at) ?? { weight: 0, sumY: 0 };
    parts.set(at, { weight: part.weight + weight, sumY: part.sumY + weight * y });
  }
  return { weight: lengthOf(row), sumY: row.reduce((sum, { weight, y }) => sum + weight * y, 0), parts };
}

/** The line whose letters near a stroke are closest to its height. `rise`: how much lower the stroke is taken to be. */
function nearestRow({ x, y }: Ink, courses: readonly Course[], rise: number, partWidth: number): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (const [at, course] of courses.entries()) {
    // The whole line counts a little, so that it has a height even where no letters are near.
    let [weight, sumY] = [FAR * course.weight, FAR * course.sumY];
    for (let offset = -NEAR_PARTS; offset <= NEAR_PARTS; offset++) {
      const part = course.parts.get(Math.round(x / partWidth) + offset);
      if (!part) continue;
      const near = Math.exp(-((offset / 2) ** 2));
      weight += near * part.weight;
      sumY += near * part.sumY;
    }
    const distance = Math.abs(y + rise - sumY / weight);
    if (distance < least) [nearest, least] = [at, distance];
  }
  return nearest;
}
