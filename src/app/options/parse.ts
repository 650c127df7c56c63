import { inspect } from 'node:util';
import * as v from 'valibot';
import { EmnistError, invalidOption, optionWords } from '../../core/errors.ts';
import { describeOptions, type OptionsSchema } from './describe.ts';

/** How much of an object a message shows, in UTF-16 units. */
const MAX_SHOWN = 60;

/**
 * Checks a command's options and fills in their defaults. This is the one place where options are validated, for every
 * front end.
 *
 * @throws EmnistError `usage`: an option is missing, invalid, in conflict with another, or of no effect without another
 */
export function parseOptions<S extends OptionsSchema>(schema: S, options: v.InferInput<S>): v.InferOutput<S> {
  const result = v.safeParse(schema, options, { abortEarly: true });
  if (!result.success) throw invalid(schema, result.issues[0]);
  rejectConflicts(schema, options);
  rejectUseless(schema, options);
  return result.output;
}

function invalid(schema: OptionsSchema, issue: v.BaseIssue<unknown>): EmnistError {
  const name = issue.path?.[0]?.key;
  const entry = typeof name === 'string' ? schema.entries[name] : undefined;
  if (typeof name !== 'string' || !entry) return invalidOption('options', issue.input, 'an object');
  // The issue of a missing option does not say what it accepts; validating the option alone does.
  const [own = issue] = issue.input === undefined ? (v.safeParse(entry, undefined).issues ?? []) : [];
  return invalidOption(
    name,
    issue.input,
    own.message,
    isPlainObject(issue.input) ? { shown: onOneLine(issue.input) } : {},
  );
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object as a program writes it, shortened. */
function onOneLine(value: object): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: MAX_SHOWN });
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function rejectConflicts(schema: OptionsSchema, options: Record<string, unknown>): void {
  const isSet = (name: string) => isGiven(options[name]);
  for (const { name, conflicts = [] } of describeOptions(schema)) {
    const other = isSet(name) ? conflicts.find(isSet) : undefined;
    if (other !== undefined) {
      throw new EmnistError('usage', `${optionWords(name)} cannot be combined with ${optionWords(other)}`, {
        option: name,
        conflict: other,
      });
    }
  }
}

function rejectUseless(schema: OptionsSchema, options: Record<string, unknown>): void {
  for (const { name, requires, default: fallback } of describeOptions(schema)) {
    if (requires === undefined || !isGiven(options[name]) || isGiven(options[requires])) continue;
    // Giving the default explicitly changes nothing.
    if (options[name] === fallback) continue;
    throw new EmnistError('usage', `${optionWords(name)} has no effect without ${optionWords(requires)}`, {
      option: name,
      requires,
    });
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}
