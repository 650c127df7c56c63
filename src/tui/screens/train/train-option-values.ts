import { count } from '../../../app/format.ts';
import { describeOptions, type OptionDescription } from '../../../app/options/describe.ts';
import { type TrainOptions, trainOptions } from '../../../app/options/train.ts';

/** The options of a training run that the form has on a page of their own, from top to bottom. */
export const OPTION_NAMES = [
  ...(['limit', 'seed', 'batchSize', 'learningRate', 'optimizer', 'schedule', 'weightDecay', 'augment'] as const),
  ...(['balance', 'labelSmoothing', 'reject', 'averaging', 'patience', 'engine', 'threads'] as const),
] as const satisfies (keyof TrainOptions)[];
export type OptionName = (typeof OPTION_NAMES)[number];

const DESCRIPTIONS = new Map(describeOptions(trainOptions).map((option) => [option.name, option]));

/** What an option is for and what it accepts. */
export function describeOption(name: OptionName): OptionDescription {
  return DESCRIPTIONS.get(name)!;
}

/** The value of an option as options have it; NaN for text that is no number. */
export function optionValue(name: OptionName, text: string): string | number {
  return describeOption(name).choices ? text : /^[\d.]/.test(text) ? Number(text) : Number.NaN;
}

/** The value of an option as it is shown, with separators in whole numbers. */
export function shownOption(name: OptionName, text: string): string {
  return describeOption(name).type === 'integer' && /^\d{1,15}$/.test(text) ? count(Number(text)) : text;
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

/**
 * The next or previous value of an option; undefined for its default.
 *
 * @param entered the value that was entered, if one was
 * @param fallback the default, which may be words
 */
export function steppedOption(
  name: OptionName,
  entered: string | undefined,
  fallback: string,
  by: 1 | -1,
): string | undefined {
  const { choices, min = 0, max = Number.MAX_SAFE_INTEGER } = describeOption(name);
  const text = entered ?? fallback;
  if (choices) return choices.at((choices.indexOf(text) + by) % choices.length);
  const value = optionValue(name, text);
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
  if (by === -1 && isBelow && Number.isNaN(optionValue(name, fallback))) return undefined;
  return next === undefined || next < min || next > max ? text : String(Number(next.toPrecision(12)));
}
