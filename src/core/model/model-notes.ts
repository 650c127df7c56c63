import path from 'node:path';
import { EmnistError, invalidOption, isEmnistError } from '../errors.ts';
import { isPresent } from '../files/file-info.ts';
import { listReadable } from '../files/folders.ts';
import { acquireLock, isLockFile, isStillHeld, type Lock, type LockOptions } from '../files/lock.ts';
import type { Paths } from '../paths.ts';
import { CHECKPOINT_FILE, MODEL_FILE, NOTES_FILE } from './model-folder.ts';
import { ownModelFolder, SHIPPED } from './model-store.ts';
import {
  type EvaluationRecord,
  MAX_NOTE_CHARACTERS,
  type ModelNotes,
  noteLine,
  readNotesFile,
  writeNotesFile,
} from './notes-file.ts';

/** The file, next to the folder of models, that locks the notes about all of them for the moment that a change takes. */
export const NOTES_LOCK = 'notes.lock';
/** Evaluations that are kept. */
export const MAX_EVALUATIONS = 50;

const NO_NOTES: ModelNotes = { note: '', weights: null, evaluations: [] };

/** Whether and how to wait for another process that is changing notes. */
export type NotesChangeOptions = Pick<LockOptions, 'signal' | 'onWait'>;

/** The file with the notes about a model, by its name. */
export function notesPath(paths: Pick<Paths, 'models'>, name: string): string {
  return path.join(paths.models, name, NOTES_FILE);
}

/** The file that locks all notes. */
export function notesLockPath(paths: Pick<Paths, 'models'>): string {
  return path.join(path.dirname(paths.models), NOTES_LOCK);
}

/** Locks all notes, waiting while another process has locked them. Throws the signal's reason and file errors. */
export function lockNotes(paths: Pick<Paths, 'models'>, options: NotesChangeOptions = {}): Promise<Lock> {
  return acquireLock(notesLockPath(paths), { ...options, wait: true });
}

/** The absolute paths of the lock, and of files that were created to take it over. */
export async function ownedNotesLocks(paths: Pick<Paths, 'models'>): Promise<string[]> {
  const folder = path.dirname(paths.models);
  const locks = (await listReadable(folder)).filter(({ name }) => isLockFile(name, NOTES_LOCK));
  return locks.map(({ name }) => path.join(folder, name));
}

/** Reads the notes about a model; there are none where the file is missing or another program's. Throws file errors. */
export async function readNotes(paths: Pick<Paths, 'models'>, name: string): Promise<ModelNotes> {
  return (await readNotesFile(notesPath(paths, name))) ?? NO_NOTES;
}

/**
 * What the user has written about a model, and the accuracies of its present weights, latest first. Empty where the file cannot be
 * read: a model is as useful without, and changing its notes then fails with the reason.
 */
export async function findNotes(
  paths: Pick<Paths, 'models'>,
  { name, weightsFile }: { name: string; weightsFile: string | null },
): Promise<Pick<ModelNotes, 'note' | 'evaluations'>> {
  try {
    const { note, weights, evaluations } = await readNotes(paths, name);
    return { note, evaluations: weights !== null && weights === weightsFile ? evaluations : [] };
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return NO_NOTES;
  }
}

/**
 * Changes the notes about one of the user's models, or the shipped one. Several processes can do so at once: each changes what the
 * others have written. `change` returns its argument if there is nothing to change.
 *
 * @throws EmnistError `model-missing`, `file-foreign` if the file is another program's, and those of `fileError`; the signal's reason
 */
export async function changeNotes(
  paths: Pick<Paths, 'models'>,
  name: string,
  change: (notes: ModelNotes) => ModelNotes,
  options: NotesChangeOptions = {},
): Promise<void> {
  for (;;) {
    options.signal?.throwIfAborted();
    await requireModel(paths, name);
    await using lock = await lockNotes(paths, options);
    // It may have been deleted or renamed in the meantime.
    await requireModel(paths, name);
    const file = notesPath(paths, name);
    const before = await readNotesFile(file);
    if (before === null && (await isPresent(file))) {
      throw new EmnistError('file-foreign', `${file} was written by another program`, { path: file });
    }
    const notes = change(before ?? NO_NOTES);
    if (notes === (before ?? NO_NOTES)) return;
    // A process that was suspended may find that another one has taken the lock over, and changed the notes.
    if (!(await isStillHeld(lock))) continue;
    await writeNotesFile(file, notes);
    return;
  }
}

/**
 * Replaces the note about a model, and returns it as it is kept; see `noteLine`.
 *
 * @throws EmnistError `usage` for a note that is too long, and those of `changeNotes`
 */
export async function noteModel(
  paths: Pick<Paths, 'models'>,
  name: string,
  text: string,
  options?: NotesChangeOptions,
): Promise<string> {
  const note = noteLine(text);
  const characters = [...note];
  if (characters.length > MAX_NOTE_CHARACTERS) {
    const start = `${characters.slice(0, 20).join('')}…`;
    const reason = `${characters.length} characters`;
    throw invalidOption('text', start, `a note of at most ${MAX_NOTE_CHARACTERS} characters`, { reason });
  }
  await changeNotes(paths, name, (notes) => (notes.note === note ? notes : { ...notes, note }), options);
  return note;
}

/**
 * Adds an accuracy of a model to its notes, in place of an earlier one on the same data. Those of other weights are dropped. Throws
 * as `changeNotes` does.
 *
 * @param weights the file of the weights that it was measured with
 */
export function recordEvaluation(
  paths: Pick<Paths, 'models'>,
  name: string,
  { weights, evaluation }: { weights: string; evaluation: EvaluationRecord },
  options?: NotesChangeOptions,
): Promise<void> {
  return changeNotes(
    paths,
    name,
    (notes) => {
      const known = notes.weights === weights ? notes.evaluations : [];
      const others = known.filter((other) => kindOf(other) !== kindOf(evaluation));
      const evaluations = [evaluation, ...others].sort(latestFirst).slice(0, MAX_EVALUATIONS);
      return { ...notes, weights, evaluations };
    },
    options,
  );
}

/** Drops the evaluations of a model that has been replaced, perhaps by one with the same weights. Throws file errors. */
export async function dropEvaluations(paths: Pick<Paths, 'models'>, name: string): Promise<void> {
  if ((await readNotes(paths, name)).evaluations.length === 0) return;
  await changeNotes(paths, name, (notes) => ({ ...notes, weights: null, evaluations: [] }));
}

/**
 * The evaluation that says most about how well a model reads what it has not seen: of all characters of the test part of its own
 * split or, without one, of another, with the most images.
 *
 * @param split the split that the model was trained on; null if that is unknown
 */
export function testEvaluation(
  evaluations: readonly EvaluationRecord[],
  split: string | null,
): EvaluationRecord | undefined {
  const rank = (one: EvaluationRecord) => [Number(one.split === split), one.images, Number(one.prior !== 'uniform')];
  const candidates = evaluations.filter(({ part, characters }) => part === 'test' && characters === 'all');
  return candidates.toSorted((a, b) => {
    const [own, images, prior] = rank(b).map((value, index) => value - rank(a)[index]!);
    return own || images || prior || latestFirst(a, b);
  })[0];
}

/** Compares dates in ISO 8601. */
function latestFirst(a: EvaluationRecord, b: EvaluationRecord): number {
  return a.date === b.date ? 0 : a.date < b.date ? 1 : -1;
}

/** Evaluations of the same kind measure the same. */
function kindOf({ split, part, strokes, characters, prior, images }: EvaluationRecord): string {
  return JSON.stringify([split, part, strokes, characters, prior, images]);
}

/** Throws `model-missing` unless there is a model or its checkpoint. */
async function requireModel(paths: Pick<Paths, 'models'>, name: string): Promise<void> {
  if (name === SHIPPED) return;
  const folder = await ownModelFolder(paths, name);
  for (const file of [MODEL_FILE, CHECKPOINT_FILE]) if (await isPresent(path.join(folder, file))) return;
  throw new EmnistError('model-missing', `model "${name}" not found`, { model: name });
}
