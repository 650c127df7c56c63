import type { EngineName } from '../engine/engine.ts';
import type { LearnEvent } from './learn-event.ts';
import type { StopReason } from './training-control.ts';

/** The defaults of learning a hand. */
export const LEARNING_DEFAULTS = { epochs: 8, seed: 1 } as const satisfies Partial<LearnOptions>;

/** Options of learning a hand. */
export interface LearnOptions {
  /** The model to fine-tune, by its name or folder. Default: the default model or, if that has learned the hand before, its parent. */
  from?: string;
  /** The new model's name; default: that of the model it is made from, with `-hand`, and a number if that is taken. */
  name?: string;
  epochs?: number;
  engine?: 'auto' | EngineName;
  threads?: number;
  seed?: number;
  /** Replace an existing model of the same name. */
  overwrite?: boolean;
}

/** A run that learns a hand in a worker. Iterating yields its events, the last of which is `end`, or throws its error. */
export interface LearnRun extends AsyncIterable<LearnEvent> {
  /** Stops after the current batch. Nothing is saved, and the `end` event has this reason. Default: `stopped`. */
  stop(reason?: StopReason): void;
}
