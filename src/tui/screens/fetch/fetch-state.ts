import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import type { FetchEvent, FetchWait } from '../../../core/dataset/fetch-event.ts';
import { DEFAULT_SPLIT } from '../../../core/dataset/splits.ts';

export interface FetchState {
  readonly phase: 'form' | 'running' | 'done' | 'canceled' | 'failed';
  /** The split, `all`, or the name of own data. */
  readonly choice: string;
  readonly source: string;
  /** The split being fetched; null before the first `start`. */
  readonly split: DatasetName | null;
  readonly bytes: number;
  /** Null if the server does not send it. */
  readonly total: number | null;
  readonly bytesPerSecond: number;
  /** Why there is no progress; null while there is. */
  readonly waiting: FetchWait | null;
  readonly canceling: boolean;
  readonly finished: readonly Extract<FetchEvent, { event: 'end' }>[];
  readonly error: unknown;
}

export type FetchAction =
  | { event: 'submit'; choice: string; source: string }
  | { event: 'canceling' }
  | { event: 'done' }
  | { event: 'canceled' }
  | { event: 'failed'; error: unknown }
  | { event: 'reset' }
  | FetchEvent;

export const INITIAL_FETCH: FetchState = {
  phase: 'form',
  choice: DEFAULT_SPLIT,
  source: '',
  split: null,
  bytes: 0,
  total: null,
  bytesPerSecond: 0,
  waiting: null,
  canceling: false,
  finished: [],
  error: null,
};

export function reduceFetch(state: FetchState, action: FetchAction): FetchState {
  switch (action.event) {
    case 'submit':
      return { ...INITIAL_FETCH, phase: 'running', choice: action.choice, source: action.source };
    case 'start':
      return {
        ...state,
        split: action.split,
        source: action.source,
        bytes: 0,
        total: null,
        bytesPerSecond: 0,
        waiting: null,
      };
    case 'waiting':
      return { ...state, waiting: action };
    case 'progress':
      return {
        ...state,
        split: action.split,
        bytes: action.bytes,
        total: action.total,
        bytesPerSecond: action.bytesPerSecond,
        waiting: null,
      };
    case 'end':
      return { ...state, bytes: action.bytes, finished: [...state.finished, action] };
    case 'canceling':
      return { ...state, canceling: true };
    case 'done':
      return { ...state, phase: 'done' };
    case 'canceled':
      return { ...state, phase: 'canceled' };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'reset':
      return INITIAL_FETCH;
  }
}

/** The share of the current split that is fetched, 0 to 1; null if unknown. */
export function doneShare({ bytes, total }: FetchState): number | null {
  return total ? Math.min(1, bytes / total) : null;
}

/** Estimated seconds until the current split is fetched; null if unknown. */
export function secondsLeft({ bytes, total, bytesPerSecond }: FetchState): number | null {
  return total !== null && bytesPerSecond > 0 ? Math.max(0, total - bytes) / bytesPerSecond : null;
}
