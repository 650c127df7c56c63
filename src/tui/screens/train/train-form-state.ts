import { describeOptions } from '../../../app/options/describe.ts';
import { type TrainOptions, trainOptions } from '../../../app/options/train.ts';
import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import type { EmnistError } from '../../../core/errors.ts';
import type { Architecture } from '../../../core/model/architectures.ts';
import { checkModelName } from '../../../core/model/model-store.ts';
import { architectureName, modelName, TRAINING_DEFAULTS } from '../../../core/training/training-run.ts';
import type { UnfinishedRun } from '../../../core/training/unfinished-runs.ts';
import { inputProblem } from '../../components/input-problem.ts';
import type { ListForm } from '../../components/list-form.ts';
import { fieldText, type TextField, textField } from '../../components/text-field.ts';
import { findOwn, type Known, type ModelEntry, NOTHING_KNOWN } from '../models/model-entry.ts';
import { changedOptions, NO_OPTIONS, type OptionsContext, type OptionsPage } from './train-options.ts';
import { type Preset, presetOf } from './train-presets.ts';

/**
 * The fields below the list of splits, from top to bottom. `network` exists only for a custom network, `from` only if
 * there is a model to start from, `resume` only if there is a run to resume.
 */
export type Field = 'architecture' | 'network' | 'epochs' | 'resume' | 'from' | 'name' | 'preset' | 'options';

/** The list of fetched splits, with the fields below it. */
export interface TrainForm extends ListForm {
  readonly splits: readonly DatasetName[];
  readonly architecture: Architecture | 'own';
  /** The file or model of a custom network. */
  readonly network: TextField;
  /** The model to start from, which also determines the network; null for random weights. */
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
  /** What `start` was before a name was entered, and is again once the name is deleted. */
  readonly unnamedStart: string | null | undefined;
  readonly options: OptionsPage;
  readonly known: Known;
  readonly isLoaded: boolean;
}

const OPTIONS = new Map(describeOptions(trainOptions).map((option) => [option.name, option]));

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
  unnamedStart: undefined,
  options: NO_OPTIONS,
  known: NOTHING_KNOWN,
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
export function trainedName(form: TrainForm): string {
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
  return inputProblem(() => checkModelName(trainedName(form)));
}

/** The fields that there are at the moment, from top to bottom. */
export function visibleFields(form: TrainForm): Field[] {
  return [
    'architecture',
    ...(asksForLayers(form) ? (['network'] as const) : []),
    'epochs',
    ...(form.known.unfinished.length > 0 ? (['resume'] as const) : []),
    ...(form.known.models.length > 0 ? (['from'] as const) : []),
    'name',
    'preset',
    'options',
  ];
}

/** The focused field; undefined on a row of the list. */
export function focusedField(form: TrainForm): Field | undefined {
  return visibleFields(form)[form.focus - form.splits.length];
}

/** Whether a field cannot be changed at the moment. */
export function isFixed(form: TrainForm, field: Field | undefined): boolean {
  const isNetwork = field === 'architecture' || field === 'preset';
  if (resumedRun(form)) return isNetwork || field === 'name' || field === 'from';
  return isNetwork && form.from !== null;
}

/** What the focused field, or the list of splits, is for. */
export function focusedHelp(form: TrainForm): string {
  const field = focusedField(form);
  if (isFixed(form, field)) {
    return resumedRun(form) ? 'Set by the run that is resumed' : 'Set by the model that the run starts from';
  }
  if (field === 'preset')
    return chosenPreset(form)?.help ?? 'Settings that go together. The current ones are not a preset';
  if (field === 'options') return 'More options, such as the recipe: Enter shows them';
  return OPTIONS.get(field ?? 'split')!.help;
}

/** The number of epochs of the run. */
export function epochsOf(form: TrainForm): number {
  return form.epochs ?? resumedRun(form)?.epochs ?? TRAINING_DEFAULTS.epochs;
}

/** The preset that the form has; undefined if its settings are none. */
export function chosenPreset(form: TrainForm): Preset | undefined {
  const { architecture, options } = form;
  return presetOf({ architecture, epochs: epochsOf(form), values: options.values });
}

/** What the defaults of the options follow from. */
export function optionsContext(form: TrainForm): OptionsContext {
  const architecture = givenNetwork(form) ?? form.architecture;
  return { architecture, startsFromModel: form.from !== null, isResumed: resumedRun(form) !== undefined };
}

/** The options of the run that was chosen. Undefined if no split is fetched, or if the network is missing. */
export function chosenOptions(form: TrainForm): (TrainOptions & { split: DatasetName }) | undefined {
  const run = resumedRun(form);
  const options = changedOptions(form.options.values, optionsContext(form));
  if (run) {
    // All other options are in the checkpoint.
    const more = form.epochs === null ? {} : { epochs: form.epochs };
    return { split: run.split, name: run.name, resume: true, ...more, ...options };
  }
  const split = form.splits[form.choice];
  if (!split) return undefined;
  if (lacksNetwork(form)) return undefined;
  const name = fieldText(form.name).trim();
  return { split, ...networkOptions(form), epochs: epochsOf(form), ...(name !== '' && { name }), ...options };
}
