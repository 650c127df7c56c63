import type { ModelStatus } from '../../app/services.ts';
import type { DatasetStatus } from '../../core/dataset/dataset-store.ts';
import { DEFAULT_SPLIT, PARTS, type Part, type Split } from '../../core/dataset/splits.ts';
import { type ListAction, type ListForm, reduceList } from '../components/list-form.ts';

/** The list of models, with a field for the split and one for the part below it. */
export interface EvaluateForm extends ListForm {
  readonly models: readonly ModelStatus[];
  readonly splits: readonly Split[];
  /** Indices into `splits` and `PART_CHOICES`. */
  readonly split: number;
  readonly part: number;
}

export type EvaluateFormAction =
  | { type: 'load'; models: readonly ModelStatus[]; datasets: readonly DatasetStatus[]; model?: string }
  | ListAction
  | { type: 'change'; by: 1 | -1 };

/** The test part is first: accuracy on training images says little about new handwriting. */
export const PART_CHOICES: readonly Part[] = PARTS.toReversed();

export const INITIAL_FORM: EvaluateForm = { focus: 0, choice: 0, models: [], splits: [], split: 0, part: 0 };

export function reduceForm(form: EvaluateForm, action: EvaluateFormAction): EvaluateForm {
  switch (action.type) {
    case 'load': {
      const { models, datasets, model } = action;
      const splits = datasets
        .filter(({ trainImages, testImages }) => trainImages !== null && testImages !== null)
        .map(({ split }) => split);
      const choice = Math.max(
        0,
        models.findIndex(({ name }) => name === model),
      );
      return selectTrainedSplit({ ...form, models, splits, choice, focus: choice });
    }
    case 'move':
    case 'choose':
    case 'tab': {
      const next = { ...form, ...reduceList(form, action, form.models.length, 2) };
      return next.choice === form.choice ? next : selectTrainedSplit(next);
    }
    case 'change': {
      const step = (index: number, length: number) => (length === 0 ? 0 : (index + action.by + length) % length);
      if (form.focus === form.models.length) return { ...form, split: step(form.split, form.splits.length) };
      if (form.focus === form.models.length + 1) return { ...form, part: step(form.part, PART_CHOICES.length) };
      return form;
    }
  }
}

/** Selects the split that the model was trained on, if it is known and fetched. */
function selectTrainedSplit(form: EvaluateForm): EvaluateForm {
  const split = form.splits.indexOf(form.models[form.choice]?.training?.split ?? DEFAULT_SPLIT);
  return split >= 0 ? { ...form, split } : form;
}
