import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import { DEFAULT_SPLIT } from '../../../core/dataset/splits.ts';
import type { LockHolder } from '../../../core/files/lock-holder.ts';
import type { TrainEvent } from '../../../core/training/train-event.ts';
import { append, createSeries, type Series, seriesOf } from '../../charts/series.ts';
import { bestOf } from '../../charts/training-chart.ts';

type StartEvent = Extract<TrainEvent, { event: 'start' }>;
type BatchEvent = Extract<TrainEvent, { event: 'batch' }>;
type EpochEvent = Extract<TrainEvent, { event: 'epoch' }>;
type HeadEvent = Extract<TrainEvent, { event: 'head' }>;
type EndEvent = Extract<TrainEvent, { event: 'end' }>;
type ValidationEvent = Extract<TrainEvent, { event: 'validation' }>;

/** The width of the charts' narrowest buckets, in epochs. */
const BUCKET_WIDTH = 1 / 256;

export interface TrainState {
  readonly phase: 'form' | 'running' | 'done' | 'failed';
  readonly split: DatasetName;
  /** Who has locked the model, until the run starts. */
  readonly waiting: LockHolder | null;
  readonly start: StartEvent | null;
  /** Null unless new outputs are trained before the first epoch. */
  readonly head: HeadEvent | null;
  readonly batch: BatchEvent | null;
  /** Null unless an epoch is being validated. */
  readonly validating: ValidationEvent | null;
  readonly validationImagesPerSecond: number | null;
  readonly paused: boolean;
  readonly stopping: 'epoch' | 'batch' | null;
  readonly loss: Series;
  readonly accuracy: Series;
  readonly learningRate: Series;
  /** All that are complete: those before the run was resumed too, if its start says how they went. */
  readonly epochs: readonly EpochEvent[];
  readonly end: EndEvent | null;
  readonly error: unknown;
}

export type TrainAction =
  | { event: 'submit'; split: DatasetName }
  | { event: 'stopping'; when: 'epoch' | 'batch' }
  | { event: 'failed'; error: unknown }
  | { event: 'reset' }
  | TrainEvent;

export function initialTrain(split: DatasetName = DEFAULT_SPLIT): TrainState {
  return {
    phase: 'form',
    split,
    waiting: null,
    start: null,
    head: null,
    batch: null,
    validating: null,
    validationImagesPerSecond: null,
    paused: false,
    stopping: null,
    loss: createSeries(0, BUCKET_WIDTH),
    accuracy: createSeries(0, BUCKET_WIDTH),
    learningRate: createSeries(0, BUCKET_WIDTH),
    epochs: [],
    end: null,
    error: null,
  };
}

export function reduceTrain(state: TrainState, action: TrainAction): TrainState {
  switch (action.event) {
    case 'submit':
      return { ...initialTrain(action.split), phase: 'running' };
    case 'waiting':
      return { ...state, waiting: action };
    case 'start':
      return {
        ...{ ...state, waiting: null, start: action },
        ...{ loss: seriesFor('loss', action), accuracy: seriesFor('accuracy', action) },
        learningRate: seriesFor('learningRate', action),
        epochs: (action.history ?? []).map((record) => ({ event: 'epoch', ...record })),
      };
    case 'head':
      return { ...state, head: action };
    case 'batch': {
      // The event averages the batches since the last one; using its last batch is off by less than a column.
      const x = action.epoch - 1 + (action.batch - 0.5) / action.batches;
      return {
        ...state,
        head: null,
        batch: action,
        validating: null,
        loss: append(state.loss, x, action.loss),
        accuracy: append(state.accuracy, x, action.accuracy),
        learningRate: append(state.learningRate, x, action.learningRate),
      };
    }
    case 'validation':
      return { ...state, validating: action, validationImagesPerSecond: action.imagesPerSecond };
    case 'epoch':
      return { ...state, validating: null, epochs: [...state.epochs, action] };
    case 'paused':
      return { ...state, paused: true };
    case 'resumed':
      return { ...state, paused: false };
    case 'stopping':
      return { ...state, stopping: action.when, paused: action.when === 'batch' ? false : state.paused };
    case 'end':
      return { ...state, phase: 'done', end: action, paused: false };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'reset':
      return initialTrain(state.split);
  }
}

/** A series with the values of the epochs before the run was resumed, or that begins after these. */
function seriesFor(metric: 'loss' | 'accuracy' | 'learningRate', { epochsDone, curve }: StartEvent): Series {
  return curve ? seriesOf(curve[metric], curve.span) : createSeries(epochsDone, BUCKET_WIDTH);
}

/** The current epoch, from 1. */
export function currentEpoch({ start, batch, validating }: TrainState): number {
  return validating?.epoch ?? batch?.epoch ?? (start?.epochsDone ?? 0) + 1;
}

/** The share of the current epoch's batches that is done, 0 to 1. */
export function epochShare({ batch, validating, epochs }: TrainState): number {
  if (validating || (epochs.length > 0 && epochs.at(-1)!.epoch === batch?.epoch)) return 1;
  return batch ? batch.batch / batch.batches : 0;
}

/** The share of all epochs that is done, 0 to 1, not counting validation. */
export function totalShare(state: TrainState): number {
  if (!state.start) return 0;
  return Math.min(1, (currentEpoch(state) - 1 + epochShare(state)) / state.start.epochs);
}

/**
 * Estimated seconds until the run ends, validations included; null if unknown. Until one has been timed, validation is
 * assumed to be three times as fast as training, which also has a backward pass.
 */
export function secondsLeft(state: TrainState): number | null {
  const { start, batch, validating, stopping } = state;
  if (!start || !batch || !(batch.imagesPerSecond > 0)) return null;
  const last = stopping ? currentEpoch(state) : start.epochs;
  const trained = currentEpoch(state) - 1 + epochShare(state);
  const validationSpeed = state.validationImagesPerSecond || batch.imagesPerSecond * 3;
  const trainingImages = start.trainImages + (start.rejectImages ?? 0);
  const validated = state.epochs.at(-1)?.epoch ?? start.epochsDone;
  const validationImages = (last - validated) * start.validationImages - (validating?.images ?? 0);
  return ((last - trained) * trainingImages) / batch.imagesPerSecond + Math.max(0, validationImages) / validationSpeed;
}

/** The epoch with the highest validation accuracy. */
export function bestEpoch({ epochs }: TrainState): EpochEvent | null {
  return bestOf(epochs);
}

/** The range of the charts' x axis: the whole run, or to where it ended; from where it was resumed if the rest is unknown. */
export function wholeRun(state: TrainState): { from: number; to: number } {
  const { start, end } = state;
  const isKnown = start?.curve !== undefined || start?.history !== undefined;
  const from = isKnown ? 0 : (start?.epochsDone ?? 0);
  const to = start === null || end !== null ? Math.ceil(epochsBegun(state)) : start.epochs;
  return { from, to: Math.max(from + 1, to) };
}

/** The last epochs of what is done: a fifth, but at least the current one and the one before. */
export function recentEpochs(state: TrainState): { from: number; to: number } {
  const { from, to: end } = wholeRun(state);
  const to = Math.min(end, Math.max(from + 1, Math.ceil(epochsBegun(state))));
  return { from: Math.max(from, to - Math.max(2, Math.ceil((to - from) / 5))), to };
}

/** The epochs that are done, with a part of the current one. */
function epochsBegun(state: TrainState): number {
  return currentEpoch(state) - 1 + epochShare(state);
}
