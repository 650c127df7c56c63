import { describeOptions, type OptionDescription } from '../../../app/options/describe.ts';
import { type TrainOptions, trainOptions } from '../../../app/options/train.ts';
import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import { ARCHITECTURES } from '../../../core/model/architectures.ts';
import { TRAINING_DEFAULTS } from '../../../core/training/training-run.ts';
import type { UnfinishedRun } from '../../../core/training/unfinished-runs.ts';
import { type ListAction, reduceList } from '../../components/list-form.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import type { Known } from '../models/model-entry.ts';
import {
  chosenOptions,
  chosenPreset,
  epochsOf,
  type Field,
  focusedField,
  isFixed,
  optionsContext,
  resumedRun,
  type TrainForm,
  visibleFields,
} from './train-form-state.ts';
import { invalidOptionName, type OptionsAction, reduceOptions, withPresetValues } from './train-options.ts';
import { PRESETS } from './train-presets.ts';

/** What can be trained: an architecture, or a custom network. */
const NETWORKS = [...ARCHITECTURES, 'own'] as const;

const EPOCHS = describeOptions(trainOptions).find(({ name }) => name === 'epochs') as OptionDescription & {
  min: number;
  max: number;
};

export type TrainFormAction =
  /** With `resume`, the run of that name is chosen, if it is still there; without it and `split`, the run that was interrupted last. */
  | { type: 'load'; splits: readonly DatasetName[]; known: Known; split?: DatasetName; resume?: string }
  | ListAction
  | { type: 'change'; by: 1 | -1 }
  | { type: 'digit'; digit: number }
  | { type: 'backspace' }
  | { type: 'focus'; field: Field }
  | { type: 'text'; press: KeyPress }
  /** On the page of options. */
  | { type: 'options'; action: OptionsAction };

/** The form as Enter submits it: with the focused split, if one has the focus. */
export function submitted(form: TrainForm): TrainForm {
  return reduceForm(form, { type: 'choose' });
}

/**
 * The options of the run that Enter starts. Undefined if no split is fetched, if the network is missing, or if an option is
 * invalid.
 */
export function submittedOptions(form: TrainForm): (TrainOptions & { split: DatasetName }) | undefined {
  return invalidOptionName(form.options.values) === undefined ? chosenOptions(submitted(form)) : undefined;
}

export function reduceForm(form: TrainForm, action: TrainFormAction): TrainForm {
  switch (action.type) {
    case 'load':
      return load(form, action);
    case 'move':
    case 'choose':
    case 'tab': {
      const next = {
        ...form,
        ...reduceList(form, action, form.splits.length, visibleFields(form).length),
        typed: false,
      };
      return settle(form, next.choice === form.choice ? next : { ...next, ...startingWith(undefined) });
    }
    case 'change':
      return keepField(form, settle(form, change(form, action.by)));
    case 'digit': {
      if (focusedField(form) !== 'epochs') return form;
      const longer = epochsOf(form) * 10 + action.digit;
      const epochs = form.typed && longer <= EPOCHS.max ? longer : action.digit;
      return { ...form, epochs: inRange(epochs), typed: true };
    }
    case 'backspace': {
      const epochs = epochsOf(form);
      return { ...form, epochs: inRange(Math.floor(epochs / 10)), typed: epochs >= 10 };
    }
    case 'focus':
      return { ...form, focus: form.splits.length + visibleFields(form).indexOf(action.field), typed: false };
    case 'options':
      return { ...form, options: reduceOptions(form.options, action.action, optionsContext(form)) };
    case 'text': {
      const field = focusedField(form) === 'network' ? 'network' : 'name';
      const value = typeInto(form[field], action.press, field === 'network' ? 'path' : 'text');
      const entered = field === 'name' ? named(form, value) : { ...form, network: value, ...startingWith(undefined) };
      return settle(form, reduceForm(entered, { type: 'focus', field }));
    }
  }
}

/** A choice of `start` that does not depend on the name. */
function startingWith(start: TrainForm['start']): Pick<TrainForm, 'start' | 'unnamedStart'> {
  return { start, unnamedStart: undefined };
}

/** The form with another name, which is that of a new run. Without a name, the run that was chosen before is resumed again. */
function named(form: TrainForm, name: TextField): TrainForm {
  const unnamedStart = form.start === undefined ? form.unnamedStart : form.start;
  return { ...form, name, unnamedStart, start: fieldText(name) === '' ? unnamedStart : undefined };
}

/** Chooses what the screen was opened for, as soon as it is known. After that, what was entered stays. */
function load(form: TrainForm, action: Extract<TrainFormAction, { type: 'load' }>): TrainForm {
  const { splits, known } = action;
  const { start } = form;
  // The status may have been read before the split was fetched.
  const isLoaded = form.isLoaded && (action.split === undefined || form.splits.includes(action.split));
  const field = focusedField(form);
  const from = known.models.some(({ name }) => name === form.from) ? form.from : null;
  // The next run would replace the model that has just been trained.
  const name = !isTrained(form, form.known) && isTrained(form, known) ? textField() : form.name;
  let next: TrainForm = { ...form, splits, known, from, name, isLoaded: splits.length > 0 };
  if (!isLoaded) {
    const { split, resume } = action;
    const isWanted = ({ name, holder }: UnfinishedRun) => (resume === undefined ? !holder : name === resume);
    const run = split === undefined ? known.unfinished.find(isWanted) : undefined;
    const choice = Math.max(0, splits.indexOf(split ?? run?.split ?? splits[0]!));
    next = { ...next, choice, focus: choice, ...startingWith(run?.name) };
  } else {
    const choice = Math.max(0, splits.indexOf(form.splits[form.choice]!));
    const row = field && visibleFields(next).indexOf(field);
    const focus = row === undefined ? Math.max(0, splits.indexOf(form.splits[form.focus]!)) : splits.length + row;
    // The run may have finished, or may be gone.
    const isGone = start != null && !known.unfinished.some(({ name }) => name === start);
    next = { ...next, choice, focus, start: isGone ? undefined : start };
  }
  return settle(form, next);
}

/** Whether there is a model of the entered name with its training finished. */
function isTrained({ name: field }: TrainForm, { models, unfinished }: Known): boolean {
  const name = fieldText(field).trim();
  return models.some((model) => model.name === name) && !unfinished.some((run) => run.name === name);
}

/** Another run has another number of epochs, and other splits. */
function settle(before: TrainForm, form: TrainForm): TrainForm {
  const run = resumedRun(form);
  const isSame = resumedRun(before)?.name === run?.name;
  const choice = run && !isSame ? form.splits.indexOf(run.split) : -1;
  return {
    ...form,
    choice: choice >= 0 ? choice : form.choice,
    epochs: isSame ? form.epochs : null,
  };
}

/** Keeps the focus on a field when those above it change. */
function keepField(before: TrainForm, form: TrainForm): TrainForm {
  const field = focusedField(before);
  return field === undefined ? form : { ...form, focus: form.splits.length + visibleFields(form).indexOf(field) };
}

function change(form: TrainForm, by: 1 | -1): TrainForm {
  const { unfinished, models } = form.known;
  const field = focusedField(form);
  if (isFixed(form, field)) return form;
  switch (field) {
    case 'architecture': {
      const index = NETWORKS.indexOf(form.architecture) + by;
      return { ...form, architecture: NETWORKS.at(index % NETWORKS.length)!, ...startingWith(undefined) };
    }
    case 'from': {
      const choices = [null, ...models.map(({ name }) => name)];
      const index = choices.indexOf(form.from) + by;
      return { ...form, from: choices.at(index % choices.length)!, ...startingWith(undefined) };
    }
    case 'epochs':
      return { ...form, epochs: inRange(epochsOf(form) + by), typed: false };
    case 'resume': {
      const choices = [null, ...unfinished.map(({ name }) => name)];
      const index = choices.indexOf(resumedRun(form)?.name ?? null) + by;
      return { ...form, ...startingWith(choices.at(index % choices.length)) };
    }
    case 'preset': {
      const chosen = chosenPreset(form);
      const index = chosen ? PRESETS.indexOf(chosen) + by : by === 1 ? 0 : -1;
      const { architecture, epochs, values } = PRESETS.at(index % PRESETS.length)!;
      // A run that happens to have the name of the new one must not take the preset's place.
      return {
        ...form,
        ...{ architecture, ...startingWith(null), epochs: epochs === TRAINING_DEFAULTS.epochs ? null : epochs },
        options: { ...form.options, values: withPresetValues(form.options.values, values) },
      };
    }
    case 'options':
      return by === 1 ? reduceForm(form, { type: 'options', action: { type: 'open' } }) : form;
    case 'network':
    case 'name':
    case undefined:
      return form;
  }
}

function inRange(epochs: number): number {
  return Math.min(EPOCHS.max, Math.max(EPOCHS.min, epochs));
}
