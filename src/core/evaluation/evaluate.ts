import { createEngine } from '../engine/select.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { labelsText } from '../labels.ts';
import type { Paths } from '../paths.ts';
import type { EvaluateEvent } from './evaluate-event.ts';
import type { EvaluateOptions } from './evaluate-options.ts';
import { readEvaluationImages } from './evaluation-images.ts';
import type { OnMistake } from './mistake.ts';
import { priorShift, splitFrequencies } from './prior.ts';
import { Scores } from './scores.ts';
import { shareClasses } from './shared-classes.ts';

const BATCH = 512;
/** Limits events to 10 a second. */
const EVENT_INTERVAL_MS = 100;

export interface EvaluateContext {
  paths: Paths;
  /** Called for each misread image. */
  onMistake?: OnMistake;
}

/**
 * Evaluates a model on labeled images and yields events, the last of which is `end`. Where model and data have different
 * classes, `end` says how they were compared. When aborted, it throws the signal's reason. Throws an `EmnistError` when the data
 * is missing or damaged, or shares no character with the model.
 */
export async function* evaluate(
  { paths, threads, model, onMistake, ...options }: EvaluateOptions & EvaluateContext,
  signal?: AbortSignal,
): AsyncGenerator<EvaluateEvent> {
  const { split, strokes, limit, part, characters } = options;
  const source = { split, part, strokes, limit, characters };
  const { images, indices, labels, count, classLabels, splitClasses } = await readEvaluationImages(source, paths);
  const classes = shareClasses(classLabels, model.labels);
  const prior = strokes === undefined ? options.prior : 'uniform';
  // Frequencies are those of the whole split; chosen characters keep theirs relative to each other.
  const whole = prior === 'split' ? await splitFrequencies(paths, split) : null;
  const frequencies = whole && splitClasses.map((index) => whole[index]!);
  const { classShares = null, strokeShares = null } = model.training ?? {};
  const shares = strokes === undefined ? classShares : (strokeShares ?? classShares);
  signal?.throwIfAborted();
  const about =
    strokes === undefined
      ? { split, part, model: model.name }
      : { split: null, part: null, strokes, model: model.name };
  yield { event: 'start', ...about, images: count };

  const scores = new Scores(classes, priorShift(classes, shares, frequencies));
  const engine = await createEngine({ engine: 'auto', threads });
  try {
    const network = await engine.createNetwork(model.network);
    await network.setWeights(model.weights);
    const started = performance.now();
    let reported = started;
    for (let from = 0; from < count; from += BATCH) {
      signal?.throwIfAborted();
      const to = Math.min(count, from + BATCH);
      const batch = images.subarray(from * IMAGE_PIXELS, to * IMAGE_PIXELS);
      const logits = await network.predict(fitImages(batch, model.network.input));
      scores.add(
        logits,
        labels.subarray(from, to),
        onMistake &&
          (({ position, ...misreading }) =>
            onMistake({
              index: indices[from + position]!,
              ...misreading,
              image: Uint8Array.from(batch.subarray(position * IMAGE_PIXELS, (position + 1) * IMAGE_PIXELS)),
            })),
      );
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL_MS || to === count) {
        reported = now;
        yield { event: 'progress', images: to, total: count, imagesPerSecond: (to / (now - started)) * 1000 };
        // The engine may run on this thread: let it handle signals and keys.
        await new Promise(setImmediate);
      }
    }
    await network.dispose();
  } finally {
    await engine.dispose();
  }
  const { excluded, merged, unknown } = classes;
  const known = classes.labels.filter((label) => !unknown.includes(label));
  const { accuracy, top5Accuracy, loss, calibrationError, perClass, confusions } = scores;
  yield {
    event: 'end',
    ...about,
    images: scores.images,
    accuracy,
    top5Accuracy,
    loss,
    calibrationError,
    prior: shares && (frequencies ? 'split' : 'uniform'),
    perClass,
    confusions,
    ...(excluded.length > 0 && { restrictedTo: labelsText(known), restrictedToLabels: known }),
    ...(merged.length > 0 && { merged: labelsText(merged), mergedLabels: merged }),
    ...(unknown.length > 0 && { unknown: labelsText(unknown), unknownLabels: unknown }),
  };
}
