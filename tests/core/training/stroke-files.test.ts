import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { architecture } from '../../../src/core/model/architectures.ts';
import { checkpointPath, loadModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from '../../../src/core/training/checkpoint.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { readTrainingImages } from '../../../src/core/training/training-images.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { TEMPLATES } from '../../helpers/template-recognizer.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-stroke-files-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 100, test: 10 } });
});
afterEach(() => rm(home, { recursive: true }));

const SMALL = { split: 'digits', architecture: 'cnn', batchSize: 32, augment: 1 } satisfies TrainOptions;

async function run(options: TrainOptions): Promise<TrainEvent[]> {
  return Array.fromAsync(startTraining({ ...SMALL, ...options }, paths));
}

/** Writes a file with a drawing for each label. */
async function strokeFile(name: string, ...labels: (keyof typeof TEMPLATES & string)[]): Promise<string> {
  const file = path.join(home, `${name}.jsonl`);
  await writeFile(file, labels.map((label) => JSON.stringify({ label, strokes: TEMPLATES[label] })).join('\n'));
  return file;
}

/** Equal only if the weights are bit for bit the same. */
async function digest(name: string): Promise<string> {
  const hash = createHash('sha256');
  for (const tensor of (await loadModel(name, paths)).weights) hash.update(tensor);
  return hash.digest('hex');
}

describe('several stroke files', () => {
  const source = { split: 'digits', seed: 1, limit: null, keepsSigns: false } as const;

  test('add their drawings in order, and those with other labels as signs where signs are wanted', async () => {
    const files = [await strokeFile('one', '7', 'X', '1'), await strokeFile('two', '1', 'O', 'C')];
    const without = await readTrainingImages(paths, { ...source, strokes: files });
    expect([...without.drawingLabels]).toEqual([7, 1, 1]);
    expect(without.signs.length).toBe(0);
    const { drawings, drawingLabels, signs } = await readTrainingImages(paths, {
      ...{ ...source, strokes: files, keepsSigns: true },
    });
    expect([...drawingLabels]).toEqual([7, 1, 1]);
    expect([0, 1, 2].map((index) => drawings.get(index))).toEqual([TEMPLATES['7'], TEMPLATES['1'], TEMPLATES['1']]);
    expect([0, 1, 2].map((index) => signs.get(index))).toEqual([TEMPLATES.X, TEMPLATES.O, TEMPLATES.C]);
  });

  test('of which one has nothing to train on are refused, naming that one', async () => {
    const [good, letters] = [await strokeFile('good', '1'), await strokeFile('letters', 'X', 'O')];
    const refusal = { code: 'strokes-unlabeled', data: { file: letters } };
    await expect(run({ epochs: 1, strokes: [good, letters] })).rejects.toMatchObject(refusal);
    // With `reject`, there is: signs.
    const events = await run({ epochs: 1, strokes: [good, letters], reject: 0.2 });
    expect(events[0]).toMatchObject({ trainImages: 91, rejectImages: 18 });
  });

  test('that have signs only can be used to learn to reject', async () => {
    const letters = await strokeFile('letters', 'X', 'O', 'C');
    await expect(run({ epochs: 1, strokes: [letters] })).rejects.toMatchObject({ code: 'strokes-unlabeled' });
    await run({ epochs: 1, strokes: [letters], reject: 0.2, name: 'signs' });
    const { training } = await loadModel('signs', paths);
    expect(training).toMatchObject({ trainImages: 90, strokeImages: 0, strokeShares: null, rejectImages: 18 });
    await run({ epochs: 1, reject: 0.2, name: 'no-signs' });
    expect(await digest('signs')).not.toBe(await digest('no-signs'));
  });

  test('without any label are refused even so', async () => {
    const file = path.join(home, 'unlabeled.jsonl');
    await writeFile(file, JSON.stringify({ strokes: TEMPLATES.X }));
    await expect(run({ epochs: 1, strokes: [file], reject: 0.2 })).rejects.toMatchObject({
      code: 'strokes-unlabeled',
      data: { file },
    });
  });
});

describe('a resumed run with several stroke files', () => {
  const resume = { resume: true, epochs: 2, name: 'mine' } as const;
  let files: string[];
  beforeEach(async () => {
    files = [await strokeFile('one', '7', '1'), await strokeFile('two', '1', '7', 'X')];
    await run({ epochs: 1, strokes: files, name: 'mine' });
  });

  test('goes on with the files of the checkpoint', async () => {
    expect((await run(resume))[0]).toMatchObject({ trainImages: 94, epochsDone: 1 });
    expect((await loadModel('mine', paths)).training).toMatchObject({ epochs: 2, strokeImages: 4 });
  });

  test('needs all of them, wherever they are now', async () => {
    const moved = path.join(home, 'moved.jsonl');
    await rename(files[1]!, moved);
    await expect(run(resume)).rejects.toMatchObject({ code: 'file-missing', data: { path: files[1] } });
    const events = await run({ ...resume, strokes: [files[0]!, moved] });
    expect(events.at(-1)).toMatchObject({ epochs: 2, reason: 'completed' });
    expect((await readCheckpoint(checkpointPath(paths, 'mine')))!.state.strokes).toEqual([files[0], moved]);
  });

  test.each<[string, (files: string[]) => string[], string]>([
    ['fewer', (files) => files.slice(1), 'not'],
    ['more', (files) => [...files, files[0]!], 'not'],
    ['none', () => [], 'not none'],
  ])('is refused with %s files', async (_, change, message) => {
    await expect(run({ ...resume, strokes: change(files) })).rejects.toMatchObject({
      code: 'checkpoint-differs',
      message: expect.stringContaining(message),
      data: { option: 'strokes', saved: files.join(', ') },
    });
  });

  test('is refused if the files have other drawings', async () => {
    const other = await strokeFile('other', '1');
    await expect(run({ ...resume, strokes: [files[0]!, other] })).rejects.toMatchObject({
      code: 'checkpoint-images-differ',
    });
  });

  test('is refused if they have fewer signs, of which images without a character are made', async () => {
    const rejecting = { epochs: 1, reject: 0.2, strokes: files, name: 'rejecting' };
    await run(rejecting);
    await strokeFile('two', '1', '7');
    await expect(run({ ...rejecting, epochs: 2, resume: true })).rejects.toMatchObject({
      code: 'checkpoint-images-differ',
      message: expect.stringContaining('trained on 1 sign, but the training set now has 0'),
      data: { saved: 1, found: 0 },
    });
    await strokeFile('two', '1', '7', 'X');
    expect((await run({ ...rejecting, epochs: 2, resume: true })).at(-1)).toMatchObject({ reason: 'completed' });
  });
});

/** Rewrites a checkpoint as earlier versions wrote its state. */
async function asEarlier(name: string, strokes: string | null): Promise<void> {
  const file = checkpointPath(paths, name);
  const network = architecture('cnn', 10);
  const { state, tensors } = (await readCheckpoint(file))!;
  const { reject: _, ...recipe } = state.recipe;
  const earlier = { ...state, recipe, strokes, signs: undefined } as unknown as TrainingState;
  await writeCheckpoint(file, { ...tensors(network), state: earlier }, network);
}

test.each<[string, (file: string) => string[], (file: string) => string | null]>([
  ['without a stroke file', () => [], () => null],
  ['with one', (file) => [file], (file) => file],
])('a checkpoint of an earlier version %s is resumed with the same result', async (_, given, saved) => {
  const file = await strokeFile('one', '7', '1');
  await run({ epochs: 2, schedule: 'constant', strokes: given(file), name: 'whole' });
  await run({ epochs: 1, schedule: 'constant', strokes: given(file), name: 'earlier' });
  await asEarlier('earlier', saved(file));
  const { state } = (await readCheckpoint(checkpointPath(paths, 'earlier')))!;
  expect(state.strokes).toEqual(given(file));
  expect(state.recipe.reject).toBe(0);
  await run({ resume: true, epochs: 2, name: 'earlier' });
  expect(await digest('earlier')).toBe(await digest('whole'));
});
