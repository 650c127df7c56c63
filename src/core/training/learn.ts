import { setImmediate } from 'node:timers/promises';
import type { DatasetName } from '../dataset/dataset-name.ts';
import { DEFAULT_SPLIT } from '../dataset/splits.ts';
import type { Engine } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { EmnistError } from '../errors.ts';
import { classCharacters, labelsText } from '../labels.ts';
import { isOfOwnData, type Model, type TrainingRecord } from '../model/model.ts';
import { loadModel, replaceModel } from '../model/model-store.ts';
import { parameterCount } from '../model/network.ts';
import { recipeFor } from '../model/recipe.ts';
import type { Paths } from '../paths.ts';
import { SampleStore } from '../samples/sample-store.ts';
import { CharacterGenerator } from '../strokes/character-generator.ts';
import { VERSION } from '../version.ts';
import { sharesOfClasses } from './class-shares.ts';
import { type FineTuned, fineTune, newLabelsOf, splitSamples, TUNING } from './fine-tune.ts';
import { MIN_SAMPLES } from './hold-out.ts';
import type { LearnEvent } from './learn-event.ts';
import { LEARNING_DEFAULTS, type LearnOptions } from './learn-run.ts';
import { GENERATED, generateGeneral, generateReplayed, type PreparationProgress, type Replay } from './replay.ts';
import { findReplayed, readReplayed } from './replay-images.ts';
import type { TrainingControl } from './training-control.ts';

const EVENT_INTERVAL_MS = 100;

/** The options of a run whose parent and name have been chosen. */
export interface ChosenLearnOptions extends LearnOptions {
  from: string;
  name: string;
}

/**
 * Makes a model that reads the user's samples better, and yields events, the last of which is `end`. The model is saved only if it is
 * accepted and the run was not stopped. `beforeWriting` may throw to keep it from being saved. Throws `samples-too-few`,
 * `samples-invalid`, `replay-missing`, `too-many-labels`, `training-diverged`, and the errors of models, data sets, and engines.
 */
export async function* learn(
  options: ChosenLearnOptions,
  paths: Paths,
  control: TrainingControl,
  beforeWriting: () => Promise<void> = async () => {},
): AsyncGenerator<LearnEvent> {
  const started = performance.now();
  const { epochs = LEARNING_DEFAULTS.epochs, seed = LEARNING_DEFAULTS.seed } = options;
  const model = await loadModel(options.from, paths);
  const { samples } = await SampleStore.open(paths.samples);
  if (samples.length < MIN_SAMPLES) throw tooFewSamples(samples.length);
  const dataset = await findReplayed(model, paths);
  const generator = CharacterGenerator.shipped();
  checkReplayed(model, samples, [...(dataset?.labels ?? []), ...generator.characters]);
  const { learned, heldOut } = splitSamples(samples, model);
  // Without any, it would not be known whether the new model reads this hand better.
  if (heldOut.length === 0) throw nothingHeldOut(samples.length, model.name);
  const newLabels = newLabelsOf(samples, model.labels);
  const isStopped = () => control.stop !== null;
  const engine = await createEngine({ engine: options.engine ?? 'auto', threads: options.threads });
  try {
    yield {
      event: 'start',
      split: model.training?.split ?? null,
      architecture: model.training?.architecture ?? null,
      engine: engine.name,
      device: engine.device,
      threads: engine.threads,
      parameters: parameterCount(model.network),
      trainImages: learned.length,
      validationImages: heldOut.length,
      classes: model.labels.length + newLabels.length,
      model: options.name,
      epochs,
      epochsDone: 0,
      from: model.name,
      samples: learned.length,
      heldOut: heldOut.length,
      newLabels,
      replay: dataset?.name ?? GENERATED,
    };
    const replay = yield* prepareReplay({
      model,
      engine,
      generator,
      dataset: dataset?.name ?? null,
      paths,
      seed,
      isStopped,
    });
    const tuned = replay && (yield* fineTune({ model, samples, replay, engine, epochs, seed, isStopped }));
    const accepted = tuned?.accepted ?? false;
    if (accepted) {
      await beforeWriting();
      const training = recordOf(model, tuned!, {
        split: dataset?.name ?? DEFAULT_SPLIT,
        samples: learned.length,
        epochs,
        seconds: (performance.now() - started) / 1000,
        engine: engine.device,
      });
      await replaceModel({ ...tuned!.model, name: options.name, training }, paths);
    }
    const unknown = { before: null, after: null, count: 0 };
    yield {
      event: 'end',
      reason: tuned ? 'completed' : (control.stop?.reason ?? 'stopped'),
      model: accepted ? options.name : null,
      from: model.name,
      samples: learned.length,
      own: tuned?.own ?? { ...unknown, count: heldOut.length },
      general: tuned?.general ?? unknown,
      accepted,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await engine.dispose();
  }
}

/** The error for too few samples. */
function tooFewSamples(samples: number): EmnistError {
  const found = samples === 1 ? '1 sample is' : `${samples} samples are`;
  const message = samples === 0 ? 'there are no samples to learn from' : `${found} too few to learn from`;
  return new EmnistError('samples-too-few', message, { samples, minimum: MIN_SAMPLES });
}

/** The error if no sample can be held out. */
function nothingHeldOut(samples: number, model: string): EmnistError {
  const message = `"${model}" knows none of the samples' labels, each of which has only one sample: none is left to measure on`;
  return new EmnistError('samples-too-few', message, { samples, minimum: samples + 1 });
}

/** Throws `replay-missing` if the model has labels that neither samples nor replayed images show. */
function checkReplayed(model: Model, samples: readonly { label: string }[], replayed: readonly string[]): void {
  const known = [...replayed, ...samples.map(({ label }) => label)];
  const forgotten = model.labels.filter(
    (label) => !classCharacters(label, model.labels).some((character) => known.includes(character)),
  );
  if (forgotten.length === 0) return;
  const labels = labelsText(forgotten);
  const split = isOfOwnData(model) ? model.training!.split : null;
  const message = `while it learns, "${model.name}" would forget ${labels}: there are no images of ${forgotten.length === 1 ? 'it' : 'them'} to replay`;
  throw new EmnistError('replay-missing', message, { model: model.name, labels, split });
}

interface Preparation {
  model: Model;
  engine: Engine;
  generator: CharacterGenerator;
  dataset: DatasetName | null;
  paths: Paths;
  seed: number;
  isStopped: () => boolean;
}

/** Prepares what is replayed: generated drawings and, from a data set, images. Null if it was stopped. */
async function* prepareReplay(preparation: Preparation): AsyncGenerator<LearnEvent, Replay | null> {
  const { model, engine, generator, dataset, paths, seed, isStopped } = preparation;
  const network = await engine.createNetwork(model.network);
  try {
    await network.setWeights(model.weights);
    const options = { generator, model, seed };
    const generated = yield* reported(generateReplayed(options, network), isStopped);
    if (generated === null) return null;
    if (dataset === null) {
      const none = { images: new Uint8Array(), imageLabels: new Uint8Array() };
      return { source: GENERATED, ...generated, ...none, general: generateGeneral(options) };
    }
    const read = yield* reported(readReplayed(dataset, model, paths, seed), isStopped);
    return read && { source: dataset, ...generated, ...read };
  } finally {
    await network.dispose();
  }
}

/** Yields the progress of some work as events, and returns its result; null if it was stopped. */
async function* reported<Result>(
  work: AsyncGenerator<PreparationProgress, Result>,
  isStopped: () => boolean,
): AsyncGenerator<LearnEvent, Result | null> {
  const started = performance.now();
  let last = started;
  try {
    for (;;) {
      const step = await work.next();
      if (isStopped()) return null;
      if (step.done) return step.value;
      const now = performance.now();
      const { images, total } = step.value;
      if (now - last >= EVENT_INTERVAL_MS || images === total) {
        last = now;
        const imagesPerSecond = (images / (now - started)) * 1000;
        yield { event: 'validation', epoch: 0, images, total, imagesPerSecond };
      }
      // Lets messages that stop the run arrive.
      await setImmediate();
    }
  } finally {
    // The result of work that was stopped is of no use.
    await work.return(undefined as never);
  }
}

interface Learned {
  /** The data set to record if the parent's is not known. */
  split: DatasetName;
  samples: number;
  epochs: number;
  seconds: number;
  engine: string;
}

/**
 * The training record of the new model. What its parent was trained on, with its seed and limit, remains: they say which images
 * it has not seen.
 */
function recordOf(
  parent: Model,
  tuned: FineTuned,
  { split, samples, epochs, seconds, engine }: Learned,
): TrainingRecord {
  const architecture = 'imported';
  const before: Pick<
    TrainingRecord,
    'split' | 'architecture' | 'recipe' | 'seed' | 'limit' | 'rejectImages' | 'classShares'
  > = tuned.model.training ?? {
    ...{ split, architecture, recipe: recipeFor(architecture), seed: 1, limit: null, rejectImages: 0 },
    classShares: sharesOfClasses(tuned.model),
  };
  return {
    ...before,
    parent: parent.name,
    samples,
    epochs,
    epochsAsked: epochs,
    batchSize: TUNING.batchSize,
    trainImages: samples,
    validationImages: tuned.own.count,
    strokeImages: samples,
    strokeShares: null,
    keptEpoch: epochs,
    stoppedEarly: false,
    validationLoss: tuned.validationLoss,
    validationAccuracy: tuned.own.after ?? 0,
    temperature: tuned.temperature,
    seconds,
    // Not those of its parent.
    history: tuned.history,
    curve: tuned.curve ?? undefined,
    engine,
    date: new Date().toISOString(),
    version: VERSION,
  };
}
