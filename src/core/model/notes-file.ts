import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { PARTS, type Part } from '../dataset/splits.ts';
import { isEmnistError } from '../errors.ts';
import { targetName, writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { listFolder, makeFolder, removeEmptyFolder } from '../files/folders.ts';
import { readLimited } from '../files/read-limited.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { NOTES_FILE } from './model-folder.ts';

/** A larger file is something else. */
const MAX_BYTES = 1_000_000;
/** Characters that a note may have. */
export const MAX_NOTE_CHARACTERS = 200;

/** What is known about a model in addition to what was recorded when it was trained. */
export interface ModelNotes {
  /** What the user has written about the model. */
  note: string;
  /** The file of the weights that `evaluations` were measured with. */
  weights: string | null;
  /** The latest of each kind. */
  evaluations: EvaluationRecord[];
}

/** An accuracy of a model that was measured. */
export interface EvaluationRecord {
  /** What it was measured on: a part of a split, or a stroke file by its absolute path. */
  split: string | null;
  part: Part | null;
  strokes?: string;
  /** As in the options of the evaluation; `all` is every character of the data. */
  characters: string;
  /** The class frequencies that were assumed; null if the model does not record those of its training. */
  prior?: 'split' | 'uniform' | null;
  images: number;
  accuracy: number;
  top5Accuracy: number;
  loss: number;
  /** ISO 8601. */
  date: string;
}

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const evaluationSchema = v.object({
  split: v.nullable(v.string()),
  part: v.nullable(v.picklist(PARTS)),
  strokes: v.optional(v.string()),
  characters: v.string(),
  prior: v.optional(v.nullable(v.picklist(['split', 'uniform']))),
  images: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  accuracy: share,
  top5Accuracy: share,
  loss: v.number(),
  date: v.string(),
});
const notesSchema = v.object({
  // Somebody else may have written more than a line.
  note: v.pipe(
    v.string(),
    v.transform((text) => [...noteLine(text)].slice(0, MAX_NOTE_CHARACTERS).join('')),
  ),
  weights: v.nullable(v.string()),
  evaluations: v.array(evaluationSchema),
}) satisfies v.GenericSchema<unknown, ModelNotes>;

/** A note as it is kept: without spaces around it, and with spaces instead of line breaks and control characters. */
export function noteLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Whether a file of this name has notes that the program wrote. */
export async function isNotesFile(file: string): Promise<boolean> {
  try {
    return (await readNotesFile(file)) !== null;
  } catch (error) {
    if (isEmnistError(error)) return false;
    throw error;
  }
}

/** Reads a file of notes. Null if there is none, or if it is another program's. Throws file errors. */
export async function readNotesFile(file: string): Promise<ModelNotes | null> {
  try {
    // Opening a pipe would wait for its writer.
    if (!(await stat(file)).isFile()) return null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(error, file);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), notesSchema), await readLimited(file, MAX_BYTES));
  return parsed.success ? parsed.output : null;
}

/**
 * Writes notes, or removes the file if there are none, and what interrupted writes have left. The caller must have locked the notes.
 * Throws file errors.
 */
export async function writeNotesFile(file: string, notes: ModelNotes): Promise<void> {
  const folder = path.dirname(file);
  const isEmpty = notes.note === '' && notes.evaluations.length === 0;
  if (!isEmpty) {
    await makeFolder(folder);
    await writeFileAtomically(file, `${JSON.stringify(notes)}\n`);
  }
  for (const { name } of await listFolder(folder)) {
    const isLeft = name === NOTES_FILE ? isEmpty : targetName(name) === NOTES_FILE;
    if (isLeft) await remove(path.join(folder, name));
  }
  if (isEmpty) await removeEmptyFolder(folder);
}

async function remove(file: string): Promise<void> {
  await retryWhileBusy(() => rm(file, { force: true })).catch((error) => {
    throw fileError(error, file);
  });
}
