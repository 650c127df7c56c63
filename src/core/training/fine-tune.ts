import { setImmediate } from 'node:timers/promises';
import type { Engine, EngineNetwork } from '../engine/engine.ts';
import { ADAM } from '../engine/engine.ts';
import { EmnistError } from '../errors.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { compareLabels, MAX_CLASSES } from '../label-text.ts';
import { classIndex } from '../labels.ts';
import { fitTemperature, withTemperature } from '../model/calibration.ts';
import { foldBatchNorm } from '../model/fold-batch-norm.ts';
import { canReject, type Model } from '../model/model.ts';
import { classCount, type Network } from '../model/network.ts';
import { selectOutputs } from '../model/select-outputs.ts';
import { hash32 } from '../random.ts';
import { rasterize } from '../strokes/rasterize.ts';
import type { Batch } from './batch-maker.ts';
import { sharesOfClasses, uniformShift } from './class-shares.ts';
import { holdOut } from './hold-out.ts';
import { type LabeledDrawing, LearnBatches } from './learn-batches.ts';
import type { Comparison, LearnEvent } from './learn-event.ts';
import { EpochMetrics } from './metrics.ts';
import type { Replay } from './replay.ts';
import { learningRateAt } from './schedule.ts';

export interface FineTuneOptions {
  /** The model to start from, which stays as it is. */
  model: Model;
  samples: readonly LabeledDrawing[];
  /** For this model. */
  replay: Replay;
  engine: Engine;
  epochs: number;
  seed: number;
  /** Asked before each batch; true ends the work without a result. */
  isStopped?: () => boolean;
}

/** The settings of learning, chosen on writers that the model had not seen: see docs/own-hand.md. */
export const TUNING = {
  batchSize: 64,
  stepsPerEpoch: 8,
  /** Relative to that of the model's training, or of Adam by default. */
  learningRate: 0.1,
  strength: 0.7,
};

export type FineTuneEvent = Extract<LearnEvent, { event: 'batch' | 'validation' | 'epoch' }>;

/** The result of fine-tuning. */
export interface FineTuned {
  /** Its name is that of the model it was made from, and so is its training record. */
  model: Model;
  own: Comparison;
  general: Comparison;
  accepted: boolean;
  /** Of held-out samples, before calibration. */
  validationLoss: number;
  temperature: number;
  /** The epoch that the weights are from. */
  keptEpoch: number;
}

const EVENT_INTERVAL_MS = 100;
const MEASURED_BATCH = 256;
/** In general, an accepted model may read this much less than the one that it was made from. */
const MAX_GENERAL_LOSS = 0.005;

/** Keeps a class that the model does not have yet from being its answer, with a loss that is still a number. */
const UNKNOWN_SHIFT = -20;

/** The labels of samples that the model has no class for, in the order of labels. */
export function newLabelsOf(samples: readonly { label: string }[], labels: readonly string[]): string[] {
  const unknown = new Set(samples.map(({ label }) => label).filter((label) => classIndex(label, labels) < 0));
  return [...unknown].sort(compareLabels);
}

/** Those of the samples to learn from, and those to measure on: see `holdOut`. */
export function splitSamples<Sample extends { label: string }>(
  samples: readonly Sample[],
  { labels }: Pick<Model, 'labels'>,
) {
  return holdOut(samples, (label) => classIndex(label, labels) >= 0);
}

/**
 * Fine-tunes a model on the samples of a person, with replay. Yields its progress, of which epoch 0 is the model as it was, and
 * returns null if it was stopped. Throws `samples-too-few`, `too-many-labels`, and `training-diverged`.
 */
export async function* fineTune(options: FineTuneOptions): AsyncGenerator<FineTuneEvent, FineTuned | null> {
  const { model, samples, replay, engine, epochs, seed, isStopped = () => false } = options;
  const labels = [...model.labels, ...newLabelsOf(samples, model.labels)];
  const rejects = canReject(model);
  const { learned, heldOut } = splitSamples(samples, model);
  const classOf = ({ label }: LabeledDrawing) => classIndex(label, labels);
  const base = withNewOutputs(model, labels.length);
  const batches = new LearnBatches({
    samples: learned,
    labels: Uint8Array.from(learned, classOf),
    replay,
    noCharacter: rejects ? labels.length : null,
    input: base.network.input,
    batchSize: TUNING.batchSize,
    seed,
    strength: { samples: TUNING.strength, images: model.training?.recipe.augment ?? 0.7 },
  });
  const training = { labels, training: childTraining(model, labels) };
  const shift = uniformShift(training);
  const measured: Measured = {
    own: { images: rasterized(heldOut), labels: Uint8Array.from(heldOut, classOf) },
    general: replay.general,
    shift,
  };
  const network = await engine.createNetwork(base.network, { batchSize: TUNING.batchSize, optimizer: ADAM });
  try {
    await network.setWeights(base.weights);
    const known = shift.map((value, label) => (label < model.labels.length ? value : UNKNOWN_SHIFT));
    const before = yield* measure(network, { ...measured, shift: known }, 0, isStopped);
    if (before === null) return null;
    yield {
      event: 'epoch',
      ...progressOf(before),
      epoch: 0,
      loss: before.loss,
      accuracy: before.own ?? 0,
      seconds: 0,
      imagesPerSecond: 0,
    };
    const peak = peakRate(model);
    const steps = epochs * TUNING.stepsPerEpoch;
    let after = before;
    let step = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const total = new EpochMetrics();
      let recent = new EpochMetrics();
      let reported = started;
      for (let batch = 1; batch <= TUNING.stepsPerEpoch; batch++) {
        if (isStopped()) return null;
        step++;
        const learningRate = learningRateAt('one-cycle', peak, step, steps);
        const { images, labels: classes } = batches.make(step);
        const result = await network.trainBatch(images, classes, {
          learningRate,
          step,
          seed: hash32(seed, 0, step),
          labelSmoothing: model.training?.recipe.labelSmoothing ?? 0,
        });
        if (!Number.isFinite(result.loss)) throw diverged(epoch);
        total.add(result.loss * classes.length, result.correct, classes.length);
        recent.add(result.loss * classes.length, result.correct, classes.length);
        const now = performance.now();
        if (now - reported >= EVENT_INTERVAL_MS || batch === TUNING.stepsPerEpoch) {
          const imagesPerSecond = (recent.images / (now - reported)) * 1000;
          yield {
            ...{ event: 'batch', epoch, batch, batches: TUNING.stepsPerEpoch },
            ...{ loss: recent.loss, accuracy: recent.accuracy, learningRate, imagesPerSecond },
          };
          recent = new EpochMetrics();
          reported = now;
        }
        // Lets messages that stop the run arrive.
        await setImmediate();
      }
      const imagesPerSecond = (total.images / (performance.now() - started)) * 1000;
      const result = yield* measure(network, measured, epoch, isStopped);
      if (result === null) return null;
      after = result;
      if (!Number.isFinite(after.loss)) throw diverged(epoch);
      const seconds = (performance.now() - started) / 1000;
      yield {
        event: 'epoch',
        ...progressOf(after),
        epoch,
        loss: total.loss,
        accuracy: total.accuracy,
        seconds,
        imagesPerSecond,
      };
    }
    const compared = (of: 'own' | 'general'): Comparison => ({
      before: before[of],
      after: after[of],
      count: measured[of].labels.length,
    });
    const [own, general] = [compared('own'), compared('general')];
    const temperature = fitTemperature(after.logits, after.labels, shift);
    const calibrated = withTemperature(base.network, await network.getWeights(), temperature);
    return {
      model: { ...model, ...training, network: calibrated.network, weights: calibrated.weights },
      ...{ own, general, accepted: isAccepted(own, general) },
      ...{ validationLoss: after.loss, temperature, keptEpoch: epochs },
    };
  } finally {
    await network.dispose();
  }
}

/** Reads more of the person's own characters, and in general hardly less. */
function isAccepted(own: Comparison, general: Comparison): boolean {
  if (own.before === null || own.after === null || own.after <= own.before) return false;
  return general.before === null || general.after === null || general.after >= general.before - MAX_GENERAL_LOSS;
}

function diverged(epoch: number): EmnistError {
  return new EmnistError('training-diverged', `the loss is no longer a finite number (epoch ${epoch})`, { epoch });
}

/** A tenth of the peak learning rate that the model was trained with; those of other optimizers say nothing about Adam's. */
function peakRate({ training }: Model): number {
  const known = training?.recipe.optimizer === 'adam' ? training.recipe.learningRate : 0.001;
  return TUNING.learningRate * known;
}

/** The network without batch normalization, and with outputs for new labels, which begin as copies of that for no character or the last class. */
function withNewOutputs(model: Model, labels: number): { network: Network; weights: readonly Float32Array[] } {
  const folded = foldBatchNorm(model.network, model.weights);
  const outputs = classCount(folded.network);
  const known = model.labels.length;
  if (labels === known) return folded;
  if (labels + (outputs - known) > MAX_CLASSES) {
    throw new EmnistError(
      'too-many-labels',
      `with the labels of the samples, "${model.name}" would have ${labels} classes`,
      {
        file: model.name,
        labels,
        maximum: MAX_CLASSES - (outputs - known),
      },
    );
  }
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  const copies = range(known, labels).map(() => outputs - 1);
  return selectOutputs(folded.network, folded.weights, [...range(0, known), ...copies, ...range(known, outputs)]);
}

/** The parent's record with shares for new classes, each the mean of the others. */
function childTraining({ labels: known, training }: Model, labels: readonly string[]): Model['training'] {
  if (training === null || labels.length === known.length) return training;
  const shares = sharesOfClasses({ labels: known, training });
  const classShares = labels.map((_, label) => (shares[label] ?? 1 / known.length) * (known.length / labels.length));
  return { ...training, classShares, strokeShares: null };
}

function rasterized(drawings: readonly LabeledDrawing[]): Uint8Array {
  const images = new Uint8Array(drawings.length * IMAGE_PIXELS);
  drawings.forEach(({ strokes }, index) => {
    images.set(rasterize(strokes), index * IMAGE_PIXELS);
  });
  return images;
}

interface Measured {
  own: Batch;
  general: Batch;
  /** Added to the logits, [labels]. */
  shift: readonly number[];
}

interface Measurement {
  own: number | null;
  general: number | null;
  /** Of held-out samples. */
  loss: number;
  /** Of the labels alone, [own + general, labels]. */
  logits: Float32Array;
  labels: Uint8Array;
}

/** Measures a network on held-out samples and general images; null if it was stopped. */
async function* measure(
  network: EngineNetwork,
  { own, general, shift }: Measured,
  epoch: number,
  isStopped: () => boolean,
): AsyncGenerator<FineTuneEvent, Measurement | null> {
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

function progressOf({ loss, own, general }: Measurement) {
  return { validationLoss: loss, validationAccuracy: own ?? 0, ownAccuracy: own, generalAccuracy: general };
}
