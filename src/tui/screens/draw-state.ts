import type { DatasetName } from '../../core/dataset/dataset-name.ts';
import type { Prediction } from '../../core/prediction.ts';
import type { DrawingNotice, DrawUpdate } from '../../core/server/draw-event.ts';
import type { Expectation } from '../../core/server/expectation.ts';
import type { Drawing } from '../../core/strokes/drawing.ts';

/** The model that reads the drawings. */
export interface Reader {
  readonly model: string;
  readonly labels: readonly string[];
  /** What it was trained on; null if that is unknown. */
  readonly split: DatasetName | null;
}

export interface DrawState {
  readonly phase: 'starting' | 'listening' | 'failed';
  readonly url: string;
  /** Whether other devices can reach the page. */
  readonly shared: boolean;
  /** How to reach the page from the computer that the user is connected from by SSH; null without a connection. */
  readonly forwarding: { readonly command: string; readonly url: string } | null;
  /** Null before the server has started. */
  readonly reader: Reader | null;
  /** How many pages are connected. */
  readonly clients: number;
  readonly drawing: Drawing;
  /** What the network saw: 28x28 bytes, row-major, ink 255. Null before the first drawing. */
  readonly image: Uint8Array | null;
  readonly predictions: readonly Prediction[];
  /** Only of models that can reject: the probability that the drawing is not one character. */
  readonly noCharacter: number | null;
  /** What pages expect until their users choose something else. */
  readonly expected: Expectation;
  /** What the page expected on which was drawn last; null before a drawing. */
  readonly readAs: Expectation | null;
  readonly milliseconds: number | null;
  /** Why the drawing is probably not one character. */
  readonly notice: DrawingNotice | null;
  readonly error: unknown;
  /** Why the browser could not be opened; null if it was. */
  readonly browserError: unknown;
  /** The model that was chosen last, and why it does not read; null if it does. */
  readonly modelFailure: { readonly model: string; readonly error: unknown } | null;
  /** How many samples the user has; null as long as no drawing has been labeled. */
  readonly samples: number | null;
}

export type DrawAction =
  | ({ event: 'serving' } & Pick<DrawState, 'shared' | 'forwarding' | 'expected'>)
  | { event: 'expect'; expected: Expectation }
  | { event: 'update'; update: DrawUpdate }
  | { event: 'failed'; error: unknown }
  | { event: 'browserFailed'; error: unknown }
  | { event: 'modelFailed'; model: string; error: unknown }
  | { event: 'restart' };

export const INITIAL_DRAW: DrawState = {
  phase: 'starting',
  url: '',
  shared: false,
  forwarding: null,
  reader: null,
  clients: 0,
  drawing: [],
  image: null,
  predictions: [],
  noCharacter: null,
  expected: {},
  readAs: null,
  milliseconds: null,
  notice: null,
  error: null,
  browserError: null,
  modelFailure: null,
  samples: null,
};

export function reduceDraw(state: DrawState, action: DrawAction): DrawState {
  switch (action.event) {
    case 'serving':
      return { ...state, shared: action.shared, forwarding: action.forwarding, expected: action.expected };
    case 'expect':
      return { ...state, expected: action.expected, readAs: null };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'browserFailed':
      return { ...state, browserError: action.error };
    case 'modelFailed':
      return { ...state, modelFailure: { model: action.model, error: action.error } };
    case 'restart':
      return INITIAL_DRAW;
    case 'update':
      return reduceUpdate(state, action.update);
  }
}

function reduceUpdate(state: DrawState, { event, drawing }: DrawUpdate): DrawState {
  switch (event.event) {
    case 'listening': {
      const { model, labels, split } = event;
      return { ...state, phase: 'listening', url: event.url, reader: { model, labels, split } };
    }
    case 'model': {
      const { model, labels, split } = event;
      // What the previous model read must not stand under the name of this one.
      const none = { predictions: [], noCharacter: null, milliseconds: null, notice: null };
      return { ...state, ...none, reader: { model, labels, split }, modelFailure: null };
    }
    case 'client':
      return { ...state, clients: event.clients };
    case 'sample':
      return { ...state, samples: event.samples };
    case 'prediction': {
      const { model, labels, characters, prior } = event;
      const split = model === state.reader?.model ? state.reader.split : null;
      return {
        ...state,
        reader: { model, labels, split },
        modelFailure: null,
        drawing: drawing?.strokes ?? [],
        image: drawing && drawing.image.length > 0 ? drawing.image : null,
        predictions: event.predictions,
        noCharacter: event.noCharacter ?? null,
        // Nothing is expected of an empty page.
        readAs: event.strokes > 0 ? { characters, prior } : state.readAs,
        milliseconds: event.predictions.length > 0 ? event.milliseconds : null,
        notice: event.notice ?? null,
      };
    }
  }
}
