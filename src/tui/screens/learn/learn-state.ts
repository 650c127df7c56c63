import type { LockHolder } from '../../../core/files/lock-holder.ts';
import type { LearnEvent } from '../../../core/training/learn-event.ts';

type StartEvent = Extract<LearnEvent, { event: 'start' }>;
type BatchEvent = Extract<LearnEvent, { event: 'batch' }>;
type ValidationEvent = Extract<LearnEvent, { event: 'validation' }>;
type EpochEvent = Extract<LearnEvent, { event: 'epoch' }>;
export type LearnEnd = Extract<LearnEvent, { event: 'end' }>;

export interface LearnState {
  readonly phase: 'samples' | 'running' | 'done' | 'failed';
  /** Who has locked the model, until learning starts. */
  readonly waiting: LockHolder | null;
  readonly start: StartEvent | null;
  readonly batch: BatchEvent | null;
  /** Null unless the model is being measured. */
  readonly validating: ValidationEvent | null;
  /** The first is the model before learning, epoch 0. */
  readonly epochs: readonly EpochEvent[];
  readonly isStopping: boolean;
  readonly end: LearnEnd | null;
  /** Which of the two models is the default: the new one, until the user undoes it. */
  readonly used: 'new' | 'old';
  readonly error: unknown;
  /** Why the other model could not be made the default; null if it was. */
  readonly choiceError: unknown;
}

export type LearnAction =
  | { event: 'submit' }
  | { event: 'stopping' }
  | { event: 'used'; model: 'new' | 'old' }
  | { event: 'notUsed'; error: unknown }
  | { event: 'failed'; error: unknown }
  | { event: 'reset' }
  | LearnEvent;

export const INITIAL_LEARN: LearnState = {
  ...{ phase: 'samples', waiting: null, start: null, batch: null, validating: null, epochs: [] },
  ...{ isStopping: false, end: null, used: 'new', error: null, choiceError: null },
};

export function reduceLearn(state: LearnState, action: LearnAction): LearnState {
  switch (action.event) {
    case 'submit':
      return { ...INITIAL_LEARN, phase: 'running' };
    case 'waiting':
      return { ...state, waiting: action };
    case 'start':
      return { ...state, waiting: null, start: action };
    case 'batch':
      return { ...state, batch: action, validating: null };
    case 'validation':
      return { ...state, validating: action };
    case 'epoch':
      return { ...state, validating: null, epochs: [...state.epochs, action] };
    case 'stopping':
      return { ...state, isStopping: true };
    case 'end':
      return { ...state, phase: 'done', end: action };
    case 'used':
      return { ...state, used: action.model, choiceError: null };
    case 'notUsed':
      return { ...state, choiceError: action.error };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'reset':
      return INITIAL_LEARN;
  }
}

/** The current epoch, from 1. */
export function currentEpoch({ start, batch, epochs }: LearnState): number {
  const next = (epochs.at(-1)?.epoch ?? 0) + 1;
  return Math.min(start?.epochs ?? next, Math.max(batch?.epoch ?? 1, next));
}

/** The share of all epochs that is done, 0 to 1. */
export function doneShare({ start, batch, epochs }: LearnState): number {
  if (!start) return 0;
  const complete = epochs.at(-1)?.epoch ?? 0;
  const begun = batch ? batch.epoch - 1 + batch.batch / batch.batches : 0;
  return Math.min(1, Math.max(complete, begun) / start.epochs);
}

/** Estimated seconds until the last epoch is done, from those that are; null before the first is. */
export function secondsLeft(state: LearnState): number | null {
  const complete = state.epochs.filter(({ epoch }) => epoch > 0);
  if (!state.start || complete.length === 0) return null;
  const perEpoch = complete.reduce((sum, { seconds }) => sum + seconds, 0) / complete.length;
  return (1 - doneShare(state)) * state.start.epochs * perEpoch;
}
