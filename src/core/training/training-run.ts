import { DEFAULT_SPLIT, type Split } from '../dataset/splits.ts';
import type { EngineName } from '../engine/engine.ts';
import type { Architecture } from '../model/network.ts';
import type { Recipe } from '../model/recipe.ts';
import type { TrainEvent } from './train-event.ts';

export const DEFAULT_ARCHITECTURE: Architecture = 'vgg';

/** What `train` can be asked for; every field has a default, which on resuming is what the checkpoint says. */
export interface TrainOptions extends Partial<Recipe> {
  split?: Split;
  epochs?: number;
  batchSize?: number;
  architecture?: Architecture;
  engine?: 'auto' | EngineName;
  threads?: number;
  seed?: number;
  /** Use only this many of the training part's images (validation included). */
  limit?: number;
  /** The model's name; default `<split>-<architecture>`. */
  name?: string;
  /** A stroke file whose labeled characters are trained on beside the split's images. */
  strokes?: string;
  /** Go on from the model's last checkpoint. */
  resume?: boolean;
}

/** The name of the model that a training makes. */
export function modelName({ name, split = DEFAULT_SPLIT, architecture = DEFAULT_ARCHITECTURE }: TrainOptions): string {
  return name ?? `${split}-${architecture}`;
}

/** A training going on in a worker. Iterating gives its events, the last of which is `end`, or throws its error. */
export interface TrainingRun extends AsyncIterable<TrainEvent> {
  pause(): void;
  resume(): void;
  /** `epoch`: after this epoch; `batch`: after this batch, keeping the last epoch's checkpoint. */
  stop(when: 'epoch' | 'batch', reason?: 'stopped' | 'interrupted'): void;
}
