import * as v from 'valibot';
import { expandHome, isInOthersHome } from '../../core/paths.ts';

/**
 * What an option does and how it is written, stated once for the command line, the library, the app, and the docs. The
 * texts name no flag.
 */
export interface OptionInfo {
  /** What it does: one line, capitalized, without a period at the end. */
  help: string;
  /** Stands for the value on the command line, such as `n` for a number. */
  placeholder?: string;
  /** Its one-letter form on the command line. */
  short?: string;
  /** The default in words, if it is not a fixed value. */
  defaultText?: string;
  /** What turning it off does, for a flag that is on by default. */
  negatedHelp?: string;
  /** Names of the options it cannot be combined with. */
  conflicts?: readonly string[];
  /** The name of the option without which it has no effect. */
  requires?: string;
  /** Words that it accepts among others. */
  suggestions?: readonly string[];
  /** What else it accepts, at the end of a list of `suggestions`. Default: one of the user's own. */
  others?: string;
  /** What its value refers to, so that a shell can complete it. */
  completes?: 'file' | 'folder' | 'model';
  /** An argument of the command line, without a name. */
  positional?: true;
  /** `false`: only the library has it. */
  commandLine?: false;
}

/** An option that may be left out; without a `default` it is then undefined. */
export function option<const S extends v.GenericSchema, const D extends v.Default<S, undefined> = undefined>(
  schema: S,
  { default: fallback, ...info }: OptionInfo & { default?: D },
) {
  return v.optional(required(schema, info), fallback as D);
}

/** A required option. */
export function required<const S extends v.GenericSchema>(schema: S, info: OptionInfo) {
  return v.pipe(schema, v.description(info.help), v.metadata({ ...info }));
}

/** A switch, off unless given. */
export function flag(info: OptionInfo) {
  return option(v.boolean('true or false'), { ...info, default: false });
}

// The message of each issue says what the option accepts; it completes the sentence "expected …".

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const expected = `a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
}

/** A number in a range that includes both ends. */
export function numberBetween(min: number, max: number) {
  const expected = `a number from ${min} to ${max}`;
  return v.pipe(v.number(expected), v.minValue(min, expected), v.maxValue(max, expected));
}

export function positiveNumber(max: number) {
  const expected = `a number above 0, at most ${max}`;
  return v.pipe(v.number(expected), v.gtValue(0, expected), v.maxValue(max, expected));
}

export function oneOf<const T extends string>(choices: readonly T[]) {
  return v.picklist(choices, `one of ${choices.join(', ')}`);
}

/** `expected` names it as a whole: `a list of files`. */
export function list<T>(item: v.GenericSchema<T>, expected: string): v.GenericSchema<readonly T[]> {
  return v.array(item, expected);
}

/** One or several of them, as a list. `expected` names both: `a file or a list of files`. */
export function oneOrList<T>(item: v.GenericSchema<T>, expected: string) {
  // What is wrong with an item says more than that it is no list, and a list no item.
  const isOfItem = ({ kind, path }: v.BaseIssue<unknown>) => kind !== 'schema' || path !== undefined;
  return v.pipe(
    v.union([list(item, expected), item], ({ issues = [] }) => issues.find(isOfItem)?.message ?? expected),
    v.transform((given): readonly T[] => (Array.isArray(given) ? given : [given as T])),
  );
}

/** Text that is not blank. */
export function text() {
  const expected = 'a value that is not empty';
  return v.pipe(v.string(expected), v.regex(/\S/, expected));
}

/**
 * The path of a file or folder, where a leading `~` is the home folder, or anything else that does not begin with `~`,
 * such as a URL. Shells leave `~` to the program where it is quoted or behind `=`, and so do fields of the app.
 *
 * @throws EmnistError `home-unknown`
 */
export function path(expected = 'a value that is not empty') {
  return v.pipe(
    v.string(expected),
    v.regex(/\S/, expected),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      if (!isInOthersHome(dataset.value)) return expandHome(dataset.value);
      addIssue({ message: 'a full path ("~" is only your own home folder)' });
      return NEVER;
    }),
  );
}
