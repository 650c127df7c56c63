/** The range of a value axis and the distance of its ticks. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/**
 * A scale with round ends and about `ticks` steps that contains all finite values (Heckbert, "Nice numbers for graph
 * labels", Graphics Gems, 1990), but does not extend beyond `lowest` and `highest`.
 */
export function niceScale(values: readonly number[], ticks: number, lowest = -Infinity, highest = Infinity): Scale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return scaleBetween(Math.max(0, lowest), Math.min(1, highest), ticks);
  if (max - min < Math.abs(max) * 1e-6 + 1e-9) {
    const margin = Math.abs(max) * 0.1 || 0.1;
    min -= margin;
    max += margin;
  }
  const step = niceStep((max - min) / Math.max(1, ticks));
  const floor = Math.max(lowest, Math.floor(min / step) * step);
  const ceiling = Math.min(highest, Math.ceil(max / step) * step);
  return ceiling > floor ? { min: floor, max: ceiling, step } : { min, max, step };
}

function scaleBetween(min: number, max: number, ticks: number): Scale {
  return { min, max, step: niceStep((max - min) / Math.max(1, ticks)) };
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
export function niceStep(rough: number): number {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fraction = rough / power;
  return (fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10) * power;
}
