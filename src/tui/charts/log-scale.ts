import { LARGEST, niceStep, type Scale, type Tick } from './scale.ts';

/** There are at most as many ticks. */
const MAX_TICKS = 7;
/** With fewer, finer ticks are tried. */
const ENOUGH_TICKS = 3;
/** The ratio that equal values are spread to. */
const MARGIN = 1.1;
/** Lower values than this, and than this share of the highest, are beyond the scale: they would take the room of the others. */
const LOWEST = 1e-12;
const LOWEST_SHARE = 1e-5;
/** How much of the rows may be given up to get the ticks onto rows, in steps of a hundredth. */
const WASTE_STEPS = 30;

/**
 * The logarithmic scale of `rows` rows that contains all values within five powers of ten of the highest. Its ticks are 1, 2 and
 * 5 times powers of ten, or only these if that would be too many; if too few, equal steps. They are as exactly on rows as can
 * be had for little room: at most half a row off.
 */
export function logScale(values: readonly number[], rows: number, highest = Number.POSITIVE_INFINITY): Scale {
  const [low, high] = rangeOf(values);
  const intervals = rows - 1;
  const at = (exponent: number) => 10 ** exponent;
  if (intervals < 1) return { isLog: true, min: low, max: high, ticks: [], decimals: 0 };
  const [bottom, top] = [Math.log10(low), Math.log10(high)];
  const most = intervals / (top - bottom);
  const nice = tickValues(low, high, Math.min(MAX_TICKS, rows)).filter((value) => value <= highest);
  let best = { min: bottom, perDecade: most, cost: Number.POSITIVE_INFINITY };
  for (let step = 0; step <= WASTE_STEPS; step++) {
    const perDecade = most * (1 - step / 100);
    for (const anchor of nice) {
      // The row of one tick is exact.
      const below = Math.ceil((Math.log10(anchor) - bottom) * perDecade - 1e-9);
      const min = Math.log10(anchor) - below / perDecade;
      if (min + intervals / perDecade < top - 1e-9) continue;
      const cost = step / 100 + Math.max(...nice.map((value) => offRow((Math.log10(value) - min) * perDecade)));
      if (cost < best.cost) best = { min, perDecade, cost };
    }
  }
  const ticks = new Map<number, Tick>();
  for (const value of nice) {
    const row = intervals - Math.round((Math.log10(value) - best.min) * best.perDecade);
    if (row >= 0 && row <= intervals && !ticks.has(row)) ticks.set(row, { row, value, decimals: decimalsOf(value) });
  }
  const decimals = Math.max(0, ...nice.map(decimalsOf));
  return {
    ...{ isLog: true, min: at(best.min), max: at(best.min + intervals / best.perDecade) },
    ...{ ticks: [...ticks.values()], decimals },
  };
}

/** The lowest and the highest positive value, apart from each other. */
function rangeOf(values: readonly number[]): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of values) {
    if (!(value >= LOWEST && value <= LARGEST)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return [0.1, 1];
  low = Math.max(low, high * LOWEST_SHARE);
  return high / low < MARGIN ? [low / MARGIN, high * MARGIN] : [low, high];
}

/** Values from `low` to `high` that are worth a tick, in ascending order. */
function tickValues(low: number, high: number, most: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const isIn = (value: number) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const exponents = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const ticks = exponents.flatMap((exponent) => [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`))).filter(isIn);
  if (ticks.length > most) {
    const powers = exponents.map((exponent) => Number(`1e${exponent}`)).filter(isIn);
    const every = Math.ceil(powers.length / most);
    return powers.filter((_, index) => (powers.length - 1 - index) % every === 0);
  }
  if (ticks.length >= Math.min(most, ENOUGH_TICKS)) return ticks;
  const multiples = (unit: number) => [Math.ceil(low / unit - 1e-9), Math.floor(high / unit + 1e-9)] as const;
  let step = niceStep((high - low) / Math.min(most, ENOUGH_TICKS));
  let [from, to] = multiples(step);
  while (to - from + 1 < Math.min(most, ENOUGH_TICKS)) {
    step = niceStep(step / 2.5);
    [from, to] = multiples(step);
  }
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: to - from + 1 }, (_, index) => Number(((from + index) * step).toFixed(digits)));
}

/** How far a level is from a row. */
function offRow(level: number): number {
  return Math.abs(level - Math.round(level));
}

function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return Math.max(0, mantissa.replace('.', '').length - 1 - Number(exponent));
}
