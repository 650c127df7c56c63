import { sourceName } from '../../app/source-name.ts';
import type { ClassAccuracy, EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';

type EndEvent = Extract<EvaluateEvent, { event: 'end' }>;

export interface EvaluateState {
  readonly phase: 'form' | 'running' | 'done' | 'canceled' | 'failed';
  readonly about: { source: string; model: string } | null;
  /** Images evaluated so far. */
  readonly images: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly end: EndEvent | null;
  readonly error: unknown;
}

export type EvaluateAction =
  | { event: 'submit' }
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

/** The classes with the lowest accuracy, lowest first, without those that have no images. */
export function worstClasses(perClass: readonly ClassAccuracy[], limit: number): ClassAccuracy[] {
  return perClass
    .filter(({ images }) => images > 0)
    .toSorted((a, b) => a.accuracy - b.accuracy || b.images - a.images)
    .slice(0, limit);
}
