import { datasetLabels } from '../dataset/dataset-info.ts';
import { type DatasetName, isSplit } from '../dataset/dataset-name.ts';
import { isArchitecture, architecture as layersOf } from '../model/architectures.ts';
import { type ChangedOutputs, changeOutputs } from '../model/change-outputs.ts';
import { type Model, outputCount } from '../model/model.ts';
import { loadModel } from '../model/model-store.ts';
import type { Network } from '../model/network.ts';
import type { Paths } from '../paths.ts';
import type { TrainingState } from './checkpoint.ts';
import { networkName, readOwnNetwork } from './own-network.ts';
import { architectureName, TRAINING_DEFAULTS, type TrainOptions } from './training-run.ts';
import { newState, resumedState } from './training-state.ts';

/** What a run trains. */
export interface PreparedRun {
  state: TrainingState;
  /** The labels of the data set. */
  labels: readonly string[];
  network: Network;
  /** What a new run starts from; null for random weights, and for a resumed run. */
  start: ChangedOutputs | null;
}

/**
 * Prepares a new run. Throws the errors of `loadModel` and `readOwnNetwork`, and `network-unsupported` if the model that it starts
 * from cannot have the outputs it needs.
 */
export async function prepareRun(options: TrainOptions, paths: Paths): Promise<PreparedRun> {
  const { from, network: source } = options;
  const split = options.split ?? TRAINING_DEFAULTS.split;
  const labels = await datasetLabels(paths, split);
  if (from !== undefined) {
    const model = await loadModel(from, paths);
    const name = model.training?.architecture ?? networkName(from);
    const state = newState(
      { ...options, seed: options.seed ?? inheritedSeed(model, split) },
      { architecture: name, network: null },
    );
    const rejects = outputCount(labels, state.recipe.reject) > labels.length;
    const start = changeOutputs(model, { labels, rejects, mergesCases: isSplit(split) });
    return { state: { ...state, network: start.network }, labels, network: start.network, start };
  }
  const architecture = architectureName(options);
  const state = newState(options, { architecture, network: null });
  const outputs = outputCount(labels, state.recipe.reject);
  if (source === undefined) return { state, labels, network: networkOf(state, outputs), start: null };
  const network = await readOwnNetwork(source, outputs, paths);
  return { state: { ...state, network }, labels, network, start: null };
}

/**
 * The seed of a model that was trained on the same split, so that the images held out for validation are among those held out
 * in its training, unless that was limited to fewer images; otherwise undefined.
 */
function inheritedSeed({ training }: Pick<Model, 'training'>, split: DatasetName): number | undefined {
  return training?.split === split ? training.seed : undefined;
}

/**
 * Prepares a run that is resumed from the state `saved`. Throws the errors of `resumedState` and `readOwnNetwork`.
 * `isModelBehind`: the model has yet to be written.
 */
export async function prepareResumedRun(
  saved: TrainingState,
  options: TrainOptions,
  paths: Paths,
  isModelBehind: boolean,
): Promise<PreparedRun> {
  const labels = await datasetLabels(paths, saved.split);
  const outputs = outputCount(labels, saved.recipe.reject);
  const own = options.network === undefined ? null : await readOwnNetwork(options.network, outputs, paths);
  const state = resumedState(saved, options, own, isModelBehind);
  return { state, labels, network: networkOf(state, outputs), start: null };
}

/** The network of a run. Throws a `RangeError` if the state names none. */
function networkOf({ architecture: name, network }: TrainingState, outputs: number): Network {
  if (network) return network;
  if (!isArchitecture(name)) throw new RangeError(`unknown architecture ${name}`);
  return layersOf(name, outputs);
}
