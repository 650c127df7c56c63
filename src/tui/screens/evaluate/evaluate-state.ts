import { sourceName } from '../../../app/source-name.ts';
import type { EvaluateEvent } from '../../../core/evaluation/evaluate-event.ts';
import type { Evaluation } from './evaluation.ts';

export interface EvaluateState {
  readonly phase: 'form' | 'running' | 'done' | 'canceled' | 'failed';
  readonly about: { source: string; model: string } | null;
  /** Images evaluated so far. */
  readonly images: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly end: Evaluation['end'] | null;
  /** Misread images, once the evaluation has ended. */
  readonly mistakes: Evaluation['mistakes'];
  readonly error: unknown;
}

export type EvaluateAction =
  | { event: 'submit' }
  /** What was misread; followed by the end of the evaluation. */
  | { event: 'mistakes'; mistakes: Evaluation['mistakes'] }
  | { event: 'canceled' }
  | { event: 'failed'; error: unknown }
  | { event: 'reset' }
  | EvaluateEvent;

export const INITIAL_EVALUATE: EvaluateState = {
  phase: 'form',
  about: null,
  images: 0,
  total: 0,
  imagesPerSecond: 0,
  end: null,
  mistakes: [],
  error: null,
};

export function reduceEvaluate(state: EvaluateState, action: EvaluateAction): EvaluateState {
  switch (action.event) {
    case 'submit':
      return { ...INITIAL_EVALUATE, phase: 'running' };
    case 'start': {
      const about = { source: sourceName(action), model: action.model };
      return { ...state, about, images: 0, total: action.images };
    }
    case 'progress':
      return { ...state, images: action.images, total: action.total, imagesPerSecond: action.imagesPerSecond };
    case 'mistakes':
      return { ...state, mistakes: action.mistakes };
    case 'end':
      return { ...state, phase: 'done', end: action };
    case 'canceled':
      return { ...state, phase: 'canceled' };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'reset':
      return INITIAL_EVALUATE;
  }
}
