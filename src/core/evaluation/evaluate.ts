import { readPart } from '../dataset/read.ts';
import type { Part, Split } from '../dataset/splits.ts';
import { createEngine } from '../engine/select.ts';
import type { EvaluateEvent } from '../events.ts';
import { loadModel } from '../model/store.ts';
import type { Paths } from '../paths.ts';
import { Scores } from './scores.ts';
import { shareClasses } from './shared-classes.ts';

export interface EvaluateOptions {
  split: Split;
  /** Default `test`. */
  part?: Part;
  /** Name or path; default as `loadModel` has it. */
  model?: string;
  /** Take only this many images, evenly spread over the part. */
  limit?: number;
  threads?: number;
  paths: Paths;
}

const PIXELS = 784;
const BATCH = 512;
/** At most 10 events a second. */
const EVENT_INTERVAL_MS = 100;

/**
 * Lets a model read images of which it is known what they show, and yields what comes of it, ending with `end`. Where
 * model and split have different classes, `end` says how they were compared. Stops at the signal by throwing its reason.
 * Throws `EmnistError` when the data set or the model is missing or damaged, or when they share no character.
 */
export async function* evaluate(
  { split, part = 'test', model: modelName, limit, threads, paths }: EvaluateOptions,
  signal?: AbortSignal,
): AsyncGenerator<EvaluateEvent> {
  const model = await loadModel(modelName, paths);
  signal?.throwIfAborted();
  const { images, labels, count, classLabels } = await readPart(paths, split, part, { limit });
  const classes = shareClasses(classLabels, model.labels);
  signal?.throwIfAborted();
  yield { event: 'start', split, part, model: model.name, images: count };

  const scores = new Scores(classes);
  const engine = await createEngine({ engine: 'auto', threads });
  try {
    const network = await engine.createNetwork(model.network);
    await network.setWeights(model.weights);
    const started = performance.now();
    let reported = started;
    for (let from = 0; from < count; from += BATCH) {
      signal?.throwIfAborted();
      const to = Math.min(count, from + BATCH);
      scores.add(await network.predict(images.subarray(from * PIXELS, to * PIXELS)), labels.subarray(from, to));
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL_MS || to === count) {
        reported = now;
        yield { event: 'progress', images: to, total: count, imagesPerSecond: (to / (now - started)) * 1000 };
        // Work may have been done on this very thread: let signals and keys come through.
        await new Promise(setImmediate);
      }
    }
    await network.dispose();
  } finally {
    await engine.dispose();
  }
  const { left, merged, unknown } = classes;
  const { accuracy, top5Accuracy, loss, perClass, confusions } = scores;
  yield {
    event: 'end',
    split,
    part,
    model: model.name,
    images: scores.images,
    accuracy,
    top5Accuracy,
    loss,
    perClass,
    confusions,
    ...(left.length > 0 && { restrictedTo: classes.labels.filter((label) => !unknown.includes(label)).join('') }),
    ...(merged.length > 0 && { merged: merged.join('') }),
    ...(unknown.length > 0 && { unknown: unknown.join('') }),
  };
}
