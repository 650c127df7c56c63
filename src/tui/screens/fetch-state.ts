import type { FetchEvent } from '../../core/dataset/fetch-event.ts';
import { SPLITS, type Split } from '../../core/dataset/splits.ts';
import { type ListAction, type ListForm, reduceList } from '../components/list-form.ts';
import { editText, insertText, pastedPath, type TextField, textField, textOf } from '../components/text-field.ts';
import type { KeyPress } from '../keys.ts';

/** What can be fetched, in the order of the list. */
export const CHOICES = [...SPLITS, 'all'] as const;
export type Choice = (typeof CHOICES)[number];

/** The list of what can be fetched, with the source field under it. */
export interface FetchForm extends ListForm {
  readonly source: TextField;
}

export type FetchFormAction = ListAction | { type: 'key'; press: KeyPress } | { type: 'paste'; text: string };

export const SOURCE_ROW = CHOICES.length;

export function initialForm(split: Split): FetchForm {
  const choice = CHOICES.indexOf(split);
  return { focus: choice, choice, source: textField() };
}

export function reduceForm(form: FetchForm, action: FetchFormAction): FetchForm {
  switch (action.type) {
    case 'move':
    case 'choose':
    case 'tab':
      return { ...form, ...reduceList(form, action, CHOICES.length, 1) };
    case 'paste':
      return {
        focus: SOURCE_ROW,
        choice: form.focus < SOURCE_ROW ? form.focus : form.choice,
        source: insertText(form.source, pastedPath(action.text)),
      };
    case 'key':
      if (form.focus !== SOURCE_ROW) return form;
      return {
        ...form,
        source: action.press.text
          ? insertText(form.source, action.press.text)
          : editText(form.source, action.press.name),
      };
  }
}

/** What to fetch: the row that has the keys, else the chosen one. */
export function choiceOf({ focus, choice }: FetchForm): Choice {
  return CHOICES[focus < SOURCE_ROW ? focus : choice]!;
}

/** Where to fetch from: undefined is NIST. */
export function sourceOf(form: FetchForm): string | undefined {
  return textOf(form.source).trim() || undefined;
}

export interface FetchState {
  readonly phase: 'form' | 'running' | 'done' | 'canceled' | 'failed';
  readonly choice: Choice;
  readonly source: string;
  /** The split that is being fetched, null before the first `start`. */
  readonly split: Split | null;
  readonly bytes: number;
  readonly total: number | null;
  readonly bytesPerSecond: number;
  readonly canceling: boolean;
  readonly finished: readonly Extract<FetchEvent, { event: 'end' }>[];
  readonly error: unknown;
}

export type FetchAction =
  | { event: 'begin'; choice: Choice; source: string }
  | { event: 'canceling' }
  | { event: 'done' }
  | { event: 'canceled' }
  | { event: 'failed'; error: unknown }
  | { event: 'again' }
  | FetchEvent;

export const INITIAL_FETCH: FetchState = {
  phase: 'form',
  choice: 'balanced',
  source: '',
  split: null,
  bytes: 0,
  total: null,
  bytesPerSecond: 0,
  canceling: false,
  finished: [],
  error: null,
};

export function reduceFetch(state: FetchState, action: FetchAction): FetchState {
  switch (action.event) {
    case 'begin':
      return { ...INITIAL_FETCH, phase: 'running', choice: action.choice, source: action.source };
    case 'start':
      return { ...state, split: action.split, source: action.source, bytes: 0, total: null, bytesPerSecond: 0 };
    case 'progress':
      return {
        ...state,
        split: action.split,
        bytes: action.bytes,
        total: action.total,
        bytesPerSecond: action.bytesPerSecond,
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
    case 'again':
      return INITIAL_FETCH;
  }
}

/** Seconds until the split is there; null where it cannot be told. */
export function secondsLeft({ bytes, total, bytesPerSecond }: FetchState): number | null {
  return total !== null && bytesPerSecond > 0 ? Math.max(0, total - bytes) / bytesPerSecond : null;
}
