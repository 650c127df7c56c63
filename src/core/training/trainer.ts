import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { augment } from '../dataset/augmentation.ts';
import { splitLabels } from '../dataset/splits.ts';
import type { Engine, EngineNetwork } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { EmnistError, UsageError } from '../errors.ts';
import type { TrainEvent } from '../events.ts';
import { initialWeights } from '../model/initialisation.ts';
import type { Model } from '../model/model.ts';
import { architecture, type Network, parameterCount } from '../model/network.ts';
import { checkpointPath, listModels, saveModel } from '../model/store.ts';
import type { Paths } from '../paths.ts';
import { hash32, shuffledIndices } from '../random.ts';
import { VERSION } from '../version.ts';
import { type EpochRecord, readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';
import { EpochMetrics } from './metrics.ts';
import { learningRateAt, type Recipe, recipeFor } from './recipe.ts';
import type { TrainingControl } from './training-control.ts';
import { readTrainingImages, type TrainingImages } from './training-images.ts';
import { DEFAULT_ARCHITECTURE, DEFAULT_SPLIT, modelName, type TrainOptions } from './training-run.ts';

const PIXELS = 784;
const VALIDATION_BATCH = 512;
/** At most 10 events a second. */
const EVENT_INTERVAL = 100;

/** What the seed is mixed with, so that weights, order, augmentation and dropout are independent of each other. */
const STREAM = { weights: 2, order: 3, augmentation: 4, dropout: 5 };

/**
 * Trains a network and yields what happens, ending with `end`. After each epoch the checkpoint and then the model are
 * written. Everything random is a function of the seed, epoch and image, so that a training that goes on from a
 * checkpoint cannot be told from one that never stopped.
 */
export async function* train(
  options: TrainOptions,
  paths: Paths,
  control: TrainingControl,
): AsyncGenerator<TrainEvent> {
  const name = modelName(options);
  const checkpointFile = checkpointPath(paths, name);
  const checkpoint = options.resume ? await readCheckpoint(checkpointFile) : null;
  if (options.resume && !checkpoint) {
    const others = (await listModels(paths)).filter(({ resumable }) => resumable).map((model) => model.name);
    throw new UsageError(
      `there is no checkpoint of "${name}" to resume`,
      others.length > 0
        ? `choose one that can be resumed with --name: ${others.join(', ')}`
        : 'run the same command without --resume',
    );
  }
  const state = checkpoint ? resumedState(checkpoint.state, options) : newState(options);
  const recipe = recipeFor(state.architecture);
  const labels = splitLabels(state.split);
  const network = architecture(state.architecture, labels.length);
  const data = await readTrainingImages(paths, {
    split: state.split,
    seed: state.seed,
    limit: state.limit,
    strokeFile: state.strokes,
  });
  if (checkpoint && state.images !== data.train.length) {
    throw new UsageError(
      `the checkpoint of "${name}" was made with ${state.images} images, now there are ${data.train.length}`,
      'fetch the same data set again, or train anew without --resume',
    );
  }
  state.images = data.train.length;
  const engine = await createEngine({ engine: options.engine ?? 'auto', threads: options.threads });
  try {
    const trained = await engine.createNetwork(network, { batchSize: state.batchSize, optimizer: recipe.optimizer });
    if (checkpoint) {
      const tensors = checkpoint.tensors(network, recipe.optimizer);
      await trained.setWeights(tensors.weights);
      await trained.setOptimizerState(tensors.optimizerState);
    } else {
      await trained.setWeights(initialWeights(network, hash32(state.seed, STREAM.weights)));
    }
    yield {
      event: 'start',
      split: state.split,
      architecture: state.architecture,
      engine: engine.name,
      device: engine.device,
      threads: engine.threads,
      parameters: parameterCount(network),
      trainImages: data.train.length,
      validationImages: data.validation.length,
      classes: labels.length,
      model: name,
      epochs: state.epochs,
      epochsDone: state.history.length,
    };
    yield* new Trainer({
      name,
      paths,
      checkpointFile,
      state,
      recipe,
      labels,
      network,
      trained,
      data,
      engine,
      control,
    }).run();
    await trained.dispose();
  } finally {
    await engine.dispose();
  }
}

interface TrainerParts {
  name: string;
  paths: Paths;
  checkpointFile: string;
  state: TrainingState;
  recipe: Recipe;
  labels: readonly string[];
  network: Network;
  trained: EngineNetwork;
  data: TrainingImages;
  engine: Engine;
  control: TrainingControl;
}

class Trainer {
  readonly #parts: TrainerParts;
  readonly #batches: number;

  constructor(parts: TrainerParts) {
    this.#parts = parts;
    this.#batches = Math.ceil(parts.data.train.length / parts.state.batchSize);
  }

  async *run(): AsyncGenerator<TrainEvent> {
    const { state, control, name } = this.#parts;
    const started = performance.now();
    while (state.history.length < state.epochs && !control.stop) {
      const record = yield* this.#epoch(state.history.length + 1);
      if (!record) break;
      state.history.push(record);
      await this.#save();
      yield { event: 'epoch', ...record };
    }
    const done = state.history.length;
    yield {
      event: 'end',
      reason: done === state.epochs ? 'completed' : (control.stop?.reason ?? 'stopped'),
      model: done > 0 ? name : null,
      epochs: done,
      seconds: (performance.now() - started) / 1000,
      validationAccuracy: state.history.at(-1)?.validationAccuracy ?? null,
    };
  }

  /** One epoch: all batches in this epoch's order, then validation. Null when it was stopped on the way. */
  async *#epoch(epoch: number): AsyncGenerator<TrainEvent, EpochRecord | null> {
    const { state, recipe, data, trained, control } = this.#parts;
    const order = shuffledIndices(data.train.length, hash32(state.seed, STREAM.order, epoch));
    const started = performance.now();
    let pausedFor = 0;
    const whole = new EpochMetrics();
    let recent = new EpochMetrics();
    let reported = started;
    for (let batch = 1; batch <= this.#batches; batch++) {
      if (control.paused) {
        const pausedAt = performance.now();
        yield { event: 'paused', epoch };
        await control.resumed();
        yield { event: 'resumed', epoch };
        const pause = performance.now() - pausedAt;
        pausedFor += pause;
        reported += pause;
      }
      if (control.stop?.when === 'batch') return null;
      const { images, labels } = this.#batch(order, batch, epoch);
      const step = state.step + 1;
      const learningRate = learningRateAt(recipe.schedule, state.learningRate, step, state.epochs * this.#batches);
      const result = await trained.trainBatch(images, labels, {
        learningRate,
        step,
        seed: hash32(state.seed, STREAM.dropout, step),
      });
      if (!Number.isFinite(result.loss)) {
        throw diverged(`epoch ${epoch}, batch ${batch}, learning rate ${learningRate}`);
      }
      state.step = step;
      whole.add(result.loss * labels.length, result.correct, labels.length);
      recent.add(result.loss * labels.length, result.correct, labels.length);
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL || batch === this.#batches) {
        yield {
          event: 'batch',
          epoch,
          batch,
          batches: this.#batches,
          loss: recent.loss,
          accuracy: recent.accuracy,
          learningRate,
          imagesPerSecond: (recent.images / (now - reported)) * 1000,
        };
        recent = new EpochMetrics();
        reported = now;
      }
      // Lets the messages in that pause or stop this training.
      await setImmediate();
    }
    const trainingSeconds = (performance.now() - started - pausedFor) / 1000;
    const validation = yield* this.#validate(epoch);
    if (!validation) return null;
    // The last step of all is followed by no other that would show what it did.
    if (!Number.isFinite(validation.loss)) throw diverged(`epoch ${epoch}, on the validation images`);
    return {
      epoch,
      loss: whole.loss,
      accuracy: whole.accuracy,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      seconds: (performance.now() - started - pausedFor) / 1000,
      imagesPerSecond: whole.images / trainingSeconds,
    };
  }

  #batch(order: Uint32Array, batch: number, epoch: number): { images: Uint8Array; labels: Uint8Array } {
    const { state, data, recipe } = this.#parts;
    const first = (batch - 1) * state.batchSize;
    const positions = order.subarray(first, first + state.batchSize);
    const chosen = gather(
      data,
      positions.map((position) => data.train[position]!),
    );
    if (!recipe.augment) return chosen;
    const images = new Uint8Array(chosen.images.length);
    augment(chosen.images, hash32(state.seed, STREAM.augmentation, epoch, batch), images);
    return { images, labels: chosen.labels };
  }

  async *#validate(epoch: number): AsyncGenerator<TrainEvent, EpochMetrics | null> {
    const { data, trained, control } = this.#parts;
    const metrics = new EpochMetrics();
    const started = performance.now();
    let reported = started;
    for (let first = 0; first < data.validation.length; first += VALIDATION_BATCH) {
      if (control.stop?.when === 'batch') return null;
      const { images, labels } = gather(data, data.validation.subarray(first, first + VALIDATION_BATCH));
      metrics.addLogits(await trained.predict(images), labels);
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL) {
        reported = now;
        const imagesPerSecond = (metrics.images / (now - started)) * 1000;
        yield { event: 'validation', epoch, images: metrics.images, total: data.validation.length, imagesPerSecond };
      }
      await setImmediate();
    }
    return metrics;
  }

  /** The checkpoint first: from it the model can be made again, not the other way round. */
  async #save(): Promise<void> {
    const { name, paths, checkpointFile, state, network, recipe, trained } = this.#parts;
    const weights = await trained.getWeights();
    const optimizerState = await trained.getOptimizerState();
    await writeCheckpoint(checkpointFile, { state, weights, optimizerState }, network, recipe.optimizer);
    await saveModel(this.#model(name, network, weights), paths);
  }

  #model(name: string, network: Network, weights: Float32Array[]): Model {
    const { state, data, labels, engine } = this.#parts;
    const last = state.history.at(-1)!;
    return {
      name,
      network,
      labels,
      weights,
      training: {
        split: state.split,
        architecture: state.architecture,
        epochs: state.history.length,
        epochsAsked: state.epochs,
        batchSize: state.batchSize,
        learningRate: state.learningRate,
        seed: state.seed,
        limit: state.limit,
        trainImages: data.train.length,
        validationImages: data.validation.length,
        strokeImages: data.strokeImages,
        validationLoss: last.validationLoss,
        validationAccuracy: last.validationAccuracy,
        seconds: state.history.reduce((sum, { seconds }) => sum + seconds, 0),
        engine: engine.device,
        date: new Date().toISOString(),
        version: VERSION,
      },
    };
  }
}

function gather(data: TrainingImages, indices: Uint32Array): { images: Uint8Array; labels: Uint8Array } {
  const images = new Uint8Array(indices.length * PIXELS);
  const labels = new Uint8Array(indices.length);
  indices.forEach((index, position) => {
    images.set(data.images.subarray(index * PIXELS, (index + 1) * PIXELS), position * PIXELS);
    labels[position] = data.labels[index]!;
  });
  return { images, labels };
}

function diverged(where: string): EmnistError {
  return new EmnistError(
    'training-diverged',
    `the loss is no longer a number (${where})`,
    'train with a lower --learning-rate; the last checkpoint is kept',
  );
}

function newState(options: TrainOptions): TrainingState {
  const chosen = options.architecture ?? DEFAULT_ARCHITECTURE;
  return {
    split: options.split ?? DEFAULT_SPLIT,
    architecture: chosen,
    epochs: options.epochs ?? 10,
    batchSize: options.batchSize ?? 128,
    learningRate: options.learningRate ?? recipeFor(chosen).learningRate,
    seed: options.seed ?? 1,
    limit: options.limit ?? null,
    strokes: strokeFile(options),
    images: 0,
    step: 0,
    history: [],
  };
}

function strokeFile({ strokes }: TrainOptions): string | null {
  return strokes ? path.resolve(strokes) : null;
}

const FIXED = {
  split: '--split',
  architecture: '--architecture',
  batchSize: '--batch-size',
  learningRate: '--learning-rate',
  seed: '--seed',
  limit: '--limit',
} as const satisfies Partial<Record<keyof TrainOptions, string>>;

/**
 * The checkpoint says how; only the number of epochs may be changed, to train longer, and where the stroke file is by
 * now.
 */
function resumedState(saved: TrainingState, options: TrainOptions): TrainingState {
  const refuse = (option: string, had: string | number | null, asked: string | number) => {
    const made = had === null ? `without ${option}` : `with ${option} ${had}, not ${asked}`;
    throw new UsageError(
      `the checkpoint was made ${made}`,
      'leave that option out to resume, or train anew without --resume',
    );
  };
  for (const field of Object.keys(FIXED) as (keyof typeof FIXED)[]) {
    const asked = options[field];
    if (asked !== undefined && asked !== saved[field]) refuse(FIXED[field], saved[field], asked);
  }
  if (options.strokes && saved.strokes === null) refuse('--strokes', null, options.strokes);
  const epochs = options.epochs ?? saved.epochs;
  if (epochs <= saved.history.length) {
    throw new UsageError(
      saved.history.length === 1 ? 'the one epoch asked for is done' : `all ${saved.history.length} epochs are done`,
      `ask for more with --epochs ${saved.history.length + 5}, or train anew without --resume`,
    );
  }
  return { ...saved, epochs, strokes: strokeFile(options) ?? saved.strokes };
}
