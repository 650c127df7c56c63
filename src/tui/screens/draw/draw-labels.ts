import { isDeepStrictEqual } from 'node:util';
import type { EmnistError } from '../../../core/errors.ts';
import { labelProblem, labelRule, normalizeLabel } from '../../../core/label-text.ts';
import type { NewSample } from '../../../core/samples/sample.ts';
import type { DrawEvent } from '../../../core/server/draw-event.ts';
import type { Drawing } from '../../../core/strokes/drawing.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import type { Reading } from './draw-reading.ts';

/** A label that was given to a drawing. */
interface Given {
  readonly label: string;
  /** The ID of the sample. */
  readonly sample: string;
}

/** A change of the samples: add one, remove one, or both to replace a wrong label. Empty: read them again. */
export interface LabelTask {
  readonly add?: NewSample;
  readonly remove?: Given;
}

export interface LabelState {
  /** The label of the drawing that is shown; null if it has none. Without a `sample`, it was labeled on a page. */
  readonly shown: { readonly label: string; readonly sample?: string } | null;
  /** The last label that was given in the app, which can be undone. */
  readonly last: Given | null;
  /** The last change, for a note. */
  readonly change: { readonly label: string; readonly removed: boolean } | null;
  /** How many samples the user has; null until a drawing is labeled. */
  readonly samples: number | null;
  /** The label being typed, and the reading that it is for, which stays on the screen in the meantime. */
  readonly typing: { readonly field: TextField; readonly reading: Reading } | null;
  readonly isSaving: boolean;
  /** False if the samples cannot be read, so that none can be added. */
  readonly isAvailable: boolean;
  /** The change that failed, and why. */
  readonly failure: { readonly task: LabelTask; readonly error: unknown } | null;
}

/** A drawing that is shown, and what is known about its label. */
export interface LabeledReading extends Reading {
  /** Whose drawing it is; null before the first. */
  readonly client: number | null;
  readonly labels: LabelState;
}

export type LabelAction =
  | { event: 'label'; to: 'open' | 'close' }
  | { event: 'labelText'; press: KeyPress }
  | { event: 'labelSaving' }
  /** `added` is the sample that `task.add` has become. */
  | { event: 'labelAdded'; task: LabelTask & Required<Pick<LabelTask, 'add'>>; added: Given }
  | { event: 'labelRemoved'; removed: Given }
  | { event: 'labelFailed'; task: LabelTask; error: unknown }
  | { event: 'labelDismissed' };

export const NO_LABELS: LabelState = {
  ...{ shown: null, last: null, change: null, samples: null, typing: null, isSaving: false, isAvailable: true },
  ...{ failure: null },
};

/** What the user sees: while a label is typed, the drawing that it is for. */
export function shownReading<State extends LabeledReading>(state: State): State {
  return state.labels.typing ? { ...state, ...state.labels.typing.reading } : state;
}

/** Whether what is shown can be labeled: there is a drawing, and its page has not labeled it. */
export function canLabel(state: LabeledReading): boolean {
  const { shown, isSaving, isAvailable } = state.labels;
  const { drawing, predictions } = shownReading(state);
  const isOwn = shown === null || shown.sample !== undefined;
  return drawing.length > 0 && predictions.length > 0 && isAvailable && !isSaving && isOwn;
}

/** The change that gives the drawing on display a label; null if it already has that label, or cannot have it. */
export function labelTask(state: LabeledReading, text: string): LabelTask | null {
  const label = normalizeLabel(text);
  if (labelProblem(label) || !canLabel(state)) return null;
  const { drawing: strokes, predictions } = shownReading(state);
  const readAs = predictions[0]!.label;
  const origin = label === readAs ? 'confirmed' : 'corrected';
  const { shown } = state.labels;
  const isLabeled = shown !== null && isSameDrawing(strokes, state.drawing);
  if (isLabeled && shown.label === label) return null;
  return {
    add: { label, strokes, origin, readAs },
    ...(isLabeled && { remove: { label: shown.label, sample: shown.sample! } }),
  };
}

/** The state when the samples cannot be read: shows the error first, then drawing continues without labels. */
export function unavailable(labels: LabelState, error: EmnistError): LabelState {
  return { ...labels, isAvailable: false, failure: { task: {}, error } };
}

/** Why the typed text cannot be a label; empty if it can. */
export function typingProblem({ typing }: LabelState): string {
  return typing ? labelRule(labelProblem(normalizeLabel(fieldText(typing.field)))) : '';
}

export function reduceLabels(state: LabeledReading, action: LabelAction): LabelState {
  const { labels } = state;
  switch (action.event) {
    case 'label':
      if (action.to === 'close') return { ...labels, typing: null };
      return canLabel(state) ? { ...labels, typing: { field: textField(), reading: readingOf(state) } } : labels;
    case 'labelText': {
      if (!labels.typing) return labels;
      return { ...labels, typing: { ...labels.typing, field: typeInto(labels.typing.field, action.press) } };
    }
    case 'labelSaving':
      return { ...labels, isSaving: true, typing: null, failure: null };
    case 'labelAdded': {
      const { task, added } = action;
      return {
        // The wrong label has yet to be removed.
        ...{ ...labels, isSaving: task.remove !== undefined, last: added },
        change: { label: added.label, removed: false },
        shown: isSameDrawing(task.add.strokes, state.drawing) ? added : labels.shown,
      };
    }
    case 'labelRemoved': {
      const { label, sample } = action.removed;
      const isLast = labels.last?.sample === sample;
      return {
        ...{ ...labels, isSaving: false },
        // The note already says that a label was replaced.
        ...(isLast && { last: null, change: { label, removed: true } }),
        shown: labels.shown?.sample === sample ? null : labels.shown,
      };
    }
    case 'labelFailed':
      return { ...labels, isSaving: false, failure: { task: action.task, error: action.error } };
    case 'labelDismissed':
      return { ...labels, failure: null };
  }
}

/** Takes note of a label that was given or undone, here or on a page. The app's own have been handled already. */
export function noteSample(
  { labels, client }: LabeledReading,
  event: Extract<DrawEvent, { event: 'sample' }>,
): LabelState {
  const { label, samples, removed = false } = event;
  if (event.client === null) return { ...labels, samples };
  // Another page labels its own drawing, not the one that is shown.
  if (event.client !== client || labels.shown?.sample !== undefined) return { ...labels, samples };
  return { ...labels, samples, change: { label, removed }, shown: removed ? null : { label } };
}

/** The labels once a drawing has arrived, which may be the same one: pages send theirs again whenever a sample is added. */
export function keepLabels({ labels, drawing: before }: LabeledReading, drawing: Drawing): LabelState {
  if (isSameDrawing(before, drawing)) return labels;
  // While the canvas is empty, the note is still about the previous drawing.
  return { ...labels, shown: null, change: drawing.length > 0 ? null : labels.change };
}

/** Whether two drawings have the same strokes, and any. */
export function isSameDrawing(a: Drawing, b: Drawing): boolean {
  return a.length > 0 && isDeepStrictEqual(a, b);
}

function readingOf(state: LabeledReading): Reading {
  const { drawing, image, predictions, noCharacter, notice, milliseconds, adaptedTo, readAs } = state;
  return { drawing, image, predictions, noCharacter, notice, milliseconds, adaptedTo, readAs };
}
