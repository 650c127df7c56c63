import { classIndex } from '../core/labels.ts';
import { loadModel } from '../core/model/model-store.ts';
import { type CharacterReading, NOT_SURE } from '../core/prediction.ts';
import { createRecognizer, type Recognizer } from '../core/recognizer/recognizer.ts';
import type { Sample } from '../core/samples/sample.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import type { WorkContext } from './work.ts';

/** How a model reads a sample. `unsure`: right, but the model gives its answer less than half of the probability. */
export type SampleReading = 'right' | 'unsure' | 'wrong';

export type AssessEvent =
  /** The samples that are about to be read, by their labels, in the order in which they were labeled. */
  | { event: 'samples'; labels: readonly string[] }
  /** Which model reads them, and which of their labels it has no class for. Left out without samples. */
  | { event: 'model'; model: string; unknown: readonly string[] }
  /** How the next samples are read. */
  | { event: 'read'; readings: readonly SampleReading[] };

/** Samples that are read between two events. */
const BATCH = 64;

/**
 * Reads the user's samples with a model that is not adapted to them, which shows what it has not learned. Iterating throws the errors of
 * the samples' file and of loading a model, and the signal's reason.
 *
 * @param model name or folder; by default, the default model
 */
export async function* assessSamples(
  { model: nameOrPath }: { model?: string },
  { paths, signal, onUnusable }: WorkContext,
): AsyncGenerator<AssessEvent> {
  const { samples } = await SampleStore.open(paths.samples);
  yield { event: 'samples', labels: samples.map(({ label }) => label) };
  if (samples.length === 0) return;
  const model = await loadModel(nameOrPath, paths, onUnusable);
  signal?.throwIfAborted();
  const unknown = new Set(samples.map(({ label }) => label).filter((label) => classIndex(label, model.labels) < 0));
  yield { event: 'model', model: model.name, unknown: [...unknown] };
  const recognizer = await createRecognizer(model);
  try {
    for (let from = 0; from < samples.length; from += BATCH) {
      signal?.throwIfAborted();
      yield { event: 'read', readings: await readSamples(samples.slice(from, from + BATCH), recognizer) };
    }
  } finally {
    await recognizer.dispose();
  }
}

async function readSamples(samples: readonly Sample[], recognizer: Recognizer): Promise<SampleReading[]> {
  const images = Buffer.concat(samples.map(({ strokes }) => rasterize(strokes)));
  const readings = await recognizer.recognize(images, { top: 1 });
  return samples.map(({ label }, index) => compare(label, readings[index]!, recognizer.labels));
}

function compare(label: string, reading: CharacterReading, labels: readonly string[]): SampleReading {
  const [best] = reading.predictions;
  // A merged class is right for either case.
  if (!best || labels[classIndex(label, labels)] !== best.label) return 'wrong';
  return best.probability >= NOT_SURE ? 'right' : 'unsure';
}
