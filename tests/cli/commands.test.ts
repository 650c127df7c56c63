import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { glyphImage, installDatasets } from '../helpers/archive.ts';
import { type ProgramEvent, run, runJson, temporaryFolder } from './run.ts';

const COUNTS = { digits: { train: 600, test: 100 }, letters: { train: 520, test: 130 } };

const folder = await temporaryFolder(afterAll);
let archive: string;
/** Contains the data sets and a model for digits. */
let home: string;
let trained: ProgramEvent[];

beforeAll(async () => {
  home = path.join(folder, 'home');
  archive = await installDatasets(resolvePaths(home), COUNTS);
  const args = ['--split', 'digits', '--architecture', 'cnn', '--epochs', '3', '--batch-size', '32', '--seed', '7'];
  const { code, events, stderr } = await runJson(['train', ...args], { home });
  expect(code, stderr).toBe(0);
  trained = events;
});

describe('fetch', () => {
  test('fetches a split from an archive and reports it', async () => {
    const empty = await temporaryFolder();
    const { code, events } = await runJson(['fetch', '--split', 'digits', '--from', archive], { home: empty });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ event: 'start', split: 'digits' });
    expect(events).toContainEqual(expect.objectContaining({ event: 'progress', bytes: expect.any(Number) }));
    expect(events.at(-1)).toMatchObject({ event: 'end', split: 'digits', trainImages: 600, testImages: 100 });
    expect(await readdir(path.join(empty, 'datasets'))).toEqual(['digits']);
  });

  test('--data-dir overrides EMNIST_TUI_HOME; results go to stdout, the rest to stderr', async () => {
    const [chosen, other] = [await temporaryFolder(), await temporaryFolder()];
    const args = ['fetch', '--split', 'letters', '--from', archive, '--data-dir', chosen];
    const { code, stdout, stderr } = await run(args, { home: other });
    expect(code).toBe(0);
    expect(stdout).toBe(`letters: 520 training and 130 test images, ${stdout.split(', ').at(-1)}`);
    expect(stderr).toContain(`Fetching letters from ${archive}`);
    expect(await readdir(other)).toEqual([]);
    await access(path.join(chosen, 'datasets/letters/dataset.json'));
  });

  test('--quiet leaves stderr empty', async () => {
    const result = await run(['fetch', '--quiet', '--split', 'digits', '--from', archive], {
      home: await temporaryFolder(),
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^digits: /);
  });
});

describe('train', () => {
  test('its events are complete, and the model has learned', () => {
    const names = trained.map(({ event }) => event);
    expect(names[0]).toBe('start');
    expect(names.at(-1)).toBe('end');
    // The number of `validation` events depends on timing.
    expect(new Set(names.filter((name) => name !== 'validation'))).toEqual(new Set(['start', 'batch', 'epoch', 'end']));
    const start = {
      split: 'digits',
      architecture: 'cnn',
      engine: 'wasm',
      classes: 10,
      trainImages: 540,
      validationImages: 60,
    };
    expect(trained[0]).toMatchObject(start);
    const epochs = trained.filter(({ event }) => event === 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(epochs[2]!.loss).toBeLessThan((epochs[0]!.loss as number) / 2);
    const end = {
      reason: 'completed',
      model: 'digits-cnn',
      epochs: 3,
      validationAccuracy: epochs[2]!.validationAccuracy,
    };
    expect(trained.at(-1)).toMatchObject(end);
    expect(end.validationAccuracy).toBeGreaterThan(0.8);
  });

  test('--strokes can be given several times, and --reject makes a model that rejects', async () => {
    const own = await temporaryFolder();
    await run(['fetch', '--split', 'digits', '--from', archive], { home: own });
    const files = ['1', 'X'].map((label) => path.join(own, `${label}.jsonl`));
    const line = (label: string) =>
      JSON.stringify({
        label,
        strokes: [
          [
            [0, 0],
            [0, 9],
          ],
        ],
      });
    await Promise.all(files.map((file, index) => writeFile(file, line('1X'[index]!))));
    const strokes = files.flatMap((file) => ['--strokes', file]);
    const small = ['--split', 'digits', '--architecture', 'cnn', '--epochs', '1', '--limit', '100'];
    const args = ['train', ...small, ...strokes, '--reject', '0.5', '--name', 'rejecting'];
    const { stderr } = await run(args, { home: own });
    expect(stderr).toContain('91 training and 10 validation images of digits, 46 without a character (');
    const { code, events } = await runJson([...args, '--overwrite'], { home: own });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ trainImages: 91, rejectImages: 46, classes: 10 });
    const resumed = await run(['train', '--name', 'rejecting', '--resume', '--epochs', '2', ...strokes.slice(2)], {
      home: own,
    });
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toContain(`the checkpoint was written with strokes ${files.join(', ')}, not ${files[1]}`);
  });

  test('a missing data set is an error with a hint', async () => {
    const { code, stderr, stdout } = await run(['train', '--split', 'mnist'], { home });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'emnist-tui: the data set "mnist" has not been fetched — run "emnist-tui fetch --split mnist"\n',
    );
  });

  test('an existing model is replaced only with --overwrite', async () => {
    const own = await temporaryFolder();
    await run(['fetch', '--split', 'digits', '--from', archive], { home: own });
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--epochs', '1', '--batch-size', '32'];
    expect((await run(args, { home: own })).code).toBe(0);
    const again = await run(args, { home: own });
    expect(again.stderr).toBe(
      'emnist-tui: the model "digits-cnn" already exists — choose another name with --name, or replace it with --overwrite\n',
    );
    expect(again).toMatchObject({ code: 1, stdout: '' });
    const both = await run([...args, '--overwrite', '--resume'], { home: own });
    expect(both.code).toBe(2);
    expect((await run([...args, '--overwrite'], { home: own })).code).toBe(0);
  });

  test('--resume without a checkpoint is refused', async () => {
    const empty = await temporaryFolder();
    const { code, stderr } = await run(['train', '--resume', '--name', 'nothing'], { home: empty });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^emnist-tui: no checkpoint to resume for "nothing" — .*\n$/);
  });
});

describe('evaluate', () => {
  test('evaluates on the test part', async () => {
    const { code, events } = await runJson(['evaluate', '--split', 'digits'], { home });
    expect(code).toBe(0);
    const end = events.at(-1)!;
    expect(end).toMatchObject({ event: 'end', split: 'digits', part: 'test', model: 'digits-cnn', images: 100 });
    expect(end.accuracy).toBeGreaterThan(0.8);
    expect(end.top5Accuracy).toBeGreaterThanOrEqual(end.accuracy as number);
    expect(end.loss).toBeGreaterThan(0);
    const perClass = end.perClass as { label: string; images: number; accuracy: number }[];
    expect(perClass.map(({ label, images }) => [label, images])).toEqual([...'0123456789'].map((label) => [label, 10]));
    const right = perClass.reduce((sum, { images, accuracy }) => sum + images * accuracy, 0);
    expect(right).toBeCloseTo((end.accuracy as number) * 100);
    const wrong = (end.confusions as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
    expect(right + wrong).toBeCloseTo(100);
  });

  test('--part and --limit choose the images; the text output is a table', async () => {
    const args = ['evaluate', '--split', 'digits', '--part', 'train', '--limit', '50', '--model', 'digits-cnn'];
    const { code, stdout } = await run(args, { home });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Model +digits-cnn\nImages +50 of the train part of digits\nAccuracy +\d+\.\d\d%\n/);
    expect(stdout).toContain('Worst classes');
    expect(stdout).not.toContain('\u001B');
  });

  test("works with the shipped model, restricted to the data set's classes", async () => {
    const { code, events } = await runJson(['evaluate', '--split', 'digits', '--model', 'shipped'], { home });
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ model: 'shipped', images: 100, restrictedTo: '0123456789' });
  });

  test('--strokes evaluates on a stroke file, --characters on some of its characters', async () => {
    const strokes = path.join(home, 'labeled.jsonl');
    const line = (label: string | undefined, x: number) =>
      JSON.stringify({
        label,
        strokes: [
          [
            [0, 0],
            [x, 9],
          ],
        ],
      });
    await writeFile(strokes, [line('1', 0), line('l', 1), line('7', 5), line(undefined, 3)].join('\n'));
    const all = await runJson(['evaluate', '--strokes', strokes, '--model', 'shipped'], { home });
    expect(all.code).toBe(0);
    expect(all.events.at(-1)).toMatchObject({ split: null, strokes, images: 3, prior: 'uniform' });
    const digits = await runJson(['evaluate', '--strokes', strokes, '--characters', 'digits', '--model', 'shipped'], {
      home,
    });
    expect(digits.events.at(-1)).toMatchObject({ images: 2, restrictedTo: '17' });
    const seven = ['evaluate', '--split', 'digits', '--characters', '7', '--limit', '4', '--model', 'digits-cnn'];
    expect((await runJson(seven, { home })).events.at(-1)).toMatchObject({ images: 4, accuracy: 1 });
    const letter = await runJson([...seven.slice(0, 4), 'A', '--model', 'shipped'], { home });
    expect(letter.events[0]).toMatchObject({
      event: 'error',
      message: expect.stringContaining('"digits" has no class'),
    });
    const { stdout } = await run(['evaluate', '--strokes', strokes, '--model', 'shipped'], { home });
    expect(stdout).toMatch(/^Images +3 of labeled\.jsonl$/m);
  });

  test('refuses a model that has none of the classes', async () => {
    const { code, events, stderr } = await runJson(['evaluate', '--split', 'letters', '--model', 'digits-cnn'], {
      home,
    });
    expect(code).toBe(1);
    expect(events).toEqual([expect.objectContaining({ event: 'error', code: 'classes-differ' })]);
    expect(stderr).toContain('choose another --model or --split');
  });
});

describe('models and doctor', () => {
  test('models lists the trained model first, then the shipped one', async () => {
    const { code, events } = await runJson(['models'], { home });
    expect(code).toBe(0);
    const { validationAccuracy } = trained.at(-1)!;
    const own = { name: 'digits-cnn', shipped: false, default: true, split: 'digits', epochs: 3, resumable: false };
    expect(events[0]).toMatchObject({
      event: 'model',
      ...own,
      validationAccuracy,
      validationImages: 60,
      problem: null,
    });
    expect(events[1]).toMatchObject({ event: 'model', name: 'shipped', shipped: true, default: false });
    expect(events[2]).toEqual({ event: 'end', models: 2 });
    const { stdout } = await run(['models'], { home });
    expect(stdout).toMatch(/^\* +digits-cnn +digits +cnn +10 +3 +\d+\.\d% of 60 /m);
  });

  test('models --use chooses the default model, and undoes that', async () => {
    const chosen = await runJson(['models', '--use', 'shipped'], { home });
    expect(chosen.events).toEqual([{ event: 'end', models: 2, chosen: 'shipped' }]);
    expect((await runJson(['models'], { home })).events[0]).toMatchObject({ name: 'shipped', default: true });
    const missing = await runJson(['models', '--use', 'nothing'], { home });
    expect(missing).toMatchObject({ code: 1, events: [{ event: 'error', code: 'model-missing' }] });
    const file = path.join(home, 'default-model.json');
    await writeFile(file, '{');
    const damaged = await run(['models'], { home });
    expect(damaged.stdout).toMatch(/^\* +digits-cnn/m);
    expect(damaged.stderr).toMatch(
      /default-model\.json, which names the default model, is damaged; choose a model again/,
    );
    const doctor = await runJson(['doctor'], { home });
    expect(doctor.events).toContainEqual(expect.objectContaining({ name: 'default model', state: 'broken' }));
    const { stdout } = await run(['models', '--use', 'digits-cnn'], { home });
    expect(stdout).toBe('digits-cnn is now the default model, until a later one is trained.\n');
    expect((await runJson(['models'], { home })).events[0]).toMatchObject({ name: 'digits-cnn', default: true });
  });

  test('doctor finds no problem in a healthy installation', async () => {
    const { code, events } = await runJson(['doctor'], { home });
    expect(code).toBe(0);
    const states = new Map(events.map(({ name, state }) => [name, state]));
    expect(Object.fromEntries(states)).toMatchObject({
      'engine wasm': 'ok',
      'shipped model': 'ok',
      'word model': 'ok',
      'data set digits': 'ok',
      'data set mnist': 'absent',
      'model digits-cnn': 'ok',
    });
    expect(events.at(-1)).toEqual({ event: 'end', broken: 0 });
  });

  test('doctor exits 1 with a hint when a data set or a model is damaged', async () => {
    const sick = await temporaryFolder();
    await installDatasets(resolvePaths(sick), { mnist: { train: 20, test: 10 } });
    await writeFile(path.join(sick, 'datasets/mnist/emnist-mnist-test-images-idx3-ubyte.gz'), 'cut');
    await mkdir(path.join(sick, 'models/broken'), { recursive: true });
    await writeFile(path.join(sick, 'models/broken/model.json'), '{');
    const { code, stdout, stderr } = await run(['doctor'], { home: sick });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ broken +data set mnist .*emnist-tui fetch --split mnist/m);
    expect(stdout).toMatch(/^✗ broken +model broken /m);
    expect(stderr).toMatch(/^emnist-tui: 2 checks found a problem — .*\n$/);
  });
});

describe('predict', () => {
  test('recognizes every image of a long file, in order', async () => {
    const images = path.join(home, 'datasets/digits/emnist-digits-train-images-idx3-ubyte.gz');
    const { code, events } = await runJson(['predict', images, '--top', '1'], { home });
    expect(code).toBe(0);
    expect(events.map(({ index }) => index)).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  const drawing = (...strokes: number[][][]) => JSON.stringify({ strokes });
  const ONE = drawing([
    [5, 0],
    [5, 20],
  ]);

  test('reads stroke files, stdin and IDX files in order, with descending probabilities', async () => {
    const file = path.join(folder, 'drawings.jsonl');
    await writeFile(file, `${ONE}\n${ONE}\n`);
    const idx = path.join(home, 'datasets/digits/emnist-digits-test-images-idx3-ubyte.gz');
    const { code, events } = await runJson(['predict', file, '-', idx, '--top', '3'], { home, input: `${ONE}\n` });
    expect(code).toBe(0);
    expect(events.map(({ source, index }) => [source, index])).toEqual([
      [file, 0],
      [file, 1],
      ['-', 0],
      ...Array.from({ length: 100 }, (_, index) => [idx, index]),
    ]);
    for (const { event, predictions } of events) {
      expect(event).toBe('prediction');
      const probabilities = (predictions as { probability: number }[]).map(({ probability }) => probability);
      expect(probabilities).toHaveLength(3);
      expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
      expect(probabilities.reduce((sum, value) => sum + value)).toBeLessThanOrEqual(1);
    }
    // The model was trained on these glyphs; the file has them in class order.
    const right = events.slice(3).filter(({ predictions }, index) => {
      return (predictions as { label: string }[])[0]!.label === String(index % 10);
    });
    expect(right.length).toBeGreaterThan(80);
  });

  test('recognizes pictures; the text output has a line per character', async () => {
    const png = new PNG({ width: 28, height: 28 });
    glyphImage(3, 1).forEach((ink, index) => {
      png.data.set([255 - ink, 255 - ink, 255 - ink, 255], index * 4);
    });
    const file = path.join(folder, 'three.png');
    await writeFile(file, PNG.sync.write(png));
    const { code, stdout } = await run(['predict', file], { home });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+three\.png 0 {2}\d \d+\.\d%( {2}\d \d+\.\d%){4}\n/);
  });

  test('--characters restricts the answers; characters that the model lacks are refused', async () => {
    const { events } = await runJson(['predict', '-', '--model', 'shipped', '--characters', 'xyz'], {
      home,
      input: `${ONE}\n`,
    });
    expect((events[0]!.predictions as { label: string }[]).map(({ label }) => label).sort()).toEqual(['x', 'y', 'z']);
    const { code, stderr } = await run(['predict', '-', '--characters', 'A'], { home, input: `${ONE}\n` });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^emnist-tui: the model has no class for "A" — .*\n$/);
  });

  test('characters before an error are recognized', async () => {
    const { code, events } = await runJson(['predict', '-'], { home, input: `${ONE}\n{"strokes":3}\n` });
    expect(code).toBe(1);
    expect(events.map(({ event }) => event)).toEqual(['prediction', 'error']);
    expect(events[1]!.message).toContain('-:2');
  });
});

describe('a fresh machine', () => {
  test('predicts with the shipped model, lists it and has nothing to clean', async () => {
    const fresh = path.join(await temporaryFolder(), 'not made yet');
    const { code, events } = await runJson(['predict', '-'], { home: fresh, input: '{"strokes":[[[0,0],[0,9]]]}\n' });
    expect(code).toBe(0);
    expect(events).toHaveLength(1);
    expect((await runJson(['models'], { home: fresh })).events).toMatchObject([{ name: 'shipped', default: true }, {}]);
    const cleaned = await runJson(['clean', '--all', '--yes'], { home: fresh });
    expect(cleaned).toMatchObject({ code: 0, events: [{ event: 'end', freed: 0, removed: [] }] });
    await expect(access(fresh)).rejects.toThrow();
  });

  test('evaluates the shipped model, fetching the data set; only its own events are on stdout', async () => {
    const fresh = await temporaryFolder();
    const env = { EMNIST_TUI_ARCHIVE: archive };
    const { code, events, stderr } = await runJson(['evaluate', '--split', 'letters'], { home: fresh, env });
    expect(code).toBe(0);
    expect(stderr).toContain(`Fetching letters from ${archive}`);
    expect(events[0]).toMatchObject({ event: 'start', images: 130 });
    expect(events.filter(({ event }) => event === 'end')).toEqual([expect.objectContaining({ model: 'shipped' })]);
  });

  test('evaluates it on balanced unless told otherwise', async () => {
    const env = { EMNIST_TUI_ARCHIVE: path.join(folder, 'nowhere.zip') };
    const { events } = await runJson(['evaluate'], { home: await temporaryFolder(), env });
    expect(events).toEqual([
      expect.objectContaining({ message: expect.stringContaining('"balanced" has not been fetched') }),
    ]);
  });

  test('evaluate reports a failed fetch with a hint', async () => {
    const env = { EMNIST_TUI_ARCHIVE: path.join(folder, 'nowhere.zip') };
    const { code, events } = await runJson(['evaluate', '--split', 'mnist'], { home: await temporaryFolder(), env });
    expect(code).toBe(1);
    expect(events).toEqual([expect.objectContaining({ event: 'error', code: 'dataset-missing' })]);
    expect(events[0]!.hint).toContain('emnist-tui fetch --split mnist');
  });

  test('a model can be named by its folder', async () => {
    const { path: shipped } = (await runJson(['models'], { home: folder })).events[0]!;
    const byFolder = await runJson(['predict', '-', '--model', String(shipped)], {
      home,
      input: '{"strokes":[[[0,0],[0,9]]]}\n',
    });
    expect(byFolder.code).toBe(0);
    expect(JSON.parse(await readFile(path.join(String(shipped), 'model.json'), 'utf8')).format).toBe('layers-model');
  });
});
