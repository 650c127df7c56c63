import { setImmediate } from 'node:timers/promises';
import type { Engine, EngineNetwork } from '../engine/engine.ts';
import { ADAM } from '../engine/engine.ts';
import { EmnistError } from '../errors.ts';
import { compareLabels, MAX_CLASSES } from '../label-text.ts';
import { classIndex } from '../labels.ts';
import { fitTemperature, withTemperature } from '../model/calibration.ts';
import { changeOutputs } from '../model/change-outputs.ts';
import { foldBatchNorm } from '../model/fold-batch-norm.ts';
import { canReject, type Model } from '../model/model.ts';
import type { Network } from '../model/network.ts';
import type { EpochRecord, TrainingCurve } from '../model/training-history.ts';
import { hash32 } from '../random.ts';
import { sharesOfClasses, uniformShift } from './class-shares.ts';
import { holdOut } from './hold-out.ts';
import { type LabeledDrawing, LearnBatches } from './learn-batches.ts';
import type { Comparison, LearnEvent } from './learn-event.ts';
import { type Measured, type Measurement, measure, progressOf, rasterized } from './measure-hand.ts';
import { EpochMetrics } from './metrics.ts';
import { trainNewOutputs } from './new-outputs.ts';
import type { Replay } from './replay.ts';
import { learningRateAt } from './schedule.ts';
import { addEpochToCurve, type BatchResult } from './training-curve.ts';

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

/**
 * The settings of learning, chosen on five writers of UNIPEN's training part with three samples of each class, with a smaller network
 * that had not seen them. A high learning rate with weights closer to the original ones reads more of a hand than a low one with the
 * final weights, and forgets no more.
 */
export const TUNING = {
  batchSize: 64,
  /** Batches of an epoch, at least. With many samples, an epoch shows half of them. */
  minSteps: 8,
  /** Relative to that of the model's training, or of Adam by default. */
  learningRate: 0.2,
  /** How much samples, generated drawings, and images of both and of data sets are distorted. */
  strength: { samples: 0.35, drawings: 1, images: 0.7 },
  /** How far to go from the weights before learning to those after; the next one if too much was forgotten. */
  shares: [0.6, 0.4, 0.25] as readonly number[],
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
  /** Every epoch, and how training went in between. */
  history: EpochRecord[];
  curve: TrainingCurve | null;
}

const EVENT_INTERVAL_MS = 100;
/** In general, an accepted model may read this much less than the one that it was made from. */
const MAX_GENERAL_LOSS = 0.005;

/** Mixed into the seed to make these independent of each other. */
const STREAM = { dropout: 0, samples: 1, unknown: 2, all: 3 };

/** New outputs are first trained on this many batches with samples of their labels, and as many with all samples. */
const NEW_OUTPUT_BATCHES = 8;

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
 * returns null if it was stopped. Throws `too-many-labels` and `training-diverged`.
 */
export async function* fineTune(options: FineTuneOptions): AsyncGenerator<FineTuneEvent, FineTuned | null> {
  const { model, samples, replay, engine, epochs, seed, isStopped = () => false } = options;
  const labels = [...model.labels, ...newLabelsOf(samples, model.labels)];
  const { learned, heldOut } = splitSamples(samples, model);
  const classOf = ({ label }: LabeledDrawing) => classIndex(label, labels);
  const extended = withLabels(model, labels);
  const plan = {
    replay,
    noCharacter: canReject(model) ? labels.length : null,
    input: extended.network.input,
    batchSize: TUNING.batchSize,
    strength: TUNING.strength,
  };
  const batchesOf = (of: readonly LabeledDrawing[], stream: number) =>
    new LearnBatches({ ...plan, samples: of, labels: Uint8Array.from(of, classOf), seed: hash32(seed, stream) });
  const training = { labels, training: childTraining(model, labels) };
  const shift = uniformShift(training);
  const measured: Measured = {
    own: { images: rasterized(heldOut), labels: Uint8Array.from(heldOut, classOf) },
    general: replay.general,
    shift,
  };
  const network = await engine.createNetwork(extended.network, { batchSize: TUNING.batchSize, optimizer: ADAM });
  try {
    await network.setWeights(extended.weights);
    const known = shift.map((value, label) => (label < model.labels.length ? value : UNKNOWN_SHIFT));
    const before = yield* measure(network, { ...measured, shift: known }, 0, isStopped);
    if (before === null) return null;
    const beforeLearning = { epoch: 0, loss: before.loss, accuracy: before.own ?? 0, seconds: 0, imagesPerSecond: 0 };
    yield { event: 'epoch', ...progressOf(before), ...beforeLearning };
    const isNew = (sample: LabeledDrawing) => classOf(sample) >= model.labels.length;
    const outputs = [...labels.keys()].filter((label) => label >= model.labels.length);
    const unknown = learned.filter(isNew);
    const shown = unknown.length === 0 ? [] : [batchesOf(unknown, STREAM.unknown), batchesOf(learned, STREAM.all)];
    const start = await trainNewOutputs({
      ...extended,
      outputs,
      batches: shown.flatMap((of) => Array.from({ length: NEW_OUTPUT_BATCHES }, (_, step) => of.make(step + 1))),
      engine,
      isStopped,
    });
    if (start === null) return null;
    await network.setWeights(start);
    const batches = batchesOf(learned, STREAM.samples);
    const steps = Math.max(TUNING.minSteps, Math.ceil(learned.length / TUNING.batchSize));
    const parts = { network, batches, steps, model, seed, isStopped };
    let after: Mixed | null = null;
    const history: EpochRecord[] = [];
    let curve: TrainingCurve | null = null;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const trained = yield* trainEpoch(parts, epoch, epochs);
      if (!trained) return null;
      for (const share of epoch < epochs ? TUNING.shares.slice(0, 1) : TUNING.shares) {
        after = yield* measureMixed(network, start, share, measured, epoch, isStopped);
        if (!after) return null;
        if (isKept(before.general, after.measurement.general)) break;
      }
      const seconds = (performance.now() - started) / 1000;
      const { results, ...metrics } = trained;
      const { ownAccuracy, generalAccuracy, ...validation } = progressOf(after!.measurement);
      const record = { epoch, ...metrics, ...validation, seconds };
      history.push(record);
      curve = addEpochToCurve(curve, epoch, results);
      yield { event: 'epoch', ...record, ownAccuracy, generalAccuracy };
    }
    const { measurement, weights } = after!;
    const compared = (of: 'own' | 'general'): Comparison => ({
      before: before[of],
      after: measurement[of],
      count: measured[of].labels.length,
    });
    const [own, general] = [compared('own'), compared('general')];
    const temperature = fitTemperature(measurement.logits, measurement.labels, shift);
    const calibrated = withTemperature(extended.network, weights, temperature);
    return {
      model: { ...model, ...training, network: calibrated.network, weights: calibrated.weights },
      ...{ own, general, accepted: isAccepted(own, general) },
      ...{ validationLoss: measurement.loss, temperature, history, curve },
    };
  } finally {
    await network.dispose();
  }
}

interface EpochParts {
  network: EngineNetwork;
  batches: LearnBatches;
  /** Batches of an epoch. */
  steps: number;
  model: Model;
  seed: number;
  isStopped: () => boolean;
}

interface TunedEpoch extends Pick<EpochRecord, 'loss' | 'accuracy' | 'imagesPerSecond'> {
  /** Of each batch. */
  results: BatchResult[];
}

/** Trains one epoch of a run of `epochs`. Null if it was stopped. */
async function* trainEpoch(
  { network, batches, steps, model, seed, isStopped }: EpochParts,
  epoch: number,
  epochs: number,
): AsyncGenerator<FineTuneEvent, TunedEpoch | null> {
  const peak = peakRate(model);
  const started = performance.now();
  const total = new EpochMetrics();
  const results: BatchResult[] = [];
  let recent = new EpochMetrics();
  let reported = started;
  for (let batch = 1; batch <= steps; batch++) {
    if (isStopped()) return null;
    const step = (epoch - 1) * steps + batch;
    const learningRate = learningRateAt('one-cycle', peak, step, epochs * steps);
    const { images, labels } = batches.make(step);
    const result = await network.trainBatch(images, labels, {
      learningRate,
      step,
      seed: hash32(seed, STREAM.dropout, step),
      labelSmoothing: model.training?.recipe.labelSmoothing ?? 0,
    });
    if (!Number.isFinite(result.loss)) throw diverged(epoch);
    total.add(result.loss * labels.length, result.correct, labels.length);
    results.push({ loss: result.loss, accuracy: result.correct / labels.length, learningRate });
    recent.add(result.loss * labels.length, result.correct, labels.length);
    const now = performance.now();
    if (now - reported >= EVENT_INTERVAL_MS || batch === steps) {
      const imagesPerSecond = (recent.images / (now - reported)) * 1000;
      const { loss, accuracy } = recent;
      yield { event: 'batch', epoch, batch, batches: steps, loss, accuracy, learningRate, imagesPerSecond };
      recent = new EpochMetrics();
      reported = now;
    }
    // Lets messages that stop the run arrive.
    await setImmediate();
  }
  const imagesPerSecond = (total.images / (performance.now() - started)) * 1000;
  return { loss: total.loss, accuracy: total.accuracy, imagesPerSecond, results };
}

interface Mixed {
  measurement: Measurement;
  weights: Float32Array[];
}

/**
 * Measures weights between those before learning and the current ones, with which a network reads both kinds of images better than
 * with either (Wortsman et al. 2022, arXiv 2109.01903). Null if it was stopped.
 */
async function* measureMixed(
  network: EngineNetwork,
  before: readonly Float32Array[],
  share: number,
  measured: Measured,
  epoch: number,
  isStopped: () => boolean,
): AsyncGenerator<FineTuneEvent, Mixed | null> {
  const now = await network.getWeights();
  const weights = now.map((tensor, index) => {
    const from = before[index]!;
    return tensor.map((value, i) => from[i]! + share * (value - from[i]!));
  });
  await network.setWeights(weights);
  const measurement = yield* measure(network, measured, epoch, isStopped);
  await network.setWeights(now);
  if (measurement && !Number.isFinite(measurement.loss)) throw diverged(epoch);
  return measurement && { measurement, weights };
}

/** Reads more of the person's own characters, and in general hardly less. */
function isAccepted(own: Comparison, general: Comparison): boolean {
  if (own.before === null || own.after === null || own.after <= own.before) return false;
  return isKept(general.before, general.after);
}

function isKept(before: number | null, after: number | null): boolean {
  return before === null || after === null || after >= before - MAX_GENERAL_LOSS;
}

function diverged(epoch: number): EmnistError {
  return new EmnistError('training-diverged', `the loss is no longer a finite number (epoch ${epoch})`, {
    epoch,
    operation: 'learn',
  });
}

/** A share of the peak learning rate that the model was trained with; those of other optimizers say nothing about Adam's. */
function peakRate({ training }: Model): number {
  const known = training?.recipe.optimizer === 'adam' ? training.recipe.learningRate : 0.001;
  return TUNING.learningRate * known;
}

/**
 * The network without batch normalization, and with outputs for new labels, which are never the answer yet. Throws `too-many-labels`, and
 * `network-unsupported` if it cannot have further outputs.
 */
function withLabels(model: Model, labels: readonly string[]): { network: Network; weights: readonly Float32Array[] } {
  const { network, weights } = foldBatchNorm(model.network, model.weights);
  const rejects = canReject(model);
  const maximum = rejects ? MAX_CLASSES - 1 : MAX_CLASSES;
  if (labels.length > maximum) {
    const message = `with the labels of the samples, "${model.name}" would have ${labels.length} classes`;
    throw new EmnistError('too-many-labels', message, { file: model.name, labels: labels.length, maximum });
  }
  return changeOutputs({ network, weights, labels: model.labels }, { labels, rejects, mergesCases: false });
}

/** The parent's record with shares for new classes, each the mean of the others. */
function childTraining({ labels: known, training }: Model, labels: readonly string[]): Model['training'] {
  if (training === null || labels.length === known.length) return training;
  const shares = sharesOfClasses({ labels: known, training });
  const classShares = labels.map((_, label) => (shares[label] ?? 1 / known.length) * (known.length / labels.length));
  return { ...training, classShares, strokeShares: null };
}
