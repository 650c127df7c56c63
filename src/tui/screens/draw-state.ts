import { type Split, splitLabels } from '../../core/dataset/splits.ts';
import { mergedCase } from '../../core/labels.ts';
import type { Prediction } from '../../core/prediction.ts';
import type { DrawUpdate } from '../../core/server/draw-event.ts';
import type { Drawing } from '../../core/strokes/drawing.ts';

export interface DrawState {
  readonly phase: 'starting' | 'listening' | 'failed';
  readonly url: string;
  /** How many pages are connected. */
  readonly clients: number;
  readonly drawing: Drawing;
  /** What the network saw: 28x28 bytes, row-major, ink 255. Null before the first drawing. */
  readonly image: Uint8Array | null;
  readonly predictions: readonly Prediction[];
  readonly milliseconds: number | null;
  readonly error: unknown;
  /** Why the browser could not be opened; null if it was. */
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
    case 'model':
      return state;
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

/** A note on a merged class; null for labels that stand for one character only. */
export function mergedClassNote(split: Split, label: string): string | null {
  const other = mergedCase(label, splitLabels(split));
  return other && `${label} also stands for ${other}: the ${split} split merges the two.`;
}
