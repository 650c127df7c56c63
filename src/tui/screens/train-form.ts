import { describeOptions, type OptionDescription } from '../../app/options/describe.ts';
import { type TrainOptions, trainOptions } from '../../app/options/train.ts';
import type { ModelStatus } from '../../app/services.ts';
import type { Split } from '../../core/dataset/splits.ts';
import { ARCHITECTURES, type Architecture } from '../../core/model/network.ts';
import { modelName, TRAINING_DEFAULTS } from '../../core/training/training-run.ts';
import { type ListAction, type ListForm, reduceList } from '../components/list-form.ts';

/**
 * The fields below the list of splits, from top to bottom: options of a training run. `resume` exists only if there is a
 * run to resume.
 */
export type Field = 'architecture' | 'epochs' | 'resume';

/** The list of fetched splits, with the fields below it. */
export interface TrainForm extends ListForm {
  readonly splits: readonly Split[];
  readonly architecture: Architecture;
  readonly epochs: number;
  /** A digit was typed since the field got the focus: the first digit replaces the number, further ones are appended. */
  readonly typed: boolean;
  /** Resume the interrupted run, if there is one. */
  readonly resume: boolean;
  readonly models: readonly ModelStatus[];
}

const OPTIONS = new Map(describeOptions(trainOptions).map((option) => [option.name, option]));
const EPOCHS = OPTIONS.get('epochs') as OptionDescription & { min: number; max: number };

export type TrainFormAction =
  | { type: 'load'; splits: readonly Split[]; models: readonly ModelStatus[]; split?: Split }
  | ListAction
  | { type: 'change'; by: 1 | -1 }
  | { type: 'digit'; digit: number }
  | { type: 'backspace' };

export const INITIAL_FORM: TrainForm = {
  focus: 0,
  splits: [],
  choice: 0,
  architecture: TRAINING_DEFAULTS.architecture,
  epochs: TRAINING_DEFAULTS.epochs,
  typed: false,
  resume: true,
  models: [],
};

/** The model whose run would be resumed. */
export function resumable(form: TrainForm): ModelStatus | undefined {
  const model = modelOf(form);
  return model?.resumable ? model : undefined;
}

/** The model that would be replaced. */
export function replaced(form: TrainForm): ModelStatus | undefined {
  const model = modelOf(form);
  return model?.resumable && form.resume ? undefined : model;
}

function modelOf({ models, splits, choice, architecture }: TrainForm): ModelStatus | undefined {
  const name = modelName({ split: splits[choice], architecture });
  return models.find((model) => model.name === name);
}

export function visibleFields(form: TrainForm): Field[] {
  return resumable(form) ? ['architecture', 'epochs', 'resume'] : ['architecture', 'epochs'];
}

/** The focused field; undefined on a row of the list. */
export function focusedField(form: TrainForm): Field | undefined {
  return visibleFields(form)[form.focus - form.splits.length];
}

/** What the focused field, or the list of splits, is for. */
export function focusedHelp(form: TrainForm): string {
  return OPTIONS.get(focusedField(form) ?? 'split')!.help;
}

/** The options of the run, with the focused split, if one has the focus. Undefined if no split is fetched. */
export function submittedOptions(current: TrainForm): (TrainOptions & { split: Split }) | undefined {
  const form = reduceForm(current, { type: 'choose' });
  const split = form.splits[form.choice];
  if (!split) return undefined;
  // The number of epochs and all other options are in the checkpoint.
  return form.resume && resumable(form)
    ? { split, architecture: form.architecture, resume: true }
    : { split, architecture: form.architecture, epochs: form.epochs };
}

export function reduceForm(form: TrainForm, action: TrainFormAction): TrainForm {
  switch (action.type) {
    case 'load': {
      const before = action.split ?? form.splits[form.choice];
      const choice = Math.max(0, before ? action.splits.indexOf(before) : 0);
      return { ...form, splits: action.splits, models: action.models, choice, focus: choice };
    }
    case 'move':
    case 'choose':
    case 'tab':
      return { ...form, ...reduceList(form, action, form.splits.length, visibleFields(form).length), typed: false };
    case 'change':
      return change(form, action.by);
    case 'digit': {
      if (focusedField(form) !== 'epochs') return form;
      const longer = form.epochs * 10 + action.digit;
      const epochs = form.typed && longer <= EPOCHS.max ? longer : action.digit;
      return { ...form, epochs: inRange(epochs), typed: true };
    }
    case 'backspace':
      if (focusedField(form) !== 'epochs') return form;
      return { ...form, epochs: inRange(Math.floor(form.epochs / 10)), typed: form.epochs >= 10 };
  }
}

function change(form: TrainForm, by: 1 | -1): TrainForm {
  switch (focusedField(form)) {
    case 'architecture': {
      const index = ARCHITECTURES.indexOf(form.architecture) + by;
      return { ...form, architecture: ARCHITECTURES.at(index % ARCHITECTURES.length)! };
    }
    case 'epochs':
      return { ...form, epochs: inRange(form.epochs + by), typed: false };
    case 'resume':
      return { ...form, resume: !form.resume };
    case undefined:
      return form;
  }
}

function inRange(epochs: number): number {
  return Math.min(EPOCHS.max, Math.max(EPOCHS.min, epochs));
}
