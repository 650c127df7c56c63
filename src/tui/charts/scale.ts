/** A labeled value, and the row that it is on, from the top. */
export interface Tick {
  readonly row: number;
  readonly value: number;
  /** How many decimals its label has, if not as many as the others'. */
  readonly decimals?: number;
}

/**
 * The values that the rows of a plot stand for. All rows are equally far apart, and each tick of a linear scale is exactly on a
 * row.
 */
export interface Scale {
  /** Whether the rows are equal ratios apart. */
  readonly isLog: boolean;
  /** The value of the bottom row. */
  readonly min: number;
  /** The value of the top row. */
  readonly max: number;
  /** From the bottom. */
  readonly ticks: readonly Tick[];
  /** How many decimals the ticks' values have at most. */
  readonly decimals: number;
}

/** The height of a value above the bottom row, in rows. */
export type Level = (value: number) => number;

/** How high the values of a scale of `rows` rows are; NaN for those that it cannot have. */
export function levels({ isLog, min, max }: Scale, rows: number): Level {
  if (!isLog) return (value) => ((value - min) / (max - min)) * (rows - 1);
  const perUnit = (rows - 1) / Math.log(max / min);
  return (value) => (value > 0 ? Math.log(value / min) * perUnit : Number.NaN);
}

/** There is at most one tick more than this. */
const MAX_STEPS = 6;
/** With fewer, a scale that wastes up to half as many rows more for each missing one is preferred. */
const ENOUGH_STEPS = 3;
/** Larger values are beyond every scale. */
export const LARGEST = 1e100;
/** Absorbs rounding errors, in rows. */
const TOLERANCE = 1e-6;

/**
 * The scale of `rows` rows that contains all values up to `LARGEST` and wastes few rows. Its ticks are multiples of 1, 2 or
 * 5 times a power of ten, within `lowest` and `highest`. Beyond these, it extends only if there are too many rows.
 */
export function rowScale(values: readonly number[], rows: number, lowest = -Infinity, highest = Infinity): Scale {
  const [low, high] = rangeOf(values, lowest, highest);
  const intervals = rows - 1;
  if (intervals < 1) return { isLog: false, min: low, max: high, ticks: [], decimals: 0 };
  const best = Array.from({ length: intervals }, (_, index) => index + 1)
    .filter(
      (rowsPerStep) => intervals / rowsPerStep <= MAX_STEPS && (rowsPerStep === 1 || intervals / rowsPerStep >= 2),
    )
    .map((rowsPerStep) => finest(low, high, intervals, rowsPerStep, highest - lowest))
    .reduce((one, other) => (other.cost < one.cost * (1 - TOLERANCE) ? other : one));
  const { unit, step, rowsPerStep } = best;
  const top = Math.floor(highest / unit + TOLERANCE) - intervals;
  const bottom = Math.max(Math.min(best.bottom, top), Math.min(best.bottom, Math.ceil(lowest / unit - TOLERANCE)));
  const ticks = Array.from({ length: rows }, (_, index) => ({ row: intervals - index, multiple: bottom + index }))
    .filter(({ multiple }) => multiple % rowsPerStep === 0)
    .map(({ row, multiple }) => ({ row, value: times(step, multiple / rowsPerStep) }))
    .filter(({ value }) => value >= lowest - unit * TOLERANCE && value <= highest + unit * TOLERANCE);
  return {
    ...{ isLog: false, min: bottom * unit, max: (bottom + intervals) * unit },
    ...{ ticks, decimals: Math.max(0, -step.exponent) },
  };
}

/** The lowest and the highest value within the bounds, apart from each other. */
function rangeOf(values: readonly number[], lowest: number, highest: number): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Math.abs(value) > LARGEST || Number.isNaN(value)) continue;
    const within = Math.min(highest, Math.max(lowest, value));
    low = Math.min(low, within);
    high = Math.max(high, within);
  }
  if (low > high) return [Math.max(0, lowest), Math.min(1, highest)];
  if (high - low < Math.max(Math.abs(low), Math.abs(high)) * 1e-6 + 1e-9) {
    const margin = Math.max(Math.abs(high) * 0.1, 0.001);
    return [Math.max(low - margin, lowest), Math.min(high + margin, highest)];
  }
  return [low, high];
}

/** A step of ticks, `digit` times ten to the power of `exponent`. */
interface Step {
  readonly digit: 1 | 2 | 5;
  readonly exponent: number;
}

/**
 * The finest scale with a tick every `rowsPerStep` rows. Its bottom row is `bottom` times `unit`, the value of a row. Rows
 * beyond `range` can have no ticks.
 */
function finest(low: number, high: number, intervals: number, rowsPerStep: number, range: number) {
  for (let step = roundUp(((high - low) * rowsPerStep) / intervals); ; step = next(step)) {
    const unit = times(step, 1) / rowsPerStep;
    const bottom = Math.floor(low / unit + TOLERANCE);
    if (bottom + intervals < high / unit - TOLERANCE) continue;
    const missing = Math.max(0, ENOUGH_STEPS - Math.min(intervals, range / unit) / rowsPerStep);
    return { unit, step, rowsPerStep, bottom, cost: unit * (1 + missing / 2) };
  }
}

/** The smallest step that is not below a value. */
function roundUp(rough: number): Step {
  const exponent = Math.floor(Math.log10(rough));
  const fraction = rough / 10 ** exponent - TOLERANCE;
  const digit = ([1, 2, 5] as const).find((candidate) => fraction <= candidate);
  return digit === undefined ? { digit: 1, exponent: exponent + 1 } : { digit, exponent };
}

function next({ digit, exponent }: Step): Step {
  if (digit === 5) return { digit: 1, exponent: exponent + 1 };
  return { digit: digit === 1 ? 2 : 5, exponent };
}

/** A multiple of a step, without the rounding errors of a multiplication. */
function times({ digit, exponent }: Step, factor: number): number {
  return Number(`${digit * factor}e${exponent}`);
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
export function niceStep(rough: number): number {
  return rough > 0 && Number.isFinite(rough) ? times(roundUp(rough), 1) : 1;
}
