import { describe, expect, test } from 'vitest';
import { OPTION_NAMES, type OptionName } from '../../src/tui/screens/train/train-option-values.ts';
import {
  changedOptions,
  defaultOption,
  invalidOptionName,
  NO_OPTIONS,
  type OptionsAction,
  type OptionsContext,
  type OptionsPage,
  optionProblem,
  reduceOptions,
} from '../../src/tui/screens/train/train-options.ts';

const VGG: OptionsContext = { architecture: 'vgg', startsFromModel: false, isResumed: false };
const RESUMED: OptionsContext = { ...VGG, isResumed: true };

const act = (page: OptionsPage, context: OptionsContext, ...actions: OptionsAction[]) =>
  actions.reduce((before, action) => reduceOptions(before, action, context), page);
const on = (focus: OptionName, page = NO_OPTIONS) => act(page, VGG, { type: 'open', focus });
const type = (text: string): OptionsAction[] => Array.from(text, (character) => ({ type: 'type', text: character }));
const right: OptionsAction = { type: 'change', by: 1 };
const left: OptionsAction = { type: 'change', by: -1 };

test('nothing is among the options unless it was changed', () => {
  expect(changedOptions(NO_OPTIONS.values, VGG)).toEqual({});
  expect(changedOptions(act(on('batchSize'), VGG, ...type('64')).values, VGG)).toEqual({ batchSize: 64 });
});

describe('Left and Right', () => {
  const value = (name: OptionName, ...actions: OptionsAction[]) => act(on(name), VGG, ...actions).values[name];

  test('go through sensible steps from the default on, and back to it', () => {
    expect(value('batchSize', right)).toBe('256');
    expect(value('batchSize', left)).toBe('64');
    expect(value('batchSize', right, left)).toBeUndefined();
    expect(value('augment', right)).toBe('0.8');
    expect(value('learningRate', left)).toBe('0.002');
    expect(value('seed', right)).toBe('2');
    expect(value('patience', right, right)).toBe('2');
  });

  test('go from a default in words to the first step, and back', () => {
    expect(value('limit', right)).toBe('1000');
    expect(value('limit', right, right, left, left)).toBeUndefined();
    expect(value('threads', right, right)).toBe('2');
    expect(value('threads', right, left)).toBeUndefined();
    expect(value('threads', left)).toBeUndefined();
  });

  test('stay within the limits', () => {
    const more = Array<OptionsAction>(50).fill(right);
    const less = Array<OptionsAction>(50).fill(left);
    for (const name of OPTION_NAMES) {
      for (const actions of [more, less]) {
        const { values } = act(on(name), VGG, ...actions);
        expect(optionProblem(name, values), name).toBeNull();
      }
    }
  });

  test('go from what was typed to the next step', () => {
    expect(act(on('batchSize'), VGG, ...type('300'), right).values.batchSize).toBe('512');
  });

  test('go from what is out of range to its end', () => {
    expect(act(on('augment'), VGG, ...type('7'), right).values.augment).toBe('2');
    expect(act(on('threads'), VGG, ...type('0'), left).values.threads).toBe('1');
  });

  test('choose among words', () => {
    expect(value('optimizer', right)).toBe('sgd');
    expect(value('optimizer', right, right)).toBeUndefined();
    expect(value('engine', right)).toBe('wasm');
  });
});

describe('typing', () => {
  test('replaces the value at first, and is then added to it', () => {
    const page = act(on('learningRate'), VGG, ...type('0.01'));
    expect(changedOptions(page.values, VGG)).toEqual({ learningRate: 0.01 });
    expect(act(page, VGG, ...type('5')).values.learningRate).toBe('0.015');
    const later = act(page, VGG, { type: 'move', by: 1 }, { type: 'move', by: -1 }, ...type('5'));
    expect(later.values.learningRate).toBe('5');
    expect(changedOptions(act(on('learningRate'), VGG, ...type('1e-3')).values, VGG)).toEqual({ learningRate: 0.001 });
  });

  test('Backspace deletes the last character; when none is left, the default is back', () => {
    const page = act(on('limit'), VGG, ...type('50'));
    expect(act(page, VGG, { type: 'backspace' }).values.limit).toBe('5');
    expect(act(page, VGG, { type: 'backspace' }, { type: 'backspace' }).values).toEqual({});
  });

  test('Del resets', () => {
    expect(act(on('limit'), VGG, ...type('50'), { type: 'reset' }).values).toEqual({});
  });

  test('does nothing where there are only words to choose from', () => {
    expect(act(on('schedule'), VGG, ...type('1')).values).toEqual({});
  });

  test.each([
    ['augment', '3', /0 to 2/],
    ['batchSize', '1.5', /whole number/],
    ['learningRate', '0', /above 0|greater/],
    ['limit', '0', /at least 1/],
    ['balance', '1e', /0 to 1/],
    ['threads', '-1', /from 1/],
  ] as const)('%s %s is invalid', (name, text, expected) => {
    const { values } = act(on(name), VGG, ...type(text));
    expect(optionProblem(name, values)).toMatch(expected);
    expect(invalidOptionName(values)).toBe(name);
  });
});

describe('defaults', () => {
  test('follow from the network, the optimizer, and the model to start from', () => {
    expect(defaultOption('augment', {}, VGG)).toBe('0.7');
    expect(defaultOption('augment', {}, { ...VGG, architecture: 'cnn' })).toBe('0');
    expect(defaultOption('learningRate', { optimizer: 'sgd' }, VGG)).toBe('0.05');
    expect(defaultOption('learningRate', {}, { ...VGG, startsFromModel: true })).toBe('0.001');
    expect(defaultOption('limit', {}, VGG)).toBe('all');
  });

  test('of a run that is resumed are those of its checkpoint; only where it is computed can be changed', () => {
    const limited = act(on('limit'), VGG, ...type('500')).values;
    const page = act({ ...NO_OPTIONS, values: limited, focus: 'threads' }, RESUMED, ...type('2'));
    expect(changedOptions(page.values, RESUMED)).toEqual({ threads: 2 });
    expect(act({ ...NO_OPTIONS, focus: 'seed' }, RESUMED, ...type('5'), right).values).toEqual({});
  });
});

test('the focus stays on the page', () => {
  const far = (by: number) => act(NO_OPTIONS, VGG, { type: 'move', by }).focus;
  expect([far(Number.POSITIVE_INFINITY), far(-1)]).toEqual(['threads', 'limit']);
});
