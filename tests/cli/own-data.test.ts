import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LABELS } from '../accuracy/characters.ts';
import { idx } from '../helpers/archive.ts';
import { characterImage, csv, glyphs, type Labeled, transposed, writeClasses } from '../helpers/own-data.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { ERROR_LINE, run, runJson, temporaryFolder } from './run.ts';

const home = await temporaryFolder(afterAll);
const at = (...names: string[]) => path.join(home, 'in', ...names);
beforeAll(async () => {
  await writeClasses(at('signs'), glyphs(['left', 'right', '⟳'], 40));
});

describe('a folder of pictures', () => {
  test('is taken over, trained on, evaluated, listed, and deleted', async () => {
    const fetched = await run(['fetch', '--from', at('signs'), '--name', 'signs'], { home });
    expect(fetched).toMatchObject({ code: 0 });
    expect(fetched.stdout).toBe(
      [
        `signs: 102 training and 18 test images, ${/, (\S+ kB)/.exec(fetched.stdout)![1]}`,
        '  3 classes: left 40, right 40, ⟳ 40.',
        '  A sixth of each class is held out as the test part.',
        '',
      ].join('\n'),
    );
    const options = ['--split', 'signs', '--architecture', 'cnn', '--epochs', '6', '--batch-size', '16'];
    const trained = await runJson(['train', ...options], { home });
    expect(trained.events[0]).toMatchObject({ event: 'start', split: 'signs', classes: 3, model: 'signs-cnn' });
    // By default, a model is evaluated on what it was trained on.
    const evaluated = await runJson(['evaluate'], { home });
    expect(evaluated.events.at(-1)).toMatchObject({ split: 'signs', model: 'signs-cnn', images: 18 });
    expect(evaluated.events.at(-1)!.accuracy).toBeGreaterThan(0.95);
    expect((await run(['doctor'], { home })).stdout).toMatch(/ok .+data set signs +102 training and 18 test images/);
    const models = await runJson(['models'], { home });
    expect(models.events).toContainEqual(expect.objectContaining({ name: 'signs-cnn', split: 'signs', classes: 3 }));
    const cleaned = await runJson(['clean', '--datasets', '--yes'], { home });
    expect(cleaned.events.at(-1)!.removed).toEqual([path.join(home, 'datasets', 'signs')]);
    for (const split of [['--split', 'signs'], []]) {
      const missing = await run(['evaluate', ...split], { home });
      expect(missing).toMatchObject({ code: 2, stdout: '' });
      expect(missing.stderr).toMatch(
        /there is no data set "signs" — choose one of balanced, .*--from FOLDER --name signs/,
      );
    }
  });
});

test('a CSV file of characters: labels, orientation, and counts are in the last event', async () => {
  const rows = LABELS.slice(10, 36).flatMap((label, index) =>
    Array.from({ length: 3 }, (_, hand): Labeled => [index, transposed(characterImage(label, hand))]),
  );
  await writeFile(at('letters.csv'), csv(rows));
  const { code, events } = await runJson(['fetch', '--from', at('letters.csv'), '--name', 'az'], { home });
  expect(code).toBe(0);
  expect(events.map(({ event }) => event)).toEqual(['start', ...events.slice(1, -1).map(() => 'progress'), 'end']);
  expect(events.at(-1)).toMatchObject({
    ...{ split: 'az', trainImages: 52, testImages: 26 },
    own: { format: 'csv', orientation: 'transposed', orientationFrom: 'detected', testPart: 'held-out' },
  });
  const evaluated = await runJson(['evaluate', '--split', 'az', '--part', 'train', '--model', 'shipped'], { home });
  expect(evaluated.events.at(-1)!.accuracy).toBeGreaterThan(0.8);
});

describe('what is wrong is said, and nothing is left', () => {
  test.each<[string, () => string[], number, RegExp]>([
    [
      'data without a name',
      () => ['--from', at('signs')],
      2,
      /is your own data, which needs a name — choose one with --name/,
    ],
    [
      'a name without data',
      () => ['--name', 'signs'],
      2,
      /needs a source — pass a folder or file with the data with --from/,
    ],
    [
      'a name with a split',
      () => ['--name', 'signs', '--split', 'mnist', '--from', at('signs')],
      2,
      /cannot be combined/,
    ],
    ['a reserved name', () => ['--name', 'mnist', '--from', at('signs')], 2, /"mnist" is reserved/],
    ['an invalid name', () => ['--name', 'a b', '--from', at('signs')], 2, /invalid data set name "a b"/],
    ['a URL', () => ['--name', 'x', '--from', 'https://example.org/data.csv'], 2, /must be on this machine/],
    [
      'a missing folder',
      () => ['--name', 'x', '--from', at('nowhere')],
      1,
      /no such file or folder .* — check the path/,
    ],
    ['one class', () => ['--name', 'x', '--from', at('signs', 'left')], 1, /has 40 pictures, but no folders/],
    ['a picture', () => ['--name', 'x', '--from', at('signs', 'left', '0.png')], 1, /which is not a data set/],
  ])('%s', async (_, options, code, message) => {
    const result = await run(['fetch', ...options()], { home });
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(`${result.stderr.trimEnd().split('\n').at(-1)}\n`).toMatch(ERROR_LINE);
    expect(await readdir(path.join(home, 'datasets')).catch(() => [])).not.toContain('x');
  });
});

describe('predict finds how an IDX file stores its images', () => {
  const images = ['2', '4', '5', '7', 'A', 'F', 'K', 'R', 'L', '3', 'Z', 'E'].map((label) => characterImage(label, 1));
  const read = async (rows: readonly Uint8Array[], options: string[] = []) => {
    await writeFile(at('images-idx3-ubyte'), idx([rows.length, 28, 28], Buffer.concat(rows)));
    const file = at('images-idx3-ubyte');
    return runJson(['predict', file, '--model', 'shipped', '--top', '1', ...options], { home });
  };
  test('upright', async () => {
    const { events } = await read(images);
    expect(events[0]).toMatchObject({ orientation: 'upright', orientationFrom: 'detected' });
    expect(events[4]).toMatchObject({ predictions: [{ label: 'A' }] });
    const { stderr } = await run(['predict', at('images-idx3-ubyte'), '--model', 'shipped'], { home });
    expect(stderr).toContain('the images are upright (detected)');
  });
  test('transposed', async () => {
    const { events } = await read(images.map(transposed));
    expect(events[0]).toMatchObject({ orientation: 'transposed', orientationFrom: 'detected' });
    expect(events[4]).toMatchObject({ predictions: [{ label: 'A' }] });
  });
  test('as given, and as in EMNIST if there are few', async () => {
    const given = await read(images, ['--orientation', 'transposed']);
    expect(given.events[0]).toMatchObject({ orientation: 'transposed', orientationFrom: 'given' });
    const few = await read(images.slice(0, 2));
    expect(few.events[0]).toMatchObject({ orientation: 'transposed', orientationFrom: 'assumed' });
  });
});

test('pictures that cannot be read are named', async () => {
  await writeClasses(at('some'), glyphs(['a', 'b'], 12));
  await writeFile(
    at('some', 'a', 'bad.png'),
    pngFile({ width: 28, height: 28, gray: new Uint8Array(784) }).subarray(0, 50),
  );
  const { stdout, code } = await run(['fetch', '--from', at('some'), '--name', 'some'], { home });
  expect(code).toBe(0);
  expect(stdout).toMatch(/Left out, because it cannot be read: 1 picture\.\n {4}a.bad\.png: /);
});
