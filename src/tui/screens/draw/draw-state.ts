import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import type { EmnistError } from '../../../core/errors.ts';
import type { DrawUpdate } from '../../../core/server/draw-event.ts';
import type { Expectation } from '../../../core/server/expectation.ts';
import type { PageMode } from '../../../core/server/protocol.ts';
import { TERMINAL } from '../../../core/server/terminal-client.ts';
import { BLANK_CANVAS, type Canvas, type CanvasAction, reduceCanvas } from './draw-canvas.ts';
import {
  type CheckpointAction,
  type CheckpointState,
  NO_CHECKPOINT,
  noteModel,
  noteReading,
  reduceCheckpoint,
} from './draw-checkpoint.ts';
import {
  isSameDrawing,
  keepLabels,
  type LabelAction,
  type LabeledReading,
  NO_LABELS,
  noteSample,
  reduceLabels,
  unavailable,
} from './draw-labels.ts';
import { NO_READING } from './draw-reading.ts';
import { NO_WRITING, noteWriting, reduceWriting, type WritingAction, type WritingState } from './draw-writing.ts';

/** The model that reads the drawings. */
export interface Reader {
  readonly model: string;
  readonly labels: readonly string[];
  /** What it was trained on; null if that is unknown. */
  readonly split: DatasetName | null;
}

export interface DrawState extends LabeledReading {
  readonly phase: 'starting' | 'listening' | 'failed';
  readonly url: string;
  /** Appended to the URL of the page: `#practice`, or nothing. */
  readonly fragment: string;
  /** Whether other devices can reach the page. */
  readonly shared: boolean;
  /** Whether readings are adapted to the user's samples, unless switched off on a page. */
  readonly adapts: boolean;
  /** How to reach the page from the computer that the user is connected from by SSH; null without a connection. */
  readonly forwarding: { readonly command: string; readonly url: string } | null;
  /** Null before the server has started. */
  readonly reader: Reader | null;
  /** How many pages are connected. */
  readonly clients: number;
  /** What pages expect until their users choose something else. */
  readonly expected: Expectation;
  readonly error: unknown;
  /** Why the browser could not be opened; null if it was. */
  readonly browserError: unknown;
  /** The model that was chosen last, and why it does not read; null if it does. */
  readonly modelFailure: { readonly model: string; readonly error: unknown } | null;
  readonly writing: WritingState;
  /** What is drawn in the terminal; null while nobody draws there. */
  readonly here: Canvas | null;
  readonly checkpoint: CheckpointState;
}

export type DrawAction =
  | ({ event: 'serving' } & Pick<DrawState, 'shared' | 'forwarding' | 'fragment' | 'expected' | 'adapts'> & {
        /** Why the user's samples cannot be read; null if they can. */
        samplesProblem: EmnistError | null;
        /** In which mode the page starts; null if it is open already. */
        mode: PageMode | null;
      })
  | { event: 'expect'; expected: Expectation }
  | { event: 'update'; update: DrawUpdate }
  | { event: 'failed'; error: unknown }
  | { event: 'browserFailed'; error: unknown }
  | { event: 'modelFailed'; model: string; error: unknown }
  | { event: 'restart' }
  | LabelAction
  | WritingAction
  | CanvasAction
  | CheckpointAction;

export const INITIAL_DRAW: DrawState = {
  phase: 'starting',
  url: '',
  fragment: '',
  shared: false,
  adapts: true,
  forwarding: null,
  reader: null,
  clients: 0,
  client: null,
  ...NO_READING,
  expected: {},
  error: null,
  browserError: null,
  modelFailure: null,
  labels: NO_LABELS,
  writing: NO_WRITING,
  here: null,
  checkpoint: NO_CHECKPOINT,
};

/**
 * @param accepted the texts that were accepted when the screen was open before
 * @param isHere whether the canvas in the terminal is open
 */
export function initialDraw(accepted: readonly string[], isHere = false): DrawState {
  return { ...INITIAL_DRAW, writing: { ...NO_WRITING, accepted }, here: isHere ? BLANK_CANVAS : null };
}

export function reduceDraw(state: DrawState, action: DrawAction): DrawState {
  switch (action.event) {
    case 'serving': {
      const { shared, forwarding, fragment, expected, adapts, mode, samplesProblem } = action;
      const labels = samplesProblem ? unavailable(state.labels, samplesProblem) : state.labels;
      const writing = { ...state.writing, mode: mode ?? state.writing.mode };
      return { ...state, shared, forwarding, fragment, expected, adapts, labels, writing };
    }
    case 'expect':
      return { ...state, expected: action.expected, readAs: null };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
    case 'browserFailed':
      return { ...state, browserError: action.error };
    case 'modelFailed':
      return { ...state, modelFailure: { model: action.model, error: action.error } };
    case 'restart':
      return {
        ...INITIAL_DRAW,
        labels: { ...NO_LABELS, last: state.labels.last },
        writing: { ...state.writing, line: null },
        here: state.here,
      };
    case 'canvas':
      return { ...state, here: reduceCanvas(state.here, action) };
    case 'update':
      // Meanwhile, what is drawn on pages is not shown.
      if (state.here && isReadingOfPage(action.update)) return state;
      return { ...reduceUpdate(state, action.update), writing: noteWriting(state.writing, action.update) };
    case 'mode':
    case 'copied':
    case 'cleared':
      return { ...state, writing: reduceWriting(state.writing, action) };
    case 'loading':
    case 'loaded':
      return { ...state, checkpoint: reduceCheckpoint(state.checkpoint, action) };
    default:
      return { ...state, labels: reduceLabels(state, action) };
  }
}

function isReadingOfPage({ event }: DrawUpdate): boolean {
  return (event.event === 'prediction' || event.event === 'text') && event.client !== TERMINAL;
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
      const none = { predictions: [], noCharacter: null, milliseconds: null, notice: null, adaptedTo: 0 };
      const checkpoint = noteModel(state.checkpoint, model);
      return { ...state, ...none, reader: { model, labels, split }, modelFailure: null, checkpoint };
    }
    case 'client':
      return { ...state, clients: event.clients };
    case 'sample':
      return { ...state, labels: noteSample(state, event) };
    case 'text':
    case 'accepted':
      return state;
    case 'prediction': {
      const { model, labels, characters, prior } = event;
      const split = model === state.reader?.model ? state.reader.split : null;
      const isSame = isSameDrawing(state.drawing, drawing?.strokes ?? []);
      return {
        ...state,
        reader: { model, labels, split },
        modelFailure: null,
        client: event.client,
        drawing: drawing?.strokes ?? [],
        labels: keepLabels(state, drawing?.strokes ?? []),
        image: drawing && drawing.image.length > 0 ? drawing.image : null,
        predictions: event.predictions,
        noCharacter: event.noCharacter ?? null,
        // Nothing is expected of an empty page.
        readAs: event.strokes > 0 ? { characters, prior } : state.readAs,
        milliseconds: event.predictions.length > 0 ? event.milliseconds : null,
        notice: event.notice ?? null,
        adaptedTo: event.adaptedTo ?? 0,
        checkpoint: noteReading(state.checkpoint, isSame, event.predictions[0]),
      };
    }
  }
}
