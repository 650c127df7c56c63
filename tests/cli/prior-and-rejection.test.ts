import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hintFor } from '../../src/app/hints.ts';
import { describePrediction } from '../../src/cli/render/predict.ts';
import type { Style } from '../../src/cli/render/style.ts';
import { EmnistError, type ErrorData } from '../../src/core/errors.ts';
import { outputCount } from '../../src/core/model/model.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import type { Prediction } from '../../src/core/prediction.ts';
import { LIBRARY_HINTS } from '../../src/library/hints.ts';
import { APP_HINTS } from '../../src/tui/hints.ts';
import { installDatasets } from '../helpers/archive.ts';
import { biasedModel } from '../helpers/biased-model.ts';
import { csv, glyphs, takeOverAll } from '../helpers/own-data.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

const DRAWING = '{"strokes":[[[5,0],[5,20]]]}\n';
/** C, N, and Y stand for both of their cases. */
const LABELS = [...'17CNY'];

const home = await temporaryFolder(afterAll);
beforeAll(async () => {
  const paths = resolvePaths(home);
  // Of 1, 7, C, N, Y, and no character.
  const probabilities = [0.1, 0.1, 0.2, 0.2, 0.2, 0.2];
  await saveModel(biasedModel('undecided', LABELS, probabilities.map(Math.log)), paths);
  const unsure = [0.01, 0.02, 0.07, 0.1, 0.1, 0.7];
  await saveModel(biasedModel('unsure', LABELS, unsure.map(Math.log)), paths);
  await saveModel(biasedModel('sure', LABELS, probabilities.slice(0, 5).map(Math.log)), paths);
  await mkdir(path.join(home, 'folder'));
});

const predict = (model: string, ...args: string[]) =>
  runJson(['predict', '-', '--model', model, ...args], { home, cwd: home, input: DRAWING });

/** The answers of a model that finds all characters equally likely, in percent, by label. */
async function answers(...args: string[]): Promise<Record<string, number>> {
  const { code, events } = await predict('undecided', ...args);
  expect(code).toBe(0);
  expect(events).toMatchObject([{ event: 'prediction', noCharacter: expect.closeTo(0.2, 6) }]);
  const predictions = events[0]!.predictions as Prediction[];
  return Object.fromEntries(predictions.map(({ label, probability }) => [label, Math.round(1000 * probability) / 10]));
}

describe('predict --prior', () => {
  test('is uniform unless something else is said', async () => {
    const uniform = { C: 20, N: 20, Y: 20, 1: 10, 7: 10 };
    expect(await answers()).toEqual(uniform);
    expect(await answers('--prior', 'uniform')).toEqual(uniform);
  });

  test('may be that of forms', async () => {
    const { 1: one, 7: seven, C, N, Y } = await answers('--prior', 'forms');
    expect(one).toBeGreaterThan(C!);
    expect(seven! / one!).toBeCloseTo(545 / 564, 1);
    // N and n have 244 of 10,000, Y and y 96.
    expect(N! / Y!).toBeCloseTo(244 / 96, 1);
  });

  test('may be a file, in which characters that are left out do not occur', async () => {
    await writeFile(path.join(home, 'prior.json'), '\uFEFF{"Y": 3, "N": 1, "?": 5, "1": 0}');
    expect(await answers('--prior', 'prior.json')).toEqual({ Y: 60, N: 20 });
    expect(await answers('--prior', 'prior.json', '--characters', 'ny')).toEqual({ y: 60, n: 20 });
  });

  test('leaves a model that cannot reject without noCharacter', async () => {
    const [event] = (await predict('sure', '--prior', 'forms')).events;
    expect(event).toMatchObject({ event: 'prediction' });
    expect(event).not.toHaveProperty('noCharacter');
  });

  test.each<[file: string, contents: string | null, code: string, message: RegExp, hint: RegExp]>([
    ['form', null, 'file-missing', /form: no such file/, /^check the path, or use uniform or forms$/],
    ['folder', null, 'file-is-folder', /folder/, /--prior/],
    ['text.json', 'Y: 3', 'prior-invalid', /text\.json is not JSON/, /write a JSON object/],
    ['list.json', '[3, 1]', 'prior-invalid', /list\.json is not an object of frequencies/, /write a JSON object/],
    ['negative.json', '{"Y": 3, "N": -1}', 'prior-invalid', /at least 0 \(see "N"\)/, /write a JSON object/],
    ['words.json', '{"Y": "often"}', 'prior-invalid', /at least 0 \(see "Y"\)/, /write a JSON object/],
    ['infinite.json', '{"Y": 1e999}', 'prior-invalid', /at least 0 \(see "Y"\)/, /write a JSON object/],
    ['empty.json', '{}', 'prior-invalid', /none of 17CNY has a frequency above 0/, /gives at least one of 17CNY/],
    ['zero.json', '{"Y": 0}', 'prior-invalid', /none of 17CNY has a frequency above 0/, /gives at least one of 17CNY/],
    [
      'others.json',
      '{"?": 1}',
      'prior-invalid',
      /none of 17CNY has a frequency above 0/,
      /gives at least one of 17CNY/,
    ],
    ['large.json', ' '.repeat(1_000_001), 'prior-invalid', /larger than 1 MB/, /write a JSON object/],
  ])('that cannot be used is an error: %s', async (file, contents, code, message, hint) => {
    if (contents !== null) await writeFile(path.join(home, file), contents);
    const { code: exit, events, stderr } = await predict('undecided', '--prior', file);
    expect(exit).toBe(1);
    expect(events).toMatchObject([
      { event: 'error', code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    ]);
    expect(stderr).toMatch(ERROR_LINE);
  });

  test('without a value is a wrong command line', async () => {
    const { code } = await run(['predict', '-', '--prior', ''], { home, input: DRAWING });
    expect(code).toBe(2);
  });
});

describe('what is probably no character', () => {
  test('has a probability as JSON', async () => {
    const { events } = await predict('unsure');
    expect(events).toMatchObject([{ event: 'prediction', noCharacter: expect.closeTo(0.7, 6) }]);
  });

  test('is not shown as an answer', async () => {
    const args = ['predict', '-', '--top', '2', '--model'];
    const shown = async (model: string) => (await run([...args, model], { home, input: DRAWING })).stdout;
    expect(await shown('unsure')).toBe('- 0  not sure (N 10.0%  Y 10.0%)\n');
    expect(await shown('undecided')).toBe('- 0  C 20.0%  N 20.0%\n');
  });

  test('has no answer in bold on a terminal', () => {
    const style: Style = {
      columns: 80,
      isTerminal: true,
      unicode: true,
      bar: () => '',
      paint: (format, text) => `<${format}>${text}</>`,
    };
    const shown = (noCharacter?: number) => {
      const predictions = [{ label: 'A', probability: 0.25 }];
      return describePrediction(
        { event: 'prediction', source: 'a.png', index: 0, model: 'm', predictions, noCharacter },
        style,
      );
    };
    expect(shown(0.5)).toEqual({ result: 'a.png 0  <bold>not sure</> (A 25.0%)' });
    for (const noCharacter of [undefined, 0.49]) {
      expect(shown(noCharacter)).toEqual({ result: 'a.png 0  <bold>A 25.0%</>' });
    }
  });
});

describe('--characters', () => {
  test('uppercase and lowercase restrict predictions, and show merged classes in that case', async () => {
    expect(await answers('--characters', 'lowercase')).toEqual({ c: 26.7, n: 26.7, y: 26.7 });
    expect(await answers('--characters', 'uppercase')).toEqual({ C: 26.7, N: 26.7, Y: 26.7 });
  });

  test('uppercase evaluates images of capitals alone', async () => {
    await installDatasets(resolvePaths(home), { byclass: { train: 62, test: 124 } });
    const args = ['evaluate', '--split', 'byclass', '--model', 'undecided', '--characters'];
    const evaluated = async (characters: string) => (await runJson([...args, characters], { home })).events.at(-1);
    expect(await evaluated('uppercase')).toMatchObject({ event: 'end', images: 52, restrictedTo: 'CNY' });
    expect(await evaluated('lowercase')).toMatchObject({ event: 'end', images: 52, restrictedTo: 'cny' });
  });
});

describe('train --reject', () => {
  const labels = Array.from({ length: 256 }, (_, index) => String(index));

  test('needs an output beside those of the classes', () => {
    expect(outputCount(labels)).toBe(256);
    expect(outputCount(labels.slice(1), 0.1)).toBe(256);
    expect(() => outputCount(labels, 0.1)).toThrow(EmnistError);
  });

  test('is refused with as many classes as there can be outputs', async () => {
    const source = path.join(home, 'many.csv');
    await writeFile(source, csv(glyphs(labels, 2)));
    await takeOverAll({ from: source, name: 'many', paths: resolvePaths(home), orientation: 'upright' });
    const args = ['train', '--split', 'many', '--epochs', '1', '--architecture', 'cnn', '--reject', '0.1'];
    const { code, events } = await runJson(args, { home });
    expect(code).toBe(2);
    expect(events).toMatchObject([
      {
        event: 'error',
        code: 'usage',
        message: 'invalid --reject "0.1" (256 classes leave no room for an output for no character)',
        hint: 'use 0 with more than 255 classes',
      },
    ]);
    const error = new EmnistError('usage', '', events[0]!.data as ErrorData['usage']);
    expect(hintFor(APP_HINTS, error)).toBe('press r, then change Reject: use 0 with more than 255 classes');
    expect(hintFor(LIBRARY_HINTS, error)).toBe('pass 0 with more than 255 classes as `reject`');
  });
});
