import { CURVE_POINTS, type TrainingCurve } from '../model/training-history.ts';

/** What was measured on a batch. */
export interface BatchResult {
  loss: number;
  accuracy: number;
  learningRate: number;
}

/** A curve has three numbers a point, and is stored with every checkpoint and model. */
const DIGITS = 4;

type Points = TrainingCurve['loss'];

/**
 * Adds an epoch, counted from 1, to the curve of a run; null for none yet. `batches`: all of the epoch, as many as any other
 * epoch of the run has.
 *
 * The first epoch of a run has as many points as fit. When an epoch no longer fits, adjacent points are merged, so that only
 * resolution is lost. The result depends on nothing but the arguments, and is rounded: a run that was resumed from a checkpoint
 * has the same curve as an uninterrupted one.
 */
export function addEpochToCurve(
  curve: TrainingCurve | null | undefined,
  epoch: number,
  batches: readonly BatchResult[],
): TrainingCurve {
  const count = batches.length;
  let { span, ...series } = curve ?? { ...EMPTY, span: finestSpan(count) };
  while (epoch / span > CURVE_POINTS) {
    const weights = (point: number) => batchesOf(point, span, count);
    series = eachOf((of) => mergePairs(series[of], weights));
    span *= 2;
  }
  return {
    span,
    ...eachOf((of) => addBatches(series[of], { span, epoch, values: batches.map((batch) => batch[of]) })),
  };
}

const EMPTY = { loss: [], accuracy: [], learningRate: [] };

function eachOf(points: (of: keyof BatchResult) => Points): Record<keyof BatchResult, Points> {
  return { loss: points('loss'), accuracy: points('accuracy'), learningRate: points('learningRate') };
}

/** The span, half an epoch or a quarter and so on, whose points have at least a batch each. An epoch then ends with a point. */
function finestSpan(batches: number): number {
  return 2 ** -Math.floor(Math.log2(Math.min(batches, CURVE_POINTS)));
}

/** How many batches end up in a point. Each is where its middle is. */
function batchesOf(point: number, span: number, batches: number): number {
  const before = (epochs: number) => {
    const whole = Math.floor(epochs);
    return whole * batches + Math.ceil((epochs - whole) * batches - 0.5);
  };
  return before((point + 1) * span) - before(point * span);
}

/** Merges each two points into their mean, weighted by their batches. */
function mergePairs(points: Points, weightOf: (point: number) => number): Points {
  return Array.from({ length: Math.ceil(points.length / 2) }, (_, pair) => {
    const [first, second] = [2 * pair, 2 * pair + 1];
    const [a, b] = [points[first] ?? null, points[second] ?? null];
    if (a === null || b === null) return a ?? b;
    const [weight, other] = [weightOf(first), weightOf(second)];
    return rounded((a * weight + b * other) / (weight + other));
  });
}

/** Adds the batches of an epoch. With a span of several epochs, its point may have some of earlier epochs. */
function addBatches(
  points: Points,
  { span, epoch, values }: { span: number; epoch: number; values: readonly number[] },
): Points {
  const first = Math.floor((epoch - 1) / span);
  const length = Math.max(first + 1, Math.round(epoch / span));
  const sums = Array.from({ length: length - first }, () => ({ sum: 0, count: 0 }));
  values.forEach((value, index) => {
    const point = sums[Math.floor((epoch - 1 + (index + 0.5) / values.length) / span) - first]!;
    point.sum += value;
    point.count++;
  });
  const known = points[first] ?? null;
  const earlier = known === null ? 0 : (epoch - 1 - first * span) * values.length;
  const result = Array.from({ length: first }, (_, point) => points[point] ?? null);
  return result.concat(
    sums.map(({ sum, count }, point) => {
      const before = point === 0 ? earlier : 0;
      return count + before === 0 ? null : rounded((sum + (known ?? 0) * before) / (count + before));
    }),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
