import { type Split, splitLabels } from '../../core/dataset/splits.ts';
import { mergedCase } from '../../core/labels.ts';
import type { Prediction } from '../../core/prediction.ts';
import type { DrawUpdate } from '../../core/server/draw-options.ts';
import type { Drawing } from '../../core/strokes/drawing.ts';

export interface DrawState {
  readonly phase: 'starting' | 'listening' | 'failed';
  readonly url: string;
  readonly clients: number;
  readonly drawing: Drawing;
  /** The 28x28 that the network saw; null before anything was drawn. */
  readonly image: Uint8Array | null;
  readonly predictions: readonly Prediction[];
  readonly milliseconds: number | null;
  readonly error: unknown;
  /** The browser could not be opened: why. */
  readonly browserError: unknown;
}

export type DrawAction =
  | { event: 'update'; update: DrawUpdate }
  | { event: 'failed'; error: unknown }
  | { event: 'browserFailed'; error: unknown };

export const INITIAL_DRAW: DrawState = {
  phase: 'starting',
  url: '',
  clients: 0,
  drawing: [],
  image: null,
  predictions: [],
  milliseconds: null,
  error: null,
  browserError: null,
};

export function reduceDraw(state: DrawState, action: DrawAction): DrawState {
  switch (action.event) {
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'browserFailed':
      return { ...state, browserError: action.error };
    case 'update':
      return reduceUpdate(state, action.update);
  }
}

function reduceUpdate(state: DrawState, { event, drawing }: DrawUpdate): DrawState {
  switch (event.event) {
    case 'listening':
      return { ...state, phase: 'listening', url: event.url };
    case 'client':
      return { ...state, clients: event.clients };
    case 'prediction':
      return {
        ...state,
        drawing: drawing?.strokes ?? [],
        image: drawing && drawing.image.length > 0 ? drawing.image : null,
        predictions: event.predictions,
        milliseconds: event.predictions.length > 0 ? event.milliseconds : null,
      };
  }
}

/** What to know about a class that stands for both cases of a letter; null for the others. */
export function mergedHint(split: Split, label: string): string | null {
  const other = mergedCase(label, splitLabels(split));
  return other && `${label} stands for ${other} too: the ${split} split has one class for both.`;
}
