import * as v from 'valibot';
import { EmnistError, invalidOption, optionWords } from '../../core/errors.ts';
import { describeOptions, type OptionsSchema } from './describe.ts';

/**
 * Checks a command's options and fills in their defaults. This is the one place where options are validated, whoever
 * gives them.
 *
 * @throws EmnistError `usage`: an option is missing, invalid, or in conflict with another
 */
export function parseOptions<S extends OptionsSchema>(schema: S, options: v.InferInput<S>): v.InferOutput<S> {
  const result = v.safeParse(schema, options, { abortEarly: true });
  if (!result.success) throw invalid(schema, result.issues[0]);
  refuseConflicts(schema, options);
  return result.output;
}

function invalid(schema: OptionsSchema, issue: v.BaseIssue<unknown>): EmnistError {
  const name = issue.path?.[0]?.key;
  const entry = typeof name === 'string' ? schema.entries[name] : undefined;
  if (typeof name !== 'string' || !entry) return invalidOption('options', issue.input, 'an object');
  // Of an option that is missing altogether, only the option itself can say what it accepts.
  const [own = issue] = issue.input === undefined ? (v.safeParse(entry, undefined).issues ?? []) : [];
  return invalidOption(name, issue.input, own.message);
}

function refuseConflicts(schema: OptionsSchema, options: Record<string, unknown>): void {
  const isGiven = (name: string) => options[name] !== undefined && options[name] !== false;
  for (const { name, conflicts = [] } of describeOptions(schema)) {
    const other = isGiven(name) ? conflicts.find(isGiven) : undefined;
    if (other !== undefined) {
      throw new EmnistError('usage', `${optionWords(name)} cannot be combined with ${optionWords(other)}`, {
        option: name,
        conflict: other,
      });
    }
  }
}
