import { describeOptions, type OptionDescription } from '../../app/options/describe.ts';
import { type TrainOptions, trainOptions } from '../../app/options/train.ts';
import type { DatasetName } from '../../core/dataset/dataset-name.ts';
import { type EmnistError, isEmnistError } from '../../core/errors.ts';
import { ARCHITECTURES, type Architecture } from '../../core/model/architectures.ts';
import { checkModelName } from '../../core/model/model-store.ts';
import { architectureName, modelName, TRAINING_DEFAULTS } from '../../core/training/training-run.ts';
import type { UnfinishedRun } from '../../core/training/unfinished-runs.ts';
import { type ListAction, type ListForm, reduceList } from '../components/list-form.ts';
import { editText, fieldText, insertText, pastedPath, type TextField, textField } from '../components/text-field.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import { findOwn, type Known, type ModelEntry } from './model-entry.ts';

/**
 * The fields below the list of splits, from top to bottom. `network` exists only for a custom network, `from` only if
 * there is a model to start from, `resume` only if there is a run to resume.
 */
export type Field = 'architecture' | 'network' | 'epochs' | 'resume' | 'from' | 'name';

/** What can be trained: an architecture, or a custom network. */
const NETWORKS = [...ARCHITECTURES, 'own'] as const;

/** The list of fetched splits, with the fields below it. */
export interface TrainForm extends ListForm {
  readonly splits: readonly DatasetName[];
  readonly architecture: Architecture | 'own';
  /** The file or model of a custom network. */
  readonly network: TextField;
  /** The model to start from, whose network is then trained; null for random weights. */
  readonly from: string | null;
  /** Null for the default: that of a new run, or the number of the run to be resumed. */
  readonly epochs: number | null;
  /** A digit was typed since the field got the focus: the first digit replaces the number, further ones are appended. */
  readonly typed: boolean;
  /** The name of the model; empty for the default. */
  readonly name: TextField;
  /**
   * The run to resume, by name; null to start from scratch. Undefined if neither was chosen: then a run of the chosen name,
   * split and network is resumed.
   */
  readonly start: string | null | undefined;
  readonly known: Known;
  readonly isLoaded: boolean;
}

const OPTIONS = new Map(describeOptions(trainOptions).map((option) => [option.name, option]));
const EPOCHS = OPTIONS.get('epochs') as OptionDescription & { min: number; max: number };

export type TrainFormAction =
  /** With `resume`, the run of that name is chosen; without it and `split`, the run that was interrupted last. */
  | { type: 'load'; splits: readonly DatasetName[]; known: Known; split?: DatasetName; resume?: string }
  | ListAction
  | { type: 'change'; by: 1 | -1 }
  | { type: 'digit'; digit: number }
  | { type: 'backspace' }
  | { type: 'focus'; field: Field }
  | { type: 'text'; press: KeyPress };

export const INITIAL_FORM: TrainForm = {
  focus: 0,
  splits: [],
  choice: 0,
  architecture: TRAINING_DEFAULTS.architecture,
  network: textField(),
  from: null,
  epochs: null,
  typed: false,
  name: textField(),
  start: undefined,
  known: { models: [], unusable: [], unfinished: [] },
  isLoaded: false,
};

/** The run that would be resumed; undefined if a new one would be started. */
export function resumedRun(form: TrainForm): UnfinishedRun | undefined {
  const { start, splits, choice, known } = form;
  if (start === null) return undefined;
  if (start !== undefined) return known.unfinished.find(({ name }) => name === start);
  const name = newName(form);
  const isSameNetwork = (run: UnfinishedRun) =>
    form.from === null
      ? run.parent === undefined && run.architecture === architectureName(networkOptions(form))
      : run.parent === form.from;
  return known.unfinished.find(
    (run) => run.name === name && run.split === splits[choice] && isSameNetwork(run) && !run.holder,
  );
}

/** The network that the model to start from has; null for random weights. */
export function givenNetwork({ from, known }: TrainForm): string | null {
  return from && (known.models.find(({ name }) => name === from)?.training?.architecture ?? from);
}

/** The network, as options have it. */
function networkOptions({
  architecture,
  network,
  from,
}: TrainForm): Pick<TrainOptions, 'architecture' | 'network' | 'from'> {
  if (from !== null) return { from };
  return architecture === 'own' ? { network: fieldText(network).trim() } : { architecture };
}

/** Whether the layers are those of a custom network, which has to be named. */
function asksForLayers(form: TrainForm): boolean {
  return !resumedRun(form) && form.architecture === 'own' && form.from === null;
}

/** Whether the file or model of a custom network has yet to be entered. */
export function lacksNetwork(form: TrainForm): boolean {
  return asksForLayers(form) && fieldText(form.network).trim() === '';
}

/** The name of the model that would be trained. */
function trainedName(form: TrainForm): string {
  return resumedRun(form)?.name ?? newName(form);
}

/** The name that a new model gets if none is entered. */
export function defaultName(form: TrainForm): string {
  return modelName({ split: form.splits[form.choice], ...networkOptions(form) });
}

function newName(form: TrainForm): string {
  return fieldText(form.name).trim() || defaultName(form);
}

/** What would be lost by training; undefined if nothing would. */
export function replaced(form: TrainForm): ModelEntry | undefined {
  return resumedRun(form) ? undefined : findOwn(newName(form), form.known);
}

/** Why no model can have the entered name; null if one can. */
export function nameProblem(form: TrainForm): EmnistError | null {
  try {
    checkModelName(trainedName(form));
    return null;
  } catch (error) {
    if (isEmnistError(error)) return error;
    throw error;
  }
}

export function visibleFields(form: TrainForm): Field[] {
  return [
    'architecture',
    ...(asksForLayers(form) ? (['network'] as const) : []),
    'epochs',
    ...(form.known.unfinished.length > 0 ? (['resume'] as const) : []),
    ...(form.known.models.length > 0 ? (['from'] as const) : []),
    'name',
  ];
}

/** The focused field; undefined on a row of the list. */
export function focusedField(form: TrainForm): Field | undefined {
  return visibleFields(form)[form.focus - form.splits.length];
}

/** Whether a field cannot be changed at the moment. */
export function isFixed(form: TrainForm, field: Field | undefined): boolean {
  if (resumedRun(form)) return field === 'name' || field === 'architecture' || field === 'from';
  return field === 'architecture' && form.from !== null;
}

/** What the focused field, or the list of splits, is for. */
export function focusedHelp(form: TrainForm): string {
  const field = focusedField(form);
  if (isFixed(form, field)) {
    return resumedRun(form) ? 'Set by the run that is resumed' : 'Set by the model that the run starts from';
  }
  return OPTIONS.get(field ?? 'split')!.help;
}

/** The number of epochs of the run. */
export function epochsOf(form: TrainForm): number {
  return form.epochs ?? resumedRun(form)?.epochs ?? TRAINING_DEFAULTS.epochs;
}

/** The form as Enter submits it: with the focused split, if one has the focus. */
export function submitted(form: TrainForm): TrainForm {
  return reduceForm(form, { type: 'choose' });
}

/** The options of the run that Enter starts. Undefined if no split is fetched, or if the network is missing. */
export function submittedOptions(current: TrainForm): (TrainOptions & { split: DatasetName }) | undefined {
  const form = submitted(current);
  const run = resumedRun(form);
  if (run) {
    // All other options are in the checkpoint.
    const more = form.epochs === null ? {} : { epochs: form.epochs };
    return { split: run.split, name: run.name, resume: true, ...more };
  }
  const split = form.splits[form.choice];
  if (!split) return undefined;
  if (lacksNetwork(form)) return undefined;
  const name = fieldText(form.name).trim();
  return { split, ...networkOptions(form), epochs: epochsOf(form), ...(name !== '' && { name }) };
}

export function reduceForm(form: TrainForm, action: TrainFormAction): TrainForm {
  switch (action.type) {
    case 'load':
      return load(form, action);
    case 'move':
    case 'choose':
    case 'tab': {
      const next = { ...form, ...reduceList(form, action, form.splits.length, visibleFields(form).length) };
      return settle(form, { ...next, typed: false, start: next.choice === form.choice ? form.start : undefined });
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
    case 'text': {
      const { text, name: key } = action.press;
      const field = focusedField(form) === 'network' ? 'network' : 'name';
      const added = field === 'network' && key === 'paste' ? pastedPath(text) : text;
      const value = text ? insertText(form[field], added) : editText(form[field], key);
      const entered = { ...form, [field]: value, start: undefined };
      return settle(form, reduceForm(entered, { type: 'focus', field }));
    }
  }
}

/** Chooses what the screen was opened for, as soon as it is known. After that, what was entered stays. */
function load(form: TrainForm, action: Extract<TrainFormAction, { type: 'load' }>): TrainForm {
  const { splits, known } = action;
  const { start } = form;
  // The status may have been read before the split was fetched.
  const isLoaded = form.isLoaded && (action.split === undefined || form.splits.includes(action.split));
  const field = focusedField(form);
  const from = known.models.some(({ name }) => name === form.from) ? form.from : null;
  let next: TrainForm = { ...form, splits, known, from, isLoaded: splits.length > 0 };
  if (!isLoaded) {
    const latest = action.split ? undefined : known.unfinished.find(({ holder }) => !holder);
    const run = known.unfinished.find(({ name }) => name === action.resume) ?? latest;
    const choice = Math.max(0, splits.indexOf(action.split ?? run?.split ?? splits[0]!));
    next = { ...next, choice, focus: choice, start: run?.name };
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
      return { ...form, architecture: NETWORKS.at(index % NETWORKS.length)!, start: undefined };
    }
    case 'from': {
      const choices = [null, ...models.map(({ name }) => name)];
      const index = choices.indexOf(form.from) + by;
      return { ...form, from: choices.at(index % choices.length)!, start: undefined };
    }
    case 'epochs':
      return { ...form, epochs: inRange(epochsOf(form) + by), typed: false };
    case 'resume': {
      const choices = [null, ...unfinished.map(({ name }) => name)];
      const index = choices.indexOf(resumedRun(form)?.name ?? null) + by;
      return { ...form, start: choices.at(index % choices.length) };
    }
    case 'network':
    case 'name':
    case undefined:
      return form;
  }
}

function inRange(epochs: number): number {
  return Math.min(EPOCHS.max, Math.max(EPOCHS.min, epochs));
}
