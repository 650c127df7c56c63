/**
 * A series of any length in bounded memory: buckets of width `span` from `start` on. When there would be more than
 * `capacity`, adjacent buckets are merged and the span doubles, so that only resolution is lost.
 */
export interface Series {
  readonly start: number;
  readonly span: number;
  readonly capacity: number;
  /** How many values each bucket has, and their sum. Never changed: `append` makes new ones. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/** Several buckets for each dot of a chart, even for one of the last fifth of a run. */
const CAPACITY = 2048;
/** Values that are older than this many times the reach of a moving average no longer matter. */
const FORGOTTEN = 10;

/** An empty series, with buckets of width `span` at first. */
export function createSeries(start: number, span: number, capacity = CAPACITY): Series {
  return { start, span, capacity, counts: new Float64Array(), sums: new Float64Array() };
}

/** A series from 0 on, with at most one value in each bucket of width `span`. */
export function seriesOf(values: readonly (number | null)[], span: number): Series {
  const isValue = (value: number | null) => value !== null && Number.isFinite(value);
  return {
    ...{ start: 0, span, capacity: Math.max(CAPACITY, values.length) },
    counts: Float64Array.from(values, (value) => Number(isValue(value))),
    sums: Float64Array.from(values, (value) => (isValue(value) ? value! : 0)),
  };
}

/** Adds a value at `x`. Ignored if either is not finite, or `x` is before `start`. */
export function append(series: Series, x: number, value: number): Series {
  if (!Number.isFinite(value) || !Number.isFinite(x) || x < series.start) return series;
  let { span, counts, sums } = series;
  let index = Math.floor((x - series.start) / span);
  if (index >= series.capacity) {
    // The number of doublings is computed up front, so that a distant x is not expensive.
    const doublings = Math.max(1, Math.ceil(Math.log2((index + 1) / series.capacity)));
    for (let i = 0; i < doublings; i++) {
      counts = pairs(counts);
      sums = pairs(sums);
      span *= 2;
    }
    index = Math.min(series.capacity - 1, Math.floor((x - series.start) / span));
  }
  return { ...series, span, counts: added(counts, index, 1), sums: added(sums, index, value) };
}

/** The series of 1 - y, as of errors for an accuracy. */
export function complement(series: Series): Series {
  return { ...series, sums: series.sums.map((sum, index) => series.counts[index]! - sum) };
}

/**
 * The exponential moving average of a series. Divided by the sum of the weights, so that it begins with the first value (the bias
 * correction of Kingma and Ba, 2015, section 3).
 *
 * @param reach after how many epochs a value counts 1/e as much
 * @param from where the average is needed from
 */
export function smoothed(series: Series, reach: number, from = Number.NEGATIVE_INFINITY): Series {
  const { start, span, counts, sums } = series;
  const result = new Float64Array(counts.length);
  const decay = Math.exp(-span / reach);
  let sum = 0;
  let weight = 0;
  for (let index = Math.max(0, Math.floor((from - start - FORGOTTEN * reach) / span)); index < counts.length; index++) {
    sum *= decay;
    weight *= decay;
    const count = counts[index]!;
    if (count === 0) continue;
    sum += sums[index]! / count;
    weight += 1;
    result[index] = (sum / weight) * count;
  }
  return { ...series, sums: result };
}

/** The mean of a series in each of `columns` equal parts of the range from `from` to `to`; NaN where it has no values. */
export function columnMeans(series: Series, from: number, to: number, columns: number): Float64Array {
  const { start, span, counts, sums } = series;
  const means = new Float64Array(columns);
  const totals = new Float64Array(columns);
  const width = (to - from) / columns;
  const end = width > 0 ? Math.min(counts.length, Math.ceil((to - start) / span)) : 0;
  for (let index = Math.max(0, Math.floor((from - start) / span)); index < end; index++) {
    if (counts[index] === 0) continue;
    const column = Math.floor((start + (index + 0.5) * span - from) / width);
    if (column < 0 || column >= columns) continue;
    means[column]! += sums[index]!;
    totals[column]! += counts[index]!;
  }
  for (let column = 0; column < columns; column++) {
    means[column] = totals[column] === 0 ? Number.NaN : means[column]! / totals[column]!;
  }
  return means;
}

/** Fills NaNs between two values by linear interpolation. Those before the first and after the last value stay. */
export function bridge(values: Float64Array): Float64Array {
  const result = values.slice();
  let previous = -1;
  for (let index = 0; index < result.length; index++) {
    if (Number.isNaN(values[index]!)) continue;
    if (previous >= 0) {
      const step = (values[index]! - values[previous]!) / (index - previous);
      for (let gap = previous + 1; gap < index; gap++) result[gap] = values[previous]! + step * (gap - previous);
    }
    previous = index;
  }
  return result;
}

function pairs(values: Float64Array): Float64Array {
  return Float64Array.from(
    { length: Math.ceil(values.length / 2) },
    (_, index) => values[2 * index]! + (values[2 * index + 1] ?? 0),
  );
}

/** A copy in which one value is larger, with as many zeros before it as are needed. */
function added(values: Float64Array, index: number, value: number): Float64Array {
  const result = new Float64Array(Math.max(values.length, index + 1));
  result.set(values);
  result[index]! += value;
  return result;
}
