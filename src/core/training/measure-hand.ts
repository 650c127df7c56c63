import { setImmediate } from 'node:timers/promises';
import type { EngineNetwork } from '../engine/engine.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { classCount } from '../model/network.ts';
import { rasterize } from '../strokes/rasterize.ts';
import type { Batch } from './batch-maker.ts';
import type { LabeledDrawing } from './learn-batches.ts';
import type { LearnEvent } from './learn-event.ts';
import { EpochMetrics } from './metrics.ts';

const MEASURED_BATCH = 256;

/** The images of drawings by the usual pen, [n, 784]. */
export function rasterized(drawings: readonly LabeledDrawing[]): Uint8Array {
  const images = new Uint8Array(drawings.length * IMAGE_PIXELS);
  drawings.forEach(({ strokes }, index) => {
    images.set(rasterize(strokes), index * IMAGE_PIXELS);
  });
  return images;
}

/** What a network is measured on. */
export interface Measured {
  own: Batch;
  general: Batch;
  /** Added to the logits, [labels]. */
  shift: readonly number[];
}

/** Accuracies are null if there are no images. */
export interface Measurement {
  own: number | null;
  general: number | null;
  /** Of held-out samples. */
  loss: number;
  /** Of the labels alone, [own + general, labels]. */
  logits: Float32Array;
  labels: Uint8Array;
}

/** Measures a network on held-out samples and general images; null if it was stopped. */
export async function* measure(
  network: EngineNetwork,
  { own, general, shift }: Measured,
  epoch: number,
  isStopped: () => boolean,
): AsyncGenerator<Extract<LearnEvent, { event: 'validation' }>, Measurement | null> {
  const classes = shift.length;
  const outputs = classCount(network.network);
  const images = Buffer.concat([own.images, general.images]);
  const labels = Uint8Array.from([...own.labels, ...general.labels]);
  const logits = new Float32Array(labels.length * classes);
  const metrics = { own: new EpochMetrics(shift), general: new EpochMetrics(shift) };
  const started = performance.now();
  for (let from = 0; from < labels.length; from += MEASURED_BATCH) {
    if (isStopped()) return null;
    const to = Math.min(from + MEASURED_BATCH, labels.length);
    const batch = images.subarray(from * IMAGE_PIXELS, to * IMAGE_PIXELS);
    const predicted = await network.predict(fitImages(batch, network.network.input));
    for (let image = from; image < to; image++) {
      const row = predicted.subarray((image - from) * outputs, (image - from) * outputs + classes);
      logits.set(row, image * classes);
      const label = labels.subarray(image, image + 1);
      metrics[image < own.labels.length ? 'own' : 'general'].addLogits(row, label);
    }
    const imagesPerSecond = (to / (performance.now() - started)) * 1000;
    yield { event: 'validation', epoch, images: to, total: labels.length, imagesPerSecond };
    await setImmediate();
  }
  const accuracyOf = ({ images: count, accuracy }: EpochMetrics) => (count === 0 ? null : accuracy);
  return {
    own: accuracyOf(metrics.own),
    general: accuracyOf(metrics.general),
    loss: metrics.own.loss,
    logits,
    labels,
  };
}

/** The fields of an `epoch` event that a measurement has. */
export function progressOf({ loss, own, general }: Measurement) {
  return { validationLoss: loss, validationAccuracy: own ?? 0, ownAccuracy: own, generalAccuracy: general };
}
