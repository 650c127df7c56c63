import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { EmnistError, isEmnistError } from '../errors.ts';
import { targetName, writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { listReadable, makeFolder } from '../files/folders.ts';
import type { Paths } from '../paths.ts';

const FILE_NAME = 'default-model.json';
/** A larger file is something else. */
const MAX_BYTES = 10_000;

const choiceSchema = v.object({
  model: v.string(),
  /** When it was chosen, ISO 8601. */
  date: v.pipe(
    v.string(),
    v.check((date) => Number.isFinite(Date.parse(date)), 'not a date'),
  ),
});
/** A model that the user has chosen to be the default, until a later one is trained. */
export type DefaultChoice = v.InferOutput<typeof choiceSchema>;

/** The file of the choice, next to the folder of models. */
export function choicePath({ models }: Pick<Paths, 'models'>): string {
  return path.join(path.dirname(models), FILE_NAME);
}

/** Reads the choice. Null if there is none. Throws `default-model-invalid`, and the errors of `fileError`. */
export async function readDefaultChoice(paths: Paths): Promise<DefaultChoice | null> {
  const file = choicePath(paths);
  let text: string;
  try {
    const stats = await stat(file);
    // Opening a pipe would wait for its writer.
    if (!stats.isFile() || stats.size > MAX_BYTES) throw invalid(file);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw isEmnistError(error) ? error : fileError(error, file);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), choiceSchema), text);
  if (!parsed.success) throw invalid(file);
  return parsed.output;
}

/** Like `readDefaultChoice`, but returns a problem instead of throwing it: without the choice, everything still works. */
export async function findDefaultChoice(
  paths: Paths,
): Promise<{ choice: DefaultChoice | null; problem: EmnistError | null }> {
  try {
    return { choice: await readDefaultChoice(paths), problem: null };
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { choice: null, problem: error };
  }
}

/** Writes the choice, atomically. Throws the errors of `fileError`. */
export async function writeDefaultChoice(choice: DefaultChoice, paths: Paths): Promise<void> {
  const file = choicePath(paths);
  await makeFolder(path.dirname(file));
  await writeFileAtomically(file, `${JSON.stringify(choice)}\n`);
}

/** The absolute paths of what the program wrote to store the choice. A file of this name that is something else is left out. */
export async function ownedChoice(paths: Paths): Promise<string[]> {
  const file = choicePath(paths);
  const owned: string[] = [];
  for (const entry of await listReadable(path.dirname(file))) {
    if (!entry.isFile() || targetName(entry.name) !== FILE_NAME) continue;
    const isOurs = entry.name !== FILE_NAME || (await findDefaultChoice(paths)).choice !== null;
    if (isOurs) owned.push(path.join(path.dirname(file), entry.name));
  }
  return owned;
}

function invalid(file: string): EmnistError {
  return new EmnistError('default-model-invalid', `${file}, which names the default model, is damaged`, { file });
}
