import { count } from '../../app/format.ts';
import { describeOptions, type OptionDescription } from '../../app/options/describe.ts';
import { parseOptions } from '../../app/options/parse.ts';
import { type TrainOptions, trainOptions } from '../../app/options/train.ts';
import { isEmnistError } from '../../core/errors.ts';
import { RECIPE_FIELDS, type Recipe, recipeFor } from '../../core/model/recipe.ts';
import { TRAINING_DEFAULTS } from '../../core/training/training-run.ts';

/** The options of a training run that the form has on a page of their own, from top to bottom. */
export const OPTION_NAMES = [
  ...(['limit', 'seed', 'batchSize', 'learningRate', 'optimizer', 'schedule', 'weightDecay', 'augment'] as const),
  ...(['balance', 'labelSmoothing', 'reject', 'averaging', 'patience', 'engine', 'threads'] as const),
] as const satisfies (keyof TrainOptions)[];
export type OptionName = (typeof OPTION_NAMES)[number];

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

const DESCRIPTIONS = new Map(describeOptions(trainOptions).map((option) => [option.name, option]));

/** What an option is for and what it accepts. */
export function describeOption(name: OptionName): OptionDescription {
  return DESCRIPTIONS.get(name)!;
}

/** What Left and Right choose from, for options that are numbers. Anything else can be typed. */
const STEPS: { readonly [Name in OptionName]?: readonly number[] } = {
  limit: [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  batchSize: [8, 16, 32, 64, 128, 256, 512, 1024],
  learningRate: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1],
  weightDecay: [0, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1],
  augment: steps(0, 2, 10),
  balance: steps(0, 1, 10),
  labelSmoothing: steps(0, 0.3, 20),
  reject: [0, 0.05, 0.1, 0.12, 0.2, 0.3, 0.5, 1],
  averaging: [0, 0.9, 0.99, 0.995, 0.999, 0.9995, 0.9999],
};

/** The multiples of 1 / `perOne` in a range. */
function steps(from: number, to: number, perOne: number): number[] {
  return Array.from({ length: Math.round((to - from) * perOne) + 1 }, (_, index) => from + index / perOne);
}

/** Whether an option is set by what the run starts from or goes on with. */
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

/** The value of an option as it is shown, with separators in whole numbers. */
export function shownOption(name: OptionName, text: string): string {
  return describeOption(name).type === 'integer' && /^\d{1,15}$/.test(text) ? count(Number(text)) : text;
}

/** What an option accepts, if that is not what was entered; null if it is. */
export function optionProblem(name: OptionName, values: OptionValues): string | null {
  const text = values[name];
  if (text === undefined) return null;
  try {
    parseOptions(trainOptions, { [name]: parsed(name, text) });
    return null;
  } catch (error) {
    if (isEmnistError(error, 'usage')) return error.data.expected ?? error.message;
    throw error;
  }
}

/** The first option whose value is invalid; undefined if there is none. */
export function invalidOptionName(values: OptionValues): OptionName | undefined {
  return OPTION_NAMES.find((name) => optionProblem(name, values) !== null);
}

/** The changed options, of those that can be. */
export function changedOptions(values: OptionValues, context: OptionsContext): TrainOptions {
  const changed = OPTION_NAMES.filter((name) => values[name] !== undefined && !isFixedOption(name, context));
  return Object.fromEntries(changed.map((name) => [name, parsed(name, values[name]!)]));
}

/** A value as options have it; NaN for text that is no number. */
function parsed(name: OptionName, text: string): string | number {
  return describeOption(name).choices ? text : /^[\d.]/.test(text) ? Number(text) : Number.NaN;
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
      return set(stepped(focus, values, action.by, context), false);
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

/** The next or previous value of an option; undefined for its default. */
function stepped(name: OptionName, values: OptionValues, by: 1 | -1, context: OptionsContext): string | undefined {
  const { choices, min = 0, max = Number.MAX_SAFE_INTEGER } = describeOption(name);
  const fallback = defaultOption(name, values, context);
  const text = values[name] ?? fallback;
  if (choices) return choices.at((choices.indexOf(text) + by) % choices.length);
  const value = parsed(name, text);
  const list = STEPS[name];
  // A default in words comes before the first step.
  if (Number.isNaN(value)) return by === 1 ? String(list?.[0] ?? Math.max(1, min)) : undefined;
  const from = Number(value);
  const next = list
    ? by === 1
      ? list.find((step) => step > from + 1e-9)
      : list.findLast((step) => step < from - 1e-9)
    : from + by;
  // What is out of range goes to the end that is nearest.
  if (from > max || from < min) return String(from > max ? (list?.at(-1) ?? max) : (list?.[0] ?? min));
  const isBelow = next === undefined || next < min;
  if (by === -1 && isBelow && Number.isNaN(parsed(name, fallback))) return undefined;
  return next === undefined || next < min || next > max ? text : String(Number(next.toPrecision(12)));
}
