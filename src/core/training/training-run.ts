import type { DatasetName } from '../dataset/dataset-name.ts';
import { DEFAULT_SPLIT } from '../dataset/splits.ts';
import type { EngineName } from '../engine/engine.ts';
import type { Architecture } from '../model/architectures.ts';
import type { Recipe } from '../model/recipe.ts';
import { networkName } from './own-network.ts';
import type { TrainEvent } from './train-event.ts';

/** The defaults of a new training run; `recipeFor` has those of its recipe. */
export const TRAINING_DEFAULTS = {
  split: DEFAULT_SPLIT,
  architecture: 'vgg',
  epochs: 10,
  batchSize: 128,
  seed: 1,
} as const satisfies Partial<TrainOptions>;

/** Options of a training run. Defaults of a resumed run are the checkpoint's. */
export interface TrainOptions extends Partial<Recipe> {
  split?: DatasetName;
  epochs?: number;
  batchSize?: number;
  architecture?: Architecture;
  /** A network of one's own instead: a file with its layers, or a model whose layers it has. */
  network?: string;
  /** A model instead, by name or folder, whose layers and weights the run starts from. */
  from?: string;
  engine?: 'auto' | EngineName;
  threads?: number;
  seed?: number;
  /** Use only this many images of the training part, including those held out. */
  limit?: number;
  /** The model's name; default `<split>-<architecture>`, `<split>-<network>`, or `<split>-<from>`. */
  name?: string;
  /** Stroke files with labeled drawings to train on in addition. */
  strokes?: readonly string[];
  /** Resume from the model's last checkpoint. */
  resume?: boolean;
  /** Replace an existing model, or an unfinished run, of the same name. */
  overwrite?: boolean;
}

/** The name of the model that a run trains. */
export function modelName({
  name,
  split = TRAINING_DEFAULTS.split,
  ...network
}: Pick<TrainOptions, 'name' | 'split' | 'architecture' | 'network' | 'from'>): string {
  return name ?? `${split}-${architectureName(network)}`;
}

/** The name of the network that a run trains; of one that starts from a model, the name of that. */
export function architectureName({
  architecture,
  network,
  from,
}: Pick<TrainOptions, 'architecture' | 'network' | 'from'>): string {
  if (from !== undefined) return networkName(from);
  if (network !== undefined) return networkName(network);
  return architecture ?? TRAINING_DEFAULTS.architecture;
}

/** A training run in a worker. Iterating yields its events, the last of which is `end`, or throws its error. */
export interface TrainingRun extends AsyncIterable<TrainEvent> {
  pause(): void;
  resume(): void;
  /** Stops after the current epoch, or after the current batch, which keeps the checkpoint of the last epoch. */
  stop(when: 'epoch' | 'batch', reason?: 'stopped' | 'interrupted'): void;
}
