import { splitToEvaluateOn } from '../../../app/evaluation-split.ts';
import type { EvaluateOptions } from '../../../app/options/evaluate.ts';
import type { ModelStatus } from '../../../app/services.ts';
import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import type { DatasetStatus } from '../../../core/dataset/dataset-store.ts';
import { DEFAULT_SPLIT, PARTS, type Part } from '../../../core/dataset/splits.ts';
import { type Filter, type FilterAction, matching, NO_FILTER, reduceFilter } from '../../components/filter.ts';
import { type ListAction, type ListForm, reduceList } from '../../components/list-form.ts';

/** The list of models, with a field for the split and one for the part below it. */
export interface EvaluateForm extends ListForm {
  readonly all: readonly ModelStatus[];
  readonly filter: Filter;
  /** Those of all models that match the filter: what `focus` and `choice` refer to. */
  readonly models: readonly ModelStatus[];
  /** The name of the selected model. */
  readonly chosen: string | undefined;
  /** The model to select once it is listed: one that has just been trained may not be yet. */
  readonly awaited: string | undefined;
  readonly splits: readonly DatasetName[];
  /** Indices into `splits` and `PART_CHOICES`. */
  readonly split: number;
  readonly part: number;
}

export type EvaluateFormAction =
  | { type: 'load'; models: readonly ModelStatus[]; datasets: readonly DatasetStatus[]; model?: string }
  | ListAction
  | FilterAction
  | { type: 'change'; by: 1 | -1 };

/** The test part is first: accuracy on training images says little about new handwriting. */
export const PART_CHOICES: readonly Part[] = PARTS.toReversed();

export const INITIAL_FORM: EvaluateForm = {
  ...{ focus: 0, choice: 0, all: [], filter: NO_FILTER, models: [], chosen: undefined, awaited: undefined },
  ...{ splits: [], split: 0, part: 0 },
};

/** The form as Enter submits it: with the focused model, and the split that it was trained on, if one has the focus. */
export function submitted(form: EvaluateForm): EvaluateForm {
  return reduceForm(form, { type: 'choose' });
}

/** The options of the evaluation that Enter starts. Undefined if there is no model or no split. */
export function submittedOptions(current: EvaluateForm): (EvaluateOptions & { model: string }) | undefined {
  const form = submitted(current);
  const model = current.awaited ?? form.models[form.choice]?.name;
  const split = form.splits[form.split];
  return model !== undefined && split ? { split, part: PART_CHOICES[form.part], model } : undefined;
}

export function reduceForm(form: EvaluateForm, action: EvaluateFormAction): EvaluateForm {
  switch (action.type) {
    case 'load': {
      const { models: all, datasets } = action;
      const splits = datasets
        .filter(({ trainImages, testImages }) => trainImages !== null && testImages !== null)
        .map(({ split }) => split);
      const split = Math.max(0, splits.indexOf(form.splits[form.split] ?? DEFAULT_SPLIT));
      const isFirst = form.all.length === 0 || form.splits.length === 0;
      const awaited = isFirst ? action.model : form.awaited;
      const isListed = all.some(({ name }) => name === awaited);
      const chosen = awaited ?? form.chosen;
      const loaded = withModels({ ...form, all, splits, split, chosen, awaited: isListed ? undefined : awaited });
      if (!isFirst && !isListed) return loaded;
      return selectTrainedSplit({ ...loaded, focus: loaded.choice });
    }
    case 'move':
    case 'choose':
    case 'tab':
      return select({ ...form, awaited: undefined }, reduceList(form, action, form.models.length, 2));
    case 'filter':
    case 'filterText':
      return focusList(withModels({ ...form, awaited: undefined, filter: reduceFilter(form.filter, action) }));
    case 'change': {
      const step = (index: number, length: number) => (length === 0 ? 0 : (index + action.by + length) % length);
      if (form.focus === form.models.length) return { ...form, split: step(form.split, form.splits.length) };
      if (form.focus === form.models.length + 1) return { ...form, part: step(form.part, PART_CHOICES.length) };
      return form;
    }
  }
}

/** Shows the models that match the filter. Focus and choice stay on the same model, if it is among them. */
function withModels(form: EvaluateForm): EvaluateForm {
  const models = matching(form.all, form.filter);
  const indexOf = (name: string | undefined) => models.findIndex((model) => model.name === name);
  const choice = Math.max(0, indexOf(form.chosen));
  const field = form.focus - form.models.length;
  const focused = indexOf(form.models[form.focus]?.name);
  const focus = field >= 0 ? models.length + field : focused >= 0 ? focused : choice;
  return select({ ...form, models }, { focus, choice });
}

/** From the fields to the list. */
function focusList(form: EvaluateForm): EvaluateForm {
  return form.focus < form.models.length ? form : { ...form, focus: form.choice };
}

function select(form: EvaluateForm, { focus, choice }: ListForm): EvaluateForm {
  // Without a match, the model that was selected before stays so.
  const chosen = form.models[choice]?.name ?? form.chosen;
  const next = { ...form, focus, choice, chosen };
  return chosen === form.chosen ? next : selectTrainedSplit(next);
}

/** Selects the split that the model was trained on if it is fetched, else the default one. */
function selectTrainedSplit(form: EvaluateForm): EvaluateForm {
  const split = form.splits.indexOf(splitToEvaluateOn(form.models[form.choice]?.training ?? null, form.splits));
  return split >= 0 ? { ...form, split } : form;
}
