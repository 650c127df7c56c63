import path from 'node:path';
import * as v from 'valibot';
import { PARTS } from '../dataset/splits.ts';
import { isEmnistError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { makeFolder } from '../files/folders.ts';
import { readLimited } from '../files/read-limited.ts';
import type { Paths } from '../paths.ts';

/** The file in a model's folder; that of the shipped model is in the folder of models, too. */
export const NOTES_FILE = 'notes.json';
/** A larger file is something else. */
const MAX_BYTES = 1_000_000;

const evaluationSchema = v.object({
  /** What it was measured on: a part of a split, or a stroke file. */
  split: v.nullable(v.string()),
  part: v.nullable(v.picklist(PARTS)),
  strokes: v.optional(v.string()),
  /** As in the options of the evaluation; `all` is every character of the data. */
  characters: v.string(),
  images: v.number(),
  accuracy: v.number(),
  top5Accuracy: v.number(),
  loss: v.number(),
  /** ISO 8601. */
  date: v.string(),
});
/** An accuracy of a model that was measured. */
export type EvaluationRecord = v.InferOutput<typeof evaluationSchema>;

const notesSchema = v.object({
  /** What the user has written about the model. */
  note: v.string(),
  /** The file of the weights that `evaluations` were measured with. */
  weights: v.nullable(v.string()),
  /** The latest of each kind. */
  evaluations: v.array(evaluationSchema),
});
/** What is known about a model in addition to what was recorded when it was trained. */
export type ModelNotes = v.InferOutput<typeof notesSchema>;

const NO_NOTES: ModelNotes = { note: '', weights: null, evaluations: [] };

/** The file with the notes about a model, by its name. */
export function notesPath(paths: Pick<Paths, 'models'>, name: string): string {
  return path.join(paths.models, name, NOTES_FILE);
}

/** Reads the notes about a model; there are none where the file is missing or another program's. Throws file errors. */
export async function readNotes(paths: Pick<Paths, 'models'>, name: string): Promise<ModelNotes> {
  let text: string | null;
  try {
    text = await readLimited(notesPath(paths, name), MAX_BYTES);
  } catch (error) {
    if (isEmnistError(error, 'file-missing')) return NO_NOTES;
    throw error;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), notesSchema), text);
  return parsed.success ? parsed.output : NO_NOTES;
}

/** Changes the notes about a model. Throws file errors. */
export async function changeNotes(
  paths: Pick<Paths, 'models'>,
  name: string,
  change: (notes: ModelNotes) => ModelNotes,
): Promise<void> {
  const file = notesPath(paths, name);
  const notes = change(await readNotes(paths, name));
  await makeFolder(path.dirname(file));
  await writeFileAtomically(file, `${JSON.stringify(notes)}\n`);
}
