import { setImmediate } from 'node:timers/promises';
import { isSplit } from '../dataset/dataset-name.ts';
import type { Engine, EngineNetwork } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { EmnistError } from '../errors.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { charactersPerClass } from '../labels.ts';
import { fitTemperature, withTemperature } from '../model/calibration.ts';
import { initialWeights } from '../model/initial-weights.ts';
import type { TrainingRecord } from '../model/model.ts';
import { checkpointPath, findModel, saveModel } from '../model/model-store.ts';
import { classCount, type Network, parameterCount } from '../model/network.ts';
import type { EpochRecord } from '../model/training-history.ts';
import type { Paths } from '../paths.ts';
import { hash32 } from '../random.ts';
import { VERSION } from '../version.ts';
import { BatchSource } from './batch-source.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from './checkpoint.ts';
import { EpochMetrics } from './metrics.ts';
import { prepareResumedRun, prepareRun } from './prepare-run.ts';
import { learningRateAt, optimizerOf } from './schedule.ts';
import type { TrainEvent } from './train-event.ts';
import { trainHead } from './train-head.ts';
import type { TrainingControl } from './training-control.ts';
import { addEpochToCurve, type BatchResult } from './training-curve.ts';
import { modelName, type TrainOptions } from './training-run.ts';
import { isOutOfPatience, keptEpoch, parentName } from './training-state.ts';
import { isSaved, listUnfinishedRuns } from './unfinished-runs.ts';
import { WeightAverage } from './weight-average.ts';

const VALIDATION_BATCH = 512;
/** Limits events to 10 a second. */
const EVENT_INTERVAL_MS = 100;

/** Mixed into the seed to make weights and dropout independent of each other and of the batches. */
const STREAM = { weights: 2, dropout: 5 };

/** Throws `checkpoint-images-differ` if a resumed run would not train on as many images or signs as before. */
function checkSameData(model: string, what: 'image' | 'sign', saved: number, found: number): void {
  if (saved === found) return;
  throw new EmnistError(
    'checkpoint-images-differ',
    `the checkpoint of "${model}" was trained on ${saved} ${what}${saved === 1 ? '' : 's'}, but the training set now has ${found}`,
    { model, saved, found },
  );
}

/**
 * Trains a network and yields events, the last of which is `end`. Writes the checkpoint and then the model after each epoch.
 * All randomness is a function of the seed and the position in the run, so a resumed run ends with the same weights as an
 * uninterrupted one. `beforeWriting` may throw to keep a checkpoint or model from being written.
 */
export async function* train(
  options: TrainOptions,
  paths: Paths,
  control: TrainingControl,
  beforeWriting: () => Promise<void> = async () => {},
): AsyncGenerator<TrainEvent> {
  const name = modelName(options);
  const checkpointFile = checkpointPath(paths, name);
  const checkpoint = options.resume ? await readCheckpoint(checkpointFile) : null;
  if (options.resume && !checkpoint) {
    const others = (await listUnfinishedRuns(paths)).map((run) => run.name);
    throw new EmnistError('nothing-to-resume', `no checkpoint to resume for "${name}"`, {
      model: name,
      resumable: others,
    });
  }
  const isBehind = checkpoint !== null && !isSaved(checkpoint.state, await recordOf(name, paths));
  const { state, labels, network, start } = checkpoint
    ? await prepareResumedRun(checkpoint.state, options, paths, isBehind)
    : await prepareRun(options, paths);
  const { split, seed, limit, strokes, batchSize, recipe } = state;
  // In a data set of one's own, `a` is an a and not also an A.
  const characters = isSplit(split) ? charactersPerClass(labels) : labels.map(() => 1);
  const plan = { seed, batchSize, characters, recipe, input: network.input };
  const source = { split, seed, limit, strokes, keepsSigns: recipe.reject > 0 };
  const batches = await BatchSource.open({ paths, source, plan }, state.epochs);
  let engine: Engine | null = null;
  try {
    const { trainImages, rejectImages, signs, validation } = batches.set;
    if (checkpoint) {
      checkSameData(name, 'image', state.images, trainImages);
      checkSameData(name, 'sign', state.signs ?? signs, signs);
    }
    state.images = trainImages;
    state.signs = signs;
    engine = await createEngine({ engine: options.engine ?? 'auto', threads: options.threads });
    const trained = await engine.createNetwork(network, { batchSize, optimizer: optimizerOf(recipe) });
    const tensors = checkpoint?.tensors(network);
    const parent = parentName(state);
    yield {
      event: 'start',
      split,
      architecture: state.architecture,
      ...(parent !== undefined && { from: parent }),
      engine: engine.name,
      device: engine.device,
      threads: engine.threads,
      parameters: parameterCount(network),
      trainImages,
      validationImages: validation.labels.length,
      ...(rejectImages > 0 && { rejectImages }),
      classes: labels.length,
      model: name,
      epochs: state.epochs,
      epochsDone: state.history.length,
      ...(state.history.length > 0 && { history: [...state.history], ...(state.curve && { curve: state.curve }) }),
    };
    let weights = tensors?.weights ?? start?.weights ?? initialWeights(network, hash32(seed, STREAM.weights));
    if (start && !start.areSame) weights = yield* trainHead({ ...start, engine, batches, state, control });
    await trained.setWeights(weights);
    if (tensors) await trained.setOptimizerState(tensors.optimizerState);
    const average = recipe.averaging > 0 ? new WeightAverage(recipe.averaging, tensors?.average ?? weights) : null;
    const device = engine.device;
    const parts = {
      ...{ name, paths, checkpointFile, state, labels, network, trained, average, batches, device, control },
      beforeWriting,
    };
    const trainer = new Trainer(parts, tensors?.kept ?? []);
    if (tensors && isBehind) await trainer.restoreModel(average?.tensors ?? tensors.weights);
    yield* trainer.run();
    await trained.dispose();
  } finally {
    await engine?.dispose();
    await batches.dispose();
  }
}

interface TrainerParts {
  name: string;
  paths: Paths;
  checkpointFile: string;
  state: TrainingState;
  labels: readonly string[];
  network: Network;
  trained: EngineNetwork;
  average: WeightAverage | null;
  batches: BatchSource;
  device: string;
  control: TrainingControl;
  beforeWriting: () => Promise<void>;
}

/** The training record of a model; null if there is none that can be read. */
async function recordOf(name: string, paths: Paths): Promise<TrainingRecord | null> {
  return (await findModel(paths, name))?.model?.training ?? null;
}

/** The result of validating an epoch. */
interface Validation {
  metrics: EpochMetrics;
  /** Of the labels alone, [images, labels]. */
  logits: Float32Array;
  /** The weights that were validated. */
  weights: readonly Float32Array[];
}

/** A completed epoch. */
interface Epoch {
  record: EpochRecord;
  /** Of each batch. */
  results: BatchResult[];
  validation: Validation;
}

class Trainer {
  readonly #parts: TrainerParts;
  /** Calibrated weights of the kept epoch; empty before the first. */
  #model: readonly Float32Array[];
  /** The network of these weights; its layers may include the division by the temperature. */
  #calibrated: Network;

  constructor(parts: TrainerParts, model: readonly Float32Array[]) {
    const { network, state } = parts;
    this.#parts = parts;
    this.#model = model;
    this.#calibrated = model.length > 0 ? withTemperature(network, model, state.keptTemperature!).network : network;
  }

  /** Writes the model of the checkpoint, after a crash between the two. `weights` are those of the last epoch. */
  async restoreModel(weights: readonly Float32Array[]): Promise<void> {
    const { state } = this.#parts;
    if (this.#model.length === 0) this.#calibrate(weights, state.keptTemperature!);
    await this.#saveModel();
  }

  async *run(): AsyncGenerator<TrainEvent> {
    const { state, control, name } = this.#parts;
    const started = performance.now();
    while (state.history.length < state.epochs && !control.stop && !isOutOfPatience(state)) {
      const done = yield* this.#epoch(state.history.length + 1);
      if (!done) break;
      state.history.push(done.record);
      state.curve = addEpochToCurve(state.curve, done.record.epoch, done.results);
      if (keptEpoch(state) === done.record) this.#keep(done.validation);
      await this.#save();
      yield { event: 'epoch', ...done.record };
    }
    const epochs = state.history.length;
    const stoppedEarly = epochs < state.epochs && isOutOfPatience(state);
    const completed = epochs === state.epochs || stoppedEarly;
    yield {
      event: 'end',
      reason: completed ? 'completed' : (control.stop?.reason ?? 'stopped'),
      model: epochs > 0 ? name : null,
      epochs,
      seconds: (performance.now() - started) / 1000,
      validationAccuracy: keptEpoch(state)?.validationAccuracy ?? null,
      ...(stoppedEarly && { stoppedEarly }),
    };
  }

  /** Trains and validates one epoch. Null if it was stopped before its end. */
  async *#epoch(epoch: number): AsyncGenerator<TrainEvent, Epoch | null> {
    const { state, batches, average, trained, control } = this.#parts;
    const { recipe } = state;
    const started = performance.now();
    let pausedFor = 0;
    const total = new EpochMetrics();
    const results: BatchResult[] = [];
    let recent = new EpochMetrics();
    let reported = started;
    for (let batch = 1; batch <= batches.batches; batch++) {
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
      const { images, labels } = await batches.take(epoch, batch);
      const step = state.step + 1;
      const learningRate = learningRateAt(recipe.schedule, recipe.learningRate, step, state.epochs * batches.batches);
      const result = await trained.trainBatch(images, labels, {
        learningRate,
        step,
        seed: hash32(state.seed, STREAM.dropout, step),
        labelSmoothing: recipe.labelSmoothing,
      });
      if (!Number.isFinite(result.loss)) {
        throw diverged(epoch, `batch ${batch}, learning rate ${learningRate}`);
      }
      state.step = step;
      if (average && WeightAverage.due(step)) average.add(await trained.getWeights(), step);
      total.add(result.loss * labels.length, result.correct, labels.length);
      results.push({ loss: result.loss, accuracy: result.correct / labels.length, learningRate });
      recent.add(result.loss * labels.length, result.correct, labels.length);
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL_MS || batch === batches.batches) {
        yield {
          event: 'batch',
          epoch,
          batch,
          batches: batches.batches,
          loss: recent.loss,
          accuracy: recent.accuracy,
          learningRate,
          imagesPerSecond: (recent.images / (now - reported)) * 1000,
        };
        recent = new EpochMetrics();
        reported = now;
      }
      // Lets messages that pause or stop the run arrive.
      await setImmediate();
    }
    const trainingSeconds = (performance.now() - started - pausedFor) / 1000;
    const validation = yield* this.#validate(epoch);
    if (!validation) return null;
    const { metrics } = validation;
    // No further step would reveal that the last one diverged.
    if (!Number.isFinite(metrics.loss)) throw diverged(epoch, 'on the validation set');
    const record = {
      epoch,
      loss: total.loss,
      accuracy: total.accuracy,
      validationLoss: metrics.loss,
      validationAccuracy: metrics.accuracy,
      seconds: (performance.now() - started - pausedFor) / 1000,
      imagesPerSecond: total.images / trainingSeconds,
    };
    return { record, results, validation };
  }

  /** Validates the averaged weights, if any, and then restores the current ones. Null if it was stopped. */
  async *#validate(epoch: number): AsyncGenerator<TrainEvent, Validation | null> {
    const { batches, network, trained, average, control, labels: classLabels } = this.#parts;
    const { images, labels } = batches.set.validation;
    const metrics = new EpochMetrics(batches.set.validationShift);
    const logits = new Float32Array(labels.length * classLabels.length);
    const last = await trained.getWeights();
    if (!last.every((tensor) => tensor.every(Number.isFinite))) throw diverged(epoch, 'after its last batch');
    const weights = average?.tensors ?? last;
    const started = performance.now();
    let reported = started;
    if (average) await trained.setWeights(weights);
    for (let from = 0; from < labels.length; from += VALIDATION_BATCH) {
      if (control.stop?.when === 'batch') return null;
      const to = Math.min(labels.length, from + VALIDATION_BATCH);
      const batch = images.subarray(from * IMAGE_PIXELS, to * IMAGE_PIXELS);
      const batchLogits = await trained.predict(fitImages(batch, network.input));
      // All of these images are characters.
      const ofLabels = firstColumns(batchLogits, classCount(network), classLabels.length);
      logits.set(ofLabels, from * classLabels.length);
      metrics.addLogits(ofLabels, labels.subarray(from, to));
      const now = performance.now();
      if (now - reported >= EVENT_INTERVAL_MS) {
        reported = now;
        const imagesPerSecond = (to / (now - started)) * 1000;
        yield { event: 'validation', epoch, images: to, total: labels.length, imagesPerSecond };
      }
      await setImmediate();
    }
    if (average) await trained.setWeights(last);
    return { metrics, logits, weights };
  }

  /** Calibrates the validated weights and keeps them as the model. */
  #keep({ logits, weights }: Validation): void {
    const { state, batches } = this.#parts;
    const { validation, validationShift } = batches.set;
    state.keptTemperature = fitTemperature(logits, validation.labels, validationShift);
    this.#calibrate(weights, state.keptTemperature);
  }

  #calibrate(weights: readonly Float32Array[], temperature: number): void {
    const calibrated = withTemperature(this.#parts.network, weights, temperature);
    this.#model = calibrated.weights;
    this.#calibrated = calibrated.network;
  }

  /** The checkpoint is written first, since the model can be recreated from it. */
  async #save(): Promise<void> {
    const { checkpointFile, state, network, trained, average, beforeWriting } = this.#parts;
    const tensors = {
      weights: await trained.getWeights(),
      optimizerState: await trained.getOptimizerState(),
      average: average?.tensors ?? [],
      kept: state.recipe.patience > 0 ? this.#model : [],
    };
    await beforeWriting();
    await writeCheckpoint(checkpointFile, { state, ...tensors }, network);
    await this.#saveModel();
  }

  async #saveModel(): Promise<void> {
    const { name, labels, paths, beforeWriting } = this.#parts;
    await beforeWriting();
    const [network, weights] = [this.#calibrated, this.#model];
    await saveModel({ name, network, labels, weights, training: this.#record() }, paths);
  }

  #record(): TrainingRecord {
    const { state, device, batches } = this.#parts;
    const { trainImages, strokeImages, rejectImages, classShares, strokeShares, validation } = batches.set;
    const { epoch, validationLoss, validationAccuracy } = keptEpoch(state)!;
    const parent = parentName(state);
    return {
      split: state.split,
      architecture: state.architecture,
      ...(parent !== undefined && { parent }),
      epochs: state.history.length,
      epochsAsked: state.epochs,
      batchSize: state.batchSize,
      recipe: state.recipe,
      seed: state.seed,
      limit: state.limit,
      trainImages,
      validationImages: validation.labels.length,
      strokeImages,
      rejectImages,
      classShares,
      strokeShares,
      keptEpoch: epoch,
      stoppedEarly: isOutOfPatience(state),
      validationLoss,
      validationAccuracy,
      temperature: state.keptTemperature!,
      seconds: state.history.reduce((sum, { seconds }) => sum + seconds, 0),
      history: state.history,
      ...(state.curve && { curve: state.curve }),
      engine: device,
      date: new Date().toISOString(),
      version: VERSION,
    };
  }
}

/** The first `kept` of `columns` columns. */
function firstColumns(values: Float32Array, columns: number, kept: number): Float32Array {
  if (kept === columns) return values;
  return values.filter((_, index) => index % columns < kept);
}

function diverged(epoch: number, where: string): EmnistError {
  return new EmnistError('training-diverged', `the loss is no longer a finite number (epoch ${epoch}, ${where})`, {
    epoch,
    operation: 'train',
  });
}
