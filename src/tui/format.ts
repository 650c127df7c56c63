import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 84524 → `84,524`. */
export function count(value: number): string {
  return grouped.format(value);
}

/** `1 image`, `84,524 images`. */
export function images(value: number): string {
  return `${count(value)} ${value === 1 ? 'image' : 'images'}`;
}

/** 0.9053 → `90.53 %`. */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** 117782153 → `118 MB`. */
export function bytes(value: number): string {
  return prettyBytes(value);
}

/** Seconds → `1m 12s`; a dash where it is not known. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return '-';
  return prettyMilliseconds(Math.max(1, Math.round(seconds)) * 1000, { unitCount: 2 });
}

/** A loss or the like, with as many digits as mean something; a dash where there is none. */
export function decimal(value: number | null, digits = 3): string {
  return value === null || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

/** ISO 8601 → `2026-03-01`; what is no date stays as it is. */
export function day(date: string): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(date)?.[0] ?? date;
}
