import * as v from 'valibot';
import { UsageError } from './errors.ts';

/**
 * What options may be, for those that did not come through the command line, where a type is a promise that JavaScript
 * need not keep.
 */

/** Both ends are allowed. */
type Range = readonly [min: number, max: number];

/** A whole number, or nothing, as all of these. */
export function wholeNumber([min, max]: Range) {
  const hint =
    max === Number.MAX_SAFE_INTEGER
      ? `give a whole number from ${min} up`
      : `give a whole number from ${min} to ${max}`;
  return v.optional(v.pipe(v.number(hint), v.integer(hint), v.minValue(min, hint), v.maxValue(max, hint)));
}

/** Any number of the range. */
export function numberBetween([min, max]: Range) {
  const hint = `give a number from ${min} to ${max}`;
  return v.optional(v.pipe(v.number(hint), v.minValue(min, hint), v.maxValue(max, hint)));
}

/** A number above 0. */
export function positiveNumber(max: number) {
  const hint = `give a number above 0, at most ${max}`;
  return v.optional(v.pipe(v.number(hint), v.gtValue(0, hint), v.maxValue(max, hint)));
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]) {
  return v.optional(v.picklist(words, `give one of ${words.join(', ')}`));
}

/** Throws a UsageError that names the first option that cannot be what it is. */
export function checkOptions(schema: v.GenericSchema, options: unknown): void {
  const result = v.safeParse(schema, options, { abortEarly: true });
  if (result.success) return;
  const [{ path, input, message }] = result.issues;
  const name = v.getDotPath({ path } as v.BaseIssue<unknown>) ?? 'options';
  throw new UsageError(
    `${name} cannot be ${typeof input === 'string' ? JSON.stringify(input) : String(input)}`,
    message,
  );
}
