import type { ModelStatus } from '../../app/services.ts';
import { sourceName } from '../../app/source-name.ts';
import type { DatasetStatus } from '../../core/dataset/dataset-store.ts';
import { PARTS, type Part, type Split } from '../../core/dataset/splits.ts';
import type { ClassAccuracy, EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';
import { type ListAction, type ListForm, reduceList } from '../components/list-form.ts';

type EndEvent = Extract<EvaluateEvent, { event: 'end' }>;

export interface EvaluateState {
  readonly phase: 'form' | 'running' | 'done' | 'canceled' | 'failed';
  readonly about: { source: string; model: string } | null;
  readonly images: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly end: EndEvent | null;
  readonly error: unknown;
}

export type EvaluateAction =
  | { event: 'begin' }
  | { event: 'canceled' }
  | { event: 'failed'; error: unknown }
  | { event: 'again' }
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
    case 'begin':
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
    case 'again':
      return INITIAL_EVALUATE;
  }
}

/** The classes read worst, of those that have any images; the worst first. */
export function worstClasses(perClass: readonly ClassAccuracy[], most: number): ClassAccuracy[] {
  return perClass
    .filter(({ images }) => images > 0)
    .toSorted((a, b) => a.accuracy - b.accuracy || b.images - a.images)
    .slice(0, most);
}

/** The list of models, with the fields for split and part under it. */
export interface EvaluateForm extends ListForm {
  readonly models: readonly ModelStatus[];
  readonly splits: readonly Split[];
  readonly split: number;
  readonly part: number;
}

export type EvaluateFormAction =
  | { type: 'present'; models: readonly ModelStatus[]; datasets: readonly DatasetStatus[]; wanted?: string }
  | ListAction
  | { type: 'change'; by: 1 | -1 };

/** The test part stands first: training images say nothing about new handwriting. */
export const PART_CHOICES: readonly Part[] = PARTS.toReversed();

export const INITIAL_FORM: EvaluateForm = { focus: 0, choice: 0, models: [], splits: [], split: 0, part: 0 };

export function reduceForm(form: EvaluateForm, action: EvaluateFormAction): EvaluateForm {
  switch (action.type) {
    case 'present': {
      const { models, datasets } = action;
      const splits = datasets
        .filter(({ trainImages, testImages }) => trainImages !== null && testImages !== null)
        .map(({ split }) => split);
      const choice = Math.max(
        0,
        models.findIndex(({ name }) => name === action.wanted),
      );
      return withSplitOf({ ...form, models, splits, choice, focus: choice });
    }
    case 'move':
    case 'choose':
    case 'tab': {
      const next = { ...form, ...reduceList(form, action, form.models.length, 2) };
      return next.choice === form.choice ? next : withSplitOf(next);
    }
    case 'change': {
      const turn = (index: number, length: number) => (length === 0 ? 0 : (index + action.by + length) % length);
      if (form.focus === form.models.length) return { ...form, split: turn(form.split, form.splits.length) };
      if (form.focus === form.models.length + 1) return { ...form, part: turn(form.part, PART_CHOICES.length) };
      return form;
    }
  }
}

/** The split that the model was trained on, where it is known and there. */
function withSplitOf(form: EvaluateForm): EvaluateForm {
  const split = form.splits.indexOf(form.models[form.choice]?.training?.split ?? 'balanced');
  return split >= 0 ? { ...form, split } : form;
}
