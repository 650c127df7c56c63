import { homedir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type CommandName } from '../../../src/app/options/commands.ts';
import { describeOptions } from '../../../src/app/options/describe.ts';
import { globalOptions } from '../../../src/app/options/global.ts';
import { parseOptions } from '../../../src/app/options/parse.ts';
import type { EmnistError } from '../../../src/core/errors.ts';

function refusal(command: CommandName, options: unknown): Partial<EmnistError> {
  try {
    parseOptions(COMMANDS[command].options, options as never);
  } catch (error) {
    return error as EmnistError;
  }
  return expect.unreachable('the options were accepted');
}

describe('invalid options are refused', () => {
  test.each<[command: CommandName, options: object, expected: string]>([
    ['train', { epochs: 0 }, 'a whole number from 1 to 10000'],
    ['train', { epochs: 1.5 }, 'a whole number from 1 to 10000'],
    ['train', { batchSize: '32' }, 'a whole number from 1 to 8192'],
    ['train', { threads: 65 }, 'a whole number from 1 to 64'],
    ['train', { seed: -1 }, 'a whole number from 0 to 4294967295'],
    ['train', { limit: 0 }, 'a whole number of at least 1'],
    ['train', { learningRate: 0 }, 'a number above 0, at most 100'],
    ['train', { augment: 2.1 }, 'a number from 0 to 2'],
    ['train', { augment: Number.NaN }, 'a number from 0 to 2'],
    ['train', { optimizer: 'lion' }, 'one of adam, sgd'],
    ['train', { resume: 'yes' }, 'true or false'],
    ['train', { reject: 1.5 }, 'a number from 0 to 1'],
    ['train', { strokes: 3 }, 'a file or a list of files'],
    ['train', { strokes: ['a', 3] }, 'a value that is not empty'],
    ['train', { strokes: ' ' }, 'a value that is not empty'],
    ['train', { name: ' ' }, 'a value that is not empty'],
    ['fetch', { splits: 'digits' }, 'a list of splits'],
    ['fetch', { splits: ['all'] }, 'one of balanced, byclass, bymerge, letters, digits, mnist'],
    ['predict', { files: ['a'], top: 0 }, 'a whole number of at least 1'],
    ['predict', {}, 'a list of files'],
    ['draw', { port: -1 }, 'a whole number from 0 to 65535'],
    ['draw', { port: 65_536 }, 'a whole number from 0 to 65535'],
    ['draw', { port: Number.NaN }, 'a whole number from 0 to 65535'],
    ['draw', { host: '' }, 'a value that is not empty'],
    ['export', {}, 'one of tfjs, keras, h5, onnx, safetensors'],
    ['import', {}, 'the name of a file'],
  ])('%s %j', (command, options, expected) => {
    const [option = expect.anything()] = Object.keys(options).slice(-1);
    expect(refusal(command, options)).toMatchObject({ code: 'usage', data: { option, expected } });
  });

  test.each<[command: CommandName, options: object, option: string, conflict: string]>([
    ['evaluate', { strokes: 'a.jsonl', split: 'mnist' }, 'strokes', 'split'],
    ['evaluate', { strokes: 'a.jsonl', prior: 'split' }, 'strokes', 'prior'],
    ['fetch', { splits: ['digits'], split: 'mnist' }, 'splits', 'split'],
    ['import', { file: 'a.h5', transposed: true, upright: true }, 'transposed', 'upright'],
  ])('%s %j: a conflict', (command, options, option, conflict) => {
    expect(refusal(command, options)).toMatchObject({ code: 'usage', data: { option, conflict } });
  });

  test('an option without the one that it belongs to', () => {
    expect(refusal('predict', { files: ['a.png'], lexicon: 'none' })).toMatchObject({
      code: 'usage',
      data: { option: 'lexicon', requires: 'text' },
    });
  });

  test('anything but an object', () => {
    expect(refusal('train', 'balanced')).toMatchObject({ code: 'usage' });
  });
});

test('defaults are filled in, except where they depend on something', () => {
  expect(parseOptions(COMMANDS.evaluate.options, {})).toEqual({
    part: 'test',
    characters: 'all',
    prior: 'split',
    force: false,
  });
  expect(parseOptions(COMMANDS.train.options, { epochs: 3 })).toEqual({
    epochs: 3,
    engine: 'auto',
    resume: false,
    overwrite: false,
  });
});

const PATHS = Object.entries({ ...COMMANDS, 'every command': { options: globalOptions } }).flatMap(
  ([command, { options }]) =>
    describeOptions(options)
      .filter(({ completes }) => completes)
      .map(({ name, type }) => ({ command, name, entry: options.entries[name as never] as v.GenericSchema, type })),
);

describe('~ is the home folder in every option that is a path', () => {
  test('there are such options', () => {
    expect(PATHS.map(({ name }) => name)).toEqual(expect.arrayContaining(['dataDir', 'files', 'from', 'model', 'out']));
  });

  test.each(PATHS)('$command: $name', ({ entry, type }) => {
    const value = (text: string) => (type === 'list' ? [text] : text);
    expect(v.parse(entry, value('~/x'))).toEqual(value(path.join(homedir(), 'x')));
    expect(v.parse(entry, value('./~/x'))).toEqual(value('./~/x'));
    expect(v.safeParse(entry, value('~ada/x')).issues?.[0]?.message).toMatch(/a full path/);
  });
});
