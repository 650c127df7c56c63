import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { missingDataset } from '../core/dataset/dataset-info.ts';
import { type DatasetName, isSplit } from '../core/dataset/dataset-name.ts';
import { datasetStatus } from '../core/dataset/dataset-store.ts';
import { NIST_IMAGES } from '../core/dataset/nist-sizes.ts';
import type { Part } from '../core/dataset/splits.ts';
import type { EngineName } from '../core/engine/engine.ts';
import { measureSpeed, type SpeedReply, type SpeedRequest } from '../core/engine/measure-speed.ts';
import { describeEngines } from '../core/engine/select.ts';
import { wasmDevice } from '../core/engine/wasm/wasm-engine.ts';
import type { TrainingRecord } from '../core/model/model.ts';
import { listModels, loadModel } from '../core/model/model-store.ts';
import type { Network } from '../core/model/network.ts';
import { recipeFor } from '../core/model/recipe.ts';
import type { Paths } from '../core/paths.ts';
import { estimateDrawings } from '../core/strokes/estimate-drawings.ts';
import { architectureName, modelName, TRAINING_DEFAULTS } from '../core/training/training-run.ts';
import { chosenNetwork } from './chosen-network.ts';
import { defaultSplit } from './evaluation-split.ts';
import { roughDuration } from './format.ts';
import { type EvaluateOptions, evaluateOptions } from './options/evaluate.ts';
import { parseOptions } from './options/parse.ts';
import { type TrainOptions, trainOptions } from './options/train.ts';
import { SharedWork } from './shared-work.ts';
import type { WorkContext } from './work.ts';

/** How long a training run or an evaluation will take. */
export interface TimeEstimate {
  seconds: number;
  /** From an earlier run on this machine, or from a measurement of about a second just now. */
  basis: 'earlier-run' | 'measured';
  /** Images of characters per epoch, or to evaluate. */
  images: number;
  /** Epochs to train; 1 for an evaluation. */
  epochs: number;
  /** False if the split has not been fetched: then `images` is how many NIST's archive has. */
  imagesKnown: boolean;
}

/** The share of a split's training part that is held out for validation. */
const VALIDATION_SHARE = 0.1;
/** Validating an image takes about this share of the time that training on it takes. */
const VALIDATION_COST = 0.35;
/** Seconds that one thread needs to prepare an image (see `BatchSource`): as it is, augmented, of a drawing, of no character. */
const PREPARATION = { image: 2e-6, augmented: 10e-6, drawing: 100e-6, reject: 250e-6 };
/** A measurement with larger batches would take too long, and be no more accurate. */
const MAX_MEASURED_BATCH = 256;
/** Evaluations predict in batches of this size. */
const EVALUATION_BATCH = 512;
/** Earlier runs shorter than this say little about the speed. */
const MIN_RUN_SECONDS = 5;

/**
 * Estimates how long a training run will take: from the latest earlier run of the same kind on the same device or, without
 * one, from a measurement, which is made once. With early stopping, the run may be shorter. Null if nothing is to be
 * trained. Cheap enough to be called whenever the user changes a field.
 *
 * Throws `usage`, the errors of `createEngine`, and the signal's reason.
 */
export async function estimateTraining(
  options: TrainOptions,
  { paths, signal }: WorkContext,
): Promise<TimeEstimate | null> {
  const { engine, threads, resume, ...chosen } = parseOptions(trainOptions, options);
  const models = await listModels(paths);
  const records = models.flatMap(({ name, shipped, model }) =>
    model?.training && !shipped ? [{ name, record: model.training, network: model.network }] : [],
  );
  const name = modelName(chosen);
  const earlierSelf = resume ? records.find((other) => other.name === name) : undefined;
  const resumed = earlierSelf?.record;
  const { epochs: done, epochsAsked, ...saved } = resumed ?? { epochs: 0, epochsAsked: TRAINING_DEFAULTS.epochs };
  const settings = { ...TRAINING_DEFAULTS, ...saved, ...withoutUndefined(chosen) };
  const epochs = (chosen.epochs ?? epochsAsked) - done;
  if (epochs <= 0) return null;

  const { count, known } = await imagesOf(settings.split, 'train', paths);
  const used = Math.min(settings.limit ?? count, count);
  const validation = Math.floor(used * VALIDATION_SHARE);
  const drawings = resumed?.strokeImages ?? (await drawingsOf(chosen.strokes ?? []));
  const images = resumed?.trainImages ?? used - validation + drawings;
  const parent = chosen.from === undefined || resumed ? null : await loadModel(chosen.from, paths);
  const { augment, reject } =
    resumed?.recipe ?? recipeFor(parent?.training?.architecture ?? architectureName(chosen), chosen);
  const rejected = resumed?.rejectImages ?? Math.round(reject * images);
  const shown = images + rejected;
  const about = { images, epochs, imagesKnown: known || resumed !== undefined };
  signal?.throwIfAborted();

  const device = await deviceOf(engine, threads);
  const network = earlierSelf?.network ?? (await chosenNetwork(chosen, parent, paths));
  const run = { network, batchSize: settings.batchSize, device, hasDrawings: drawings > 0 };
  const earlier = records.find((other) => isSameKind(other.record, other.network, run))?.record;
  if (earlier) {
    const perImage = earlier.seconds / (earlier.epochs * (earlier.trainImages + earlier.rejectImages));
    return { seconds: perImage * shown * epochs, basis: 'earlier-run', ...about };
  }
  const { imagesPerSecond } = await speedOf(
    {
      work: 'train',
      network,
      batchSize: Math.min(settings.batchSize, MAX_MEASURED_BATCH),
      engine,
      threads,
    },
    signal,
  );
  const perImage = augment > 0 ? PREPARATION.augmented : PREPARATION.image;
  // The cores are busy training, so that preparing images takes time from it.
  const preparation =
    ((images - drawings) * perImage + drawings * PREPARATION.drawing + rejected * PREPARATION.reject) /
    availableParallelism();
  const perEpoch = (shown + validation * VALIDATION_COST) / imagesPerSecond + preparation;
  return { seconds: perEpoch * epochs, basis: 'measured', ...about };
}

/**
 * Estimates how long an evaluation will take, from a measurement, which is made once for each network. Restricting it to some
 * characters makes it shorter. Throws `usage`, the errors of `loadModel`, and the signal's reason.
 */
export async function estimateEvaluation(
  options: EvaluateOptions,
  { paths, signal }: WorkContext,
): Promise<TimeEstimate> {
  const { split, part, strokes, model: nameOrPath, limit, threads } = parseOptions(evaluateOptions, options);
  const model = await loadModel(nameOrPath, paths);
  const { network } = model;
  const { count, known } =
    strokes === undefined
      ? await imagesOf(split ?? (await defaultSplit(model, paths)), part, paths)
      : { count: await drawingsOf([strokes]), known: true };
  const images = Math.min(limit ?? count, count);
  signal?.throwIfAborted();
  const { imagesPerSecond } = await speedOf(
    { work: 'predict', network, batchSize: EVALUATION_BATCH, engine: 'auto', threads },
    signal,
  );
  const preparation = strokes === undefined ? 0 : images * PREPARATION.drawing;
  const seconds = images / imagesPerSecond + preparation;
  return { seconds, basis: 'measured', images, epochs: 1, imagesKnown: known };
}

/** The images of a part, or how many NIST's archive has if the split has not been fetched. */
async function imagesOf(split: DatasetName, part: Part, paths: Paths): Promise<{ count: number; known: boolean }> {
  const status = (await datasetStatus(paths)).find((dataset) => dataset.split === split);
  const count = part === 'train' ? status?.trainImages : status?.testImages;
  if (count) return { count, known: true };
  if (!isSplit(split)) throw await missingDataset(paths, split);
  return { count: NIST_IMAGES[split][part], known: false };
}

/** About how many drawings stroke files have; 0 for one that cannot be read, which the work itself will report. */
async function drawingsOf(files: readonly string[]): Promise<number> {
  const counts = await Promise.all(files.map((file) => estimateDrawings(file).catch(() => 0)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether an earlier run was as fast as the one to be estimated will be. */
function isSameKind(
  { seconds, engine, batchSize, strokeImages, epochs, trainImages }: TrainingRecord,
  network: Network,
  run: { network: Network; batchSize: number; device: string; hasDrawings: boolean },
): boolean {
  const sameBatches = Math.abs(Math.log2(batchSize / run.batchSize)) <= 1;
  const sameNetwork = isDeepStrictEqual(exceptOutputs(network), exceptOutputs(run.network));
  const sameKind = engine === run.device && sameNetwork && strokeImages > 0 === run.hasDrawings;
  return sameKind && sameBatches && seconds >= MIN_RUN_SECONDS && epochs * trainImages > 0;
}

/** What takes the time: the number of outputs hardly matters. */
function exceptOutputs({ input, layers }: Network): unknown {
  return { input, layers: layers.slice(0, -1) };
}

let engines: ReturnType<typeof describeEngines> | undefined;

/** What an engine runs on, as in training records. */
async function deviceOf(engine: 'auto' | EngineName, threads: number | undefined): Promise<string> {
  // Probed once, because that loads the engines.
  engines ??= describeEngines();
  const chosen = (await engines).find(({ name, preferred }) => (engine === 'auto' ? preferred : name === engine))!;
  return chosen.name === 'wasm' ? wasmDevice(threads) : chosen.device;
}

const measurements = new SharedWork<SpeedReply>();
/** Measurements disturb each other, so one is made at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Measures a speed, once. */
function speedOf(request: SpeedRequest, signal?: AbortSignal): Promise<SpeedReply> {
  const start = (stop: AbortSignal) => {
    const result = last.then(() => measureSpeed(request, stop));
    last = result.catch(() => {});
    return result;
  };
  return measurements.get(JSON.stringify(request), start, signal);
}

function withoutUndefined<T extends object>(options: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

/** An estimate as text: `about 14m, by a short measurement`. */
export function timeEstimateText({ seconds, basis }: TimeEstimate): string {
  return `${roughDuration(seconds)}, by ${basis === 'measured' ? 'a short measurement' : 'an earlier run'}`;
}
