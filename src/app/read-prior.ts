import * as v from 'valibot';
import { EmnistError, type ErrorData } from '../core/errors.ts';
import { readLimited } from '../core/files/read-limited.ts';
import { type CharacterPrior, NAMED_PRIORS } from '../core/recognizer/character-prior.ts';
import { frequencies } from './options/shared.ts';

/** Far more than the frequencies of all classes that a model can have. */
const MAX_BYTES = 1e6;

/**
 * The prior that an option names: one of `NAMED_PRIORS`, or a JSON file with an object of relative frequencies by character.
 * Throws `prior-invalid` or a file error.
 */
export async function readPrior(nameOrFile: string): Promise<CharacterPrior> {
  const name = NAMED_PRIORS.find((one) => one === nameOrFile);
  return name ?? readFrequencies(nameOrFile);
}

async function readFrequencies(file: string): Promise<Record<string, number>> {
  const text = await readLimited(file, MAX_BYTES);
  if (text === null) throw invalid(file, 'too-large', `is larger than ${MAX_BYTES / 1e6} MB`);
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  if (!json.success) throw invalid(file, 'not-json', 'is not JSON');
  const parsed = v.safeParse(frequencies, json.output);
  if (parsed.success) return parsed.output;
  const [{ path }] = parsed.issues;
  const place = path === undefined ? '' : ` (see ${JSON.stringify(path[0].key)})`;
  throw invalid(file, 'not-frequencies', `is not an object of frequencies, numbers of at least 0${place}`);
}

function invalid(file: string, problem: ErrorData['prior-invalid']['problem'], what: string): EmnistError {
  return new EmnistError('prior-invalid', `${file} ${what}`, { file, problem, labels: null });
}
