import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 84524 → `84,524`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 image`, `84,524 images`. */
export function images(value: number): string {
  return counted(value, 'image');
}

/** `1 epoch`, `2 epochs`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** 0.9053 → `90.5%`. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** 117782153 → `118 MB`. */
export function bytes(value: number): string {
  return prettyBytes(value);
}

/** How long something took, from seconds: `18.4s`, `1m 12s`. */
export function duration(seconds: number): string {
  return prettyMilliseconds(seconds * 1000, { unitCount: 2, secondsDecimalDigits: seconds < 60 ? 1 : 0 });
}

/** An estimate of the remaining seconds: `3s left`; a dash if there is none. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return '- left';
  return `${prettyMilliseconds(Math.max(1, Math.round(seconds)) * 1000, { unitCount: 2 })} left`;
}

/** A rough estimate of seconds: `a few seconds`, `about 40s`, `about 14m`, `about 3h 20m`. */
export function roughDuration(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  const steps: [below: number, step: number][] = [
    [90, 5],
    [600, 30],
    [7200, 60],
  ];
  const step = steps.find(([below]) => seconds < below)?.[1] ?? 600;
  return `about ${prettyMilliseconds(Math.round(seconds / step) * step * 1000, { unitCount: 2 })}`;
}

/** A loss or the like, to `digits` decimals; a dash if unknown. */
export function decimal(value: number | null, digits = 3): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

/** The date of an ISO 8601 timestamp: `2026-03-01`. Other text is returned unchanged. */
export function day(timestamp: string): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(timestamp)?.[0] ?? timestamp;
}
