import { glob } from 'node:fs/promises';
import { UsageError } from '../core/errors.ts';

/** Parsers for option values, for commander; each throws a `UsageError` that says what is allowed. */
type Parser<T> = (value: string) => T;

/** A whole number in plain digits. */
export function integer(option: string, min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(
      `${option} cannot be "${text}"`,
      max === Number.MAX_SAFE_INTEGER
        ? `give a whole number from ${min} up`
        : `give a whole number from ${min} to ${max}`,
    );
  };
}

/** A number above zero, such as `0.001` or `1e-3`. */
export function positiveNumber(option: string, max: number): Parser<number> {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value > 0 && value <= max) return value;
    throw new UsageError(`${option} cannot be "${text}"`, `give a number above 0, at most ${max}`);
  };
}

/** A number from `min` to `max`, such as `0`, `0.05` or `1`. */
export function numberBetween(option: string, min: number, max: number): Parser<number> {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw new UsageError(`${option} cannot be "${text}"`, `give a number from ${min} to ${max}`);
  };
}

/** One of a few words. */
export function oneOf<const T extends string>(option: string, allowed: readonly T[]): Parser<T> {
  return (text) => {
    const found = allowed.find((word) => word === text);
    if (found !== undefined) return found;
    throw new UsageError(`${option} cannot be "${text}"`, `give one of ${allowed.join(', ')}`);
  };
}

/** Any text but none. */
export function text(option: string): Parser<string> {
  return (value) => {
    if (value.trim() !== '') return value;
    throw new UsageError(`${option} is empty`, 'give it a value, or leave it out');
  };
}

/**
 * The files that patterns such as `*.png` stand for, which Windows' shells leave to the programs. One that fits no file is
 * given back as it is.
 */
export async function expandPatterns(files: readonly string[], platform: string = process.platform): Promise<string[]> {
  const expanded: string[] = [];
  for (const file of files) {
    const found = platform === 'win32' && /[*?]/.test(file) ? await Array.fromAsync(glob(file)) : [];
    expanded.push(...(found.length > 0 ? found.sort() : [file]));
  }
  return expanded;
}
