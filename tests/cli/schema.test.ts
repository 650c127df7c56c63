import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENT_SCHEMAS } from '../../src/app/event-schemas.ts';
import { COMMANDS, type CommandName } from '../../src/app/options/commands.ts';
import { parseOptions } from '../../src/app/options/parse.ts';
import { EmnistError } from '../../src/core/errors.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { type ProgramEvent, run, runJson, start, temporaryFolder } from './run.ts';

const STROKES = '{"strokes":[[[0,0],[0,9]]],"label":"1"}\n{"strokes":[[[0,0],[9,0],[3,9]]],"label":"7"}\n';

const home = await temporaryFolder(afterAll);
let archive: string;
let strokes: string;
let isEvent: (command: string, event: unknown) => boolean;
let isOptions: (options: unknown) => boolean;

beforeAll(async () => {
  archive = await installDatasets(resolvePaths(home), { digits: { train: 300, test: 40 } });
  strokes = path.join(home, 'drawings.jsonl');
  await writeFile(strokes, STROKES);
  const [events, options] = await Promise.all([printedSchema(), printedSchema('--options')]);
  const ajv = new Ajv2020({ strict: true, strictRequired: false }).addSchema(events, 'events');
  isEvent = (command, event) => ajv.getSchema(`events#/$defs/${command}`)!(event) as boolean;
  isOptions = ajv.compile(options);
});

async function printedSchema(...args: string[]): Promise<object> {
  const { code, stdout, stderr } = await run(['schema', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('the JSON Schema of events matches the output of', () => {
  // Later commands use what earlier ones wrote. `runJson` validates the events, too.
  test.each<[command: CommandName, expected: string[], args: () => string[]]>([
    ['fetch', ['start', 'progress', 'end'], () => ['--split', 'digits', '--from', archive, '--data-dir', `${home}/2`]],
    [
      'train',
      ['start', 'batch', 'epoch', 'end'],
      () => ['--split', 'digits', '--architecture', 'cnn', '--epochs', '1'],
    ],
    ['evaluate', ['start', 'progress', 'end'], () => ['--split', 'digits']],
    ['evaluate', ['start', 'progress', 'end'], () => ['--strokes', strokes]],
    ['evaluate', ['error'], () => ['--strokes', `${home}/none`]],
    ['predict', ['prediction'], () => [strokes]],
    ['samples', ['end'], () => ['--import', strokes]],
    ['models', ['model', 'end'], () => []],
    ['export', ['end'], () => ['--format', 'h5', '--out', `${home}/model.h5`]],
    ['import', ['end'], () => [`${home}/model.h5`, '--name', 'imported']],
    ['clean', ['end'], () => ['--all', '--dry-run']],
    ['doctor', ['check', 'end'], () => []],
    ['schema', ['end'], () => []],
    ['completion', ['end'], () => ['zsh']],
  ])('%s: %j', async (command, expected, args) => {
    const { events, stderr } = await runJson([command, ...args()], { home });
    // Whether there are `validation` events depends on the time that validation takes.
    const names = events.map(({ event }) => event).filter((name) => name !== 'validation');
    expect(new Set(names), stderr).toEqual(new Set(expected));
    for (const event of events) checkStrictness(event.event === 'error' ? 'error' : command, event);
  });

  test('draw', async () => {
    const program = start(['draw', '--no-open', '--json'], { home });
    checkStrictness('draw', await program.event('listening'));
  });

  /** The schema allows the event, but no unknown field, no missing one, and no wrong type. */
  function checkStrictness(command: string, event: ProgramEvent): void {
    expect(isEvent(command, event)).toBe(true);
    expect(isEvent(command, { ...event, surprise: 1 })).toBe(false);
    const [field] = Object.keys(event).filter((name) => name !== 'event');
    expect(isEvent(command, { ...event, [field!]: undefined })).toBe(false);
    expect(isEvent(command, { ...event, [field!]: { nonsense: true } })).toBe(field === 'schema');
  }
});

test('every command has a schema of its events', () => {
  expect(Object.keys(EVENT_SCHEMAS)).toEqual(Object.keys(COMMANDS));
});

describe('the JSON Schema of options accepts what the program accepts', () => {
  test.each<[command: CommandName, options: object, isAllowed: boolean]>([
    ['train', {}, true],
    ['train', { epochs: 1, batchSize: 8192, learningRate: 0.001, augment: 2, resume: true }, true],
    ['train', { epochs: 0 }, false],
    ['train', { epochs: 1.5 }, false],
    ['train', { epochs: '3' }, false],
    ['train', { learningRate: 0 }, false],
    ['train', { labelSmoothing: 0.95 }, false],
    ['train', { architecture: 'resnet' }, false],
    ['train', { name: ' ' }, false],
    ['fetch', { split: 'all', whole: true }, true],
    ['fetch', { splits: ['digits', 'mnist'] }, true],
    ['fetch', { splits: ['all'] }, false],
    ['fetch', { splits: ['digits'], split: 'mnist' }, false],
    ['evaluate', { strokes: 'a.jsonl', limit: 5 }, true],
    ['evaluate', { strokes: 'a.jsonl', part: 'train' }, false],
    ['predict', { files: ['a.png'], top: 1 }, true],
    ['predict', { top: 1 }, false],
    ['predict', { files: ['a.png'], lexicon: 'none' }, false],
    ['predict', { files: ['a.png'], lexicon: 'none', text: true }, true],
    ['predict', { files: ['a.png'], lexicon: 'english' }, true],
    ['predict', { files: ['a.png'], text: true, model: 'own' }, false],
    ['draw', { port: 65_535, open: false }, true],
    ['draw', { port: -1 }, false],
    ['export', {}, false],
    ['import', { file: 'a.h5', transposed: true, upright: false }, true],
    ['import', { file: 'a.h5', transposed: true, upright: true }, false],
    ['clean', { dryRun: true }, true],
    ['completion', { shell: 'tcsh' }, false],
  ])('%s %j: %j', (command, options, isAllowed) => {
    expect(isOptions({ [command]: options })).toBe(isAllowed);
    const parse = () => parseOptions(COMMANDS[command].options, options as never);
    if (isAllowed) expect(parse()).toMatchObject(options);
    else expect(parse).toThrow(EmnistError);
  });

  test('unknown options are refused', () => {
    expect(isOptions({ train: { epoch: 3 } })).toBe(false);
  });

  test('the defaults are valid', () => {
    for (const [name, { options }] of Object.entries(COMMANDS)) {
      const requiredOptions = {
        predict: { files: ['a'] },
        export: { format: 'h5' },
        import: { file: 'a' },
        completion: { shell: 'zsh' },
      };
      const minimal = requiredOptions[name as keyof typeof requiredOptions] ?? {};
      const defaults = Object.entries(v.parse(options, minimal)).filter(([, value]) => value !== undefined);
      expect(isOptions({ [name]: Object.fromEntries(defaults) })).toBe(true);
    }
  });
});
