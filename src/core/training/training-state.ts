import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EmnistError, optionWords } from '../errors.ts';
import { MODEL_FILE } from '../model/model-folder.ts';
import type { Network } from '../model/network.ts';
import { RECIPE_FIELDS, type Recipe, recipeFor } from '../model/recipe.ts';
import type { EpochRecord } from '../model/training-history.ts';
import { absolutePath } from '../paths.ts';
import type { TrainingState } from './checkpoint.ts';
import { TRAINING_DEFAULTS, type TrainOptions } from './training-run.ts';

/** The epoch whose weights are the model: with early stopping the best, else the last. */
export function keptEpoch({ history, recipe }: TrainingState): EpochRecord | undefined {
  if (recipe.patience === 0) return history.at(-1);
  return history.reduce<EpochRecord | undefined>(
    (best, record) => (best && best.validationAccuracy >= record.validationAccuracy ? best : record),
    undefined,
  );
}

/** Whether no epoch has improved for `patience` epochs. */
export function isOutOfPatience(state: TrainingState): boolean {
  const { history, recipe } = state;
  return recipe.patience > 0 && history.length - (keptEpoch(state)?.epoch ?? 0) >= recipe.patience;
}

/**
 * The initial state of a run, with defaults for options that are not given. `architecture`: its name; `network`: the network if
 * it is none of the architectures, or is that of the model that the run starts from.
 */
export function newState(
  options: TrainOptions,
  { architecture, network }: { architecture: string; network: Network | null },
): TrainingState {
  const { from } = options;
  return {
    split: options.split ?? TRAINING_DEFAULTS.split,
    architecture,
    ...(network && { network }),
    ...(from !== undefined && { from: absoluteSource(from) }),
    epochs: options.epochs ?? TRAINING_DEFAULTS.epochs,
    batchSize: options.batchSize ?? TRAINING_DEFAULTS.batchSize,
    recipe: recipeFor(architecture, recipeOverrides(options), from !== undefined),
    seed: options.seed ?? TRAINING_DEFAULTS.seed,
    limit: options.limit ?? null,
    strokes: strokeFiles(options) ?? [],
    images: 0,
    step: 0,
    history: [],
  };
}

/** The recipe settings among the options. */
function recipeOverrides(options: TrainOptions): Partial<Recipe> {
  return Object.fromEntries(RECIPE_FIELDS.map((field) => [field, options[field]]));
}

/** A model by name, or by its absolute path. */
function absoluteSource(from: string): string {
  return /[\\/]/.test(from) ? absolutePath(from) : from;
}

/** The name of the model that a run started from; undefined if it started from random weights. */
export function parentName({ from }: Pick<TrainingState, 'from'>): string | undefined {
  if (from === undefined) return undefined;
  return path.basename(path.basename(from) === MODEL_FILE ? path.dirname(from) : from);
}

function strokeFiles({ strokes }: TrainOptions): string[] | undefined {
  return strokes?.map((file) => absolutePath(file));
}

const FIXED = ['split', 'architecture', 'batchSize', 'seed', 'limit'] as const satisfies (keyof TrainOptions)[];

/**
 * The state of a resumed run. Options, and the `network` of one's own that they name, must match the checkpoint, except for a
 * higher number of epochs and stroke files that have moved: as many files, in the same order. A run that has
 * completed its epochs cannot be resumed, unless its model is behind and has yet to be written.
 */
export function resumedState(
  saved: TrainingState,
  options: TrainOptions,
  network: Network | null,
  isModelBehind = false,
): TrainingState {
  const refuse = (option: string, had: string | number | null, given: string | number) => {
    const words = optionWords(option);
    const difference = had === null ? `without ${words}` : `with ${words} ${had}, not ${given}`;
    throw new EmnistError('checkpoint-differs', `the checkpoint was written ${difference}`, {
      option,
      saved: had,
      given,
    });
  };
  const had = { ...saved, ...saved.recipe };
  // As it is in a checkpoint, without fields that are undefined.
  if (network && !isDeepStrictEqual(JSON.parse(JSON.stringify(network)), saved.network)) {
    refuse('network', saved.architecture, options.network!);
  }
  for (const field of [...FIXED, ...RECIPE_FIELDS]) {
    const requested = options[field];
    if (requested !== undefined && requested !== had[field]) refuse(field, had[field], requested);
  }
  if (options.from !== undefined && absoluteSource(options.from) !== saved.from) {
    const started = saved.from === undefined ? 'random weights' : `"${saved.from}"`;
    throw new EmnistError(
      'checkpoint-differs',
      `the run started from ${started}, not from "${absoluteSource(options.from)}"`,
      { option: 'from', saved: saved.from ?? null, given: options.from },
    );
  }
  const strokes = strokeFiles(options) ?? saved.strokes;
  if (strokes.length !== saved.strokes.length) {
    refuse('strokes', saved.strokes.join(', ') || null, strokes.join(', ') || 'none');
  }
  const epochs = options.epochs ?? saved.epochs;
  const state = { ...saved, epochs, strokes };
  if (isModelBehind) return { ...state, epochs: Math.max(epochs, saved.history.length) };
  if (epochs <= saved.history.length) {
    const done = saved.history.length;
    throw new EmnistError(
      'training-finished',
      `${done === 1 ? '1 epoch has' : `${done} epochs have`} been completed already`,
      { epochs: done },
    );
  }
  if (isOutOfPatience(saved)) {
    const { patience } = saved.recipe;
    throw new EmnistError(
      'training-stopped-early',
      `training stopped early: no improvement in the last ${patience} epochs`,
      { patience },
    );
  }
  return state;
}
