import { parseOptions } from '../../../app/options/parse.ts';
import { type TrainOptions, trainOptions } from '../../../app/options/train.ts';
import { isEmnistError } from '../../../core/errors.ts';
import { RECIPE_FIELDS, type Recipe, recipeFor } from '../../../core/model/recipe.ts';
import { TRAINING_DEFAULTS } from '../../../core/training/training-run.ts';
import { describeOption, OPTION_NAMES, type OptionName, optionValue, steppedOption } from './train-option-values.ts';

/** Where a run is computed: what a run that is resumed can change, and what presets leave alone. */
const WHERE: readonly OptionName[] = ['engine', 'threads'];
const NOT_IN_PRESETS: readonly OptionName[] = [...WHERE, 'seed'];

/** The values that were changed, as they were typed. */
export type OptionValues = { readonly [Name in OptionName]?: string };

/** The page of options. */
export interface OptionsPage {
  readonly isOpen: boolean;
  readonly focus: OptionName;
  readonly values: OptionValues;
  /** Something was typed since the option got the focus: what is typed first replaces the value. */
  readonly isTyped: boolean;
}

export type OptionsAction =
  | { type: 'open'; focus?: OptionName }
  | { type: 'close' }
  /** `by` rows; infinitely many for the first or last one. */
  | { type: 'move'; by: number }
  | { type: 'change'; by: 1 | -1 }
  | { type: 'type'; text: string }
  | { type: 'backspace' }
  | { type: 'reset' };

/** What the defaults of options follow from, and whether they can be changed. */
export interface OptionsContext {
  /** The architecture, or the name of a network of one's own. */
  readonly architecture: string;
  readonly startsFromModel: boolean;
  /** A checkpoint has most options. */
  readonly isResumed: boolean;
}

export const NO_OPTIONS: OptionsPage = { isOpen: false, focus: OPTION_NAMES[0], values: {}, isTyped: false };

/** Whether an option is set by the run that is resumed. */
export function isFixedOption(name: OptionName, { isResumed }: OptionsContext): boolean {
  return isResumed && !WHERE.includes(name);
}

/** The default of an option as text. */
export function defaultOption(name: OptionName, values: OptionValues, context: OptionsContext): string {
  if (isFixedOption(name, context)) return 'as before';
  if (name === 'optimizer') return recipeOf({}, context).optimizer;
  if (isRecipeField(name)) return String(recipeOf(values, context)[name]);
  if (name === 'batchSize') return String(TRAINING_DEFAULTS.batchSize);
  if (name === 'seed') return context.startsFromModel ? 'that of the model' : String(TRAINING_DEFAULTS.seed);
  const { default: fallback, defaultText = '' } = describeOption(name);
  return fallback === undefined ? defaultText : String(fallback);
}

function isRecipeField(name: OptionName): name is OptionName & keyof Recipe {
  return (RECIPE_FIELDS as readonly string[]).includes(name);
}

function recipeOf(values: OptionValues, { architecture, startsFromModel }: OptionsContext): Recipe {
  const optimizer = values.optimizer as Recipe['optimizer'] | undefined;
  return recipeFor(architecture, { ...(optimizer && { optimizer }) }, startsFromModel);
}

/** What an option accepts, if that is not what was entered; null if it is. */
export function optionProblem(name: OptionName, values: OptionValues): string | null {
  const text = values[name];
  if (text === undefined) return null;
  try {
    parseOptions(trainOptions, { [name]: optionValue(name, text) });
    return null;
  } catch (error) {
    if (isEmnistError(error, 'usage')) return error.data.expected ?? error.message;
    throw error;
  }
}

/** The first option with an invalid value; undefined if there is none. */
export function invalidOptionName(values: OptionValues): OptionName | undefined {
  return OPTION_NAMES.find((name) => optionProblem(name, values) !== null);
}

/** The changed options, of those that can be. */
export function changedOptions(values: OptionValues, context: OptionsContext): TrainOptions {
  const changed = OPTION_NAMES.filter((name) => values[name] !== undefined && !isFixedOption(name, context));
  return Object.fromEntries(changed.map((name) => [name, optionValue(name, values[name]!)]));
}

/** The options that presets choose, as text. */
export function presetValues(values: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !NOT_IN_PRESETS.includes(name as OptionName)));
}

/** The values with those that presets choose replaced. */
export function withPresetValues(values: OptionValues, preset: OptionValues): OptionValues {
  const kept = Object.entries(values).filter(([name]) => NOT_IN_PRESETS.includes(name as OptionName));
  return { ...Object.fromEntries(kept), ...preset };
}

export function reduceOptions(page: OptionsPage, action: OptionsAction, context: OptionsContext): OptionsPage {
  const { focus, values, isTyped } = page;
  const set = (text: string | undefined, typed: boolean): OptionsPage => {
    if (isFixedOption(focus, context)) return page;
    const { [focus]: _, ...others } = values;
    const isDefault = text === undefined || (!typed && text === defaultOption(focus, values, context));
    return { ...page, isTyped: typed, values: isDefault ? others : { ...others, [focus]: text } };
  };
  switch (action.type) {
    case 'open':
      return { ...page, isOpen: true, isTyped: false, focus: action.focus ?? focus };
    case 'close':
      return { ...page, isOpen: false, isTyped: false };
    case 'move': {
      const row = OPTION_NAMES.indexOf(focus) + action.by;
      const last = OPTION_NAMES.length - 1;
      return { ...page, isTyped: false, focus: OPTION_NAMES[Math.min(last, Math.max(0, row))]! };
    }
    case 'change':
      return set(steppedOption(focus, values[focus], defaultOption(focus, values, context), action.by), false);
    case 'type':
      if (describeOption(focus).choices) return page;
      return set((isTyped ? (values[focus] ?? '') : '') + action.text, true);
    case 'backspace': {
      const text = (values[focus] ?? '').slice(0, -1);
      return set(text === '' ? undefined : text, text !== '');
    }
    case 'reset':
      return set(undefined, false);
  }
}
