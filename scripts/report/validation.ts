import type { TrainingRecord } from '../../src/core/model/model.ts';
import type { Paths } from '../../src/core/paths.ts';
import { shuffledIndices } from '../../src/core/random.ts';
import { readTrainingImages } from '../../src/core/training/training-images.ts';
import { imageAt, rasterizeAll } from './labeled-images.ts';
import { type LabeledDrawing, readDrawings } from './stroke-files.ts';

/** Characters that a threshold may be chosen on, since they are in no test set. */
export interface ValidationCharacters {
  /** Scans that the training run held out, at most `PER_CLASS` of each class; [n, 784] bytes. */
  scans: Uint8Array;
  /** Drawings by some of the writers of a training part. */
  drawings: Uint8Array;
  writers: number;
}

/** As many scans of each class as there are of rare ones, since the test sets have as many of each. */
const PER_CLASS = 60;
/** The share of the writers. */
const WRITERS = 0.1;
const SEED = 1703;

/**
 * The held-out scans of a training run, which its record determines, and the drawings of a tenth of the writers of a stroke
 * file.
 */
export async function readValidation(
  { split, seed, limit }: Pick<TrainingRecord, 'split' | 'seed' | 'limit'>,
  strokeFile: string,
  paths: Paths,
): Promise<ValidationCharacters> {
  const source = { split, seed, limit, strokes: [], keepsSigns: false };
  const { images, labels, validation } = await readTrainingImages(paths, source);
  const ofClasses = Map.groupBy(validation, (image) => labels[image]!).values();
  const scans = [...ofClasses].flatMap((ofClass) => ofClass.slice(0, PER_CLASS));
  const { drawings, writers } = ofSomeWriters(await readDrawings(strokeFile));
  return {
    scans: Buffer.concat(scans.map((image) => imageAt(images, image))),
    drawings: rasterizeAll(drawings.map(({ strokes }) => strokes)),
    writers,
  };
}

/** The drawings of a tenth of the writers, always the same. */
export function ofSomeWriters(drawings: readonly LabeledDrawing[]): { drawings: LabeledDrawing[]; writers: number } {
  const writers = [...new Set(drawings.map(({ writer }) => writer))].sort();
  const chosen = shuffledIndices(writers.length, SEED).subarray(0, Math.ceil(WRITERS * writers.length));
  const names = new Set([...chosen].map((index) => writers[index]!));
  return { drawings: drawings.filter(({ writer }) => names.has(writer)), writers: names.size };
}
