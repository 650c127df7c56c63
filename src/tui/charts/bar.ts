import type { Glyphs } from '../theme.ts';

/** A horizontal bar of exactly `width` characters; `share` is 0 to 1, what is beyond or no number is brought back. */
export function bar(share: number, width: number, glyphs: Glyphs, empty = glyphs.barEmpty): string {
  if (width <= 0) return '';
  const filled = (Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0) * width;
  const whole = Math.floor(filled);
  // With eighths a bar moves eight times as finely; the empty part then must not be shaded right beside the part cell.
  const part = whole < width ? (glyphs.barParts[Math.floor((filled - whole) * 8) - 1] ?? '') : '';
  return glyphs.barFull.repeat(whole) + part + empty.repeat(width - whole - part.length);
}
