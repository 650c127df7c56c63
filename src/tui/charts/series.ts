/** The values in one interval of the x axis; if `count` is 0, the others have no meaning. */
export interface Bucket {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/**
 * A series of any length in bounded memory: buckets of width `span` from `start` on. When there would be more than
 * `capacity`, adjacent buckets are merged and the span doubles, so that only resolution is lost.
 */
export interface Series {
  readonly start: number;
  readonly span: number;
  readonly capacity: number;
  readonly buckets: readonly Bucket[];
}

const EMPTY: Bucket = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

/** An empty series, with buckets of width `span` at first. */
export function createSeries(start: number, span: number, capacity = 1024): Series {
  return { start, span, capacity, buckets: [] };
}

/** Adds a value at `x`. Ignored if either is not finite, or `x` is before `start`. */
export function append(series: Series, x: number, value: number): Series {
  if (!Number.isFinite(value) || !Number.isFinite(x) || x < series.start) return series;
  let { span, buckets } = series;
  let index = Math.floor((x - series.start) / span);
  if (index >= series.capacity) {
    // The number of doublings is computed up front, so that a distant x is not expensive.
    const doublings = Math.max(1, Math.ceil(Math.log2((index + 1) / series.capacity)));
    for (let i = 0; i < doublings; i++) {
      buckets = pairs(buckets);
      span *= 2;
    }
    index = Math.min(series.capacity - 1, Math.floor((x - series.start) / span));
  }
  const next = buckets.slice();
  while (next.length <= index) next.push(EMPTY);
  next[index] = join(next[index]!, { count: 1, sum: value, min: value, max: value });
  return { ...series, span, buckets: next };
}

/** Divides the range from `from` to `to` into `columns` buckets of equal width. */
export function resample(series: Series, from: number, to: number, columns: number): Bucket[] {
  const result: Bucket[] = Array.from({ length: columns }, () => EMPTY);
  const width = (to - from) / columns;
  if (!(width > 0)) return result;
  series.buckets.forEach((bucket, index) => {
    if (bucket.count === 0) return;
    const middle = series.start + (index + 0.5) * series.span;
    const column = Math.floor((middle - from) / width);
    if (column >= 0 && column < columns) result[column] = join(result[column]!, bucket);
  });
  return result;
}

/** The mean of each bucket; NaN where it is empty. */
export function means(buckets: readonly Bucket[]): number[] {
  return buckets.map(({ count, sum }) => (count === 0 ? Number.NaN : sum / count));
}

/** Fills NaNs between two values by linear interpolation. Those before the first and after the last value stay. */
export function bridge(values: readonly number[]): number[] {
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

function pairs(buckets: readonly Bucket[]): Bucket[] {
  const result: Bucket[] = [];
  for (let index = 0; index < buckets.length; index += 2) {
    result.push(join(buckets[index]!, buckets[index + 1] ?? EMPTY));
  }
  return result;
}

function join(a: Bucket, b: Bucket): Bucket {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}
