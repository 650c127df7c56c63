import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import {
  changeNotes,
  dropEvaluations,
  findNotes,
  lockNotes,
  MAX_EVALUATIONS,
  NOTES_LOCK,
  noteModel,
  notesPath,
  readNotes,
  recordEvaluation,
  testEvaluation,
} from '../../../src/core/model/model-notes.ts';
import { findModel, listModels, ownedModels, saveModel } from '../../../src/core/model/model-store.ts';
import { type EvaluationRecord, MAX_NOTE_CHARACTERS } from '../../../src/core/model/notes-file.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { temporaryFolder } from '../../cli/run.ts';

async function withModel(name: string): Promise<Paths> {
  const paths = resolvePaths(await temporaryFolder());
  await save(name, paths, 1);
  return paths;
}

async function save(name: string, paths: Paths, seed: number): Promise<void> {
  const network = architecture('cnn', 10);
  const weights = initialWeights(network, seed);
  await saveModel({ name, network, labels: [...'0123456789'], weights, training: null }, paths);
}

function evaluated(fields: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    ...{ split: 'digits', part: 'test', characters: 'all', prior: 'split', images: 40_000 },
    ...{ accuracy: 0.99, top5Accuracy: 1, loss: 0.03, date: '2026-03-01T12:00:00.000Z' },
    ...fields,
  };
}

const weights = 'weights.01234567.bin';

test('a note is kept without spaces around it and line breaks, and can be removed', async () => {
  const paths = await withModel('mine');
  expect(await noteModel(paths, 'mine', '  for\nthe\u0007 class \n')).toBe('for the class');
  expect(await readNotes(paths, 'mine')).toMatchObject({ note: 'for the class', evaluations: [] });
  expect(existsSync(path.join(path.dirname(paths.models), NOTES_LOCK))).toBe(false);
  await noteModel(paths, 'mine', ' ');
  expect(existsSync(notesPath(paths, 'mine'))).toBe(false);
});

test('a note is a sentence or two', async () => {
  const paths = await withModel('mine');
  await noteModel(paths, 'mine', '😀'.repeat(MAX_NOTE_CHARACTERS));
  await expect(noteModel(paths, 'mine', '😀'.repeat(MAX_NOTE_CHARACTERS + 1))).rejects.toMatchObject({
    code: 'usage',
    message: `invalid text: "${'😀'.repeat(20)}…" (201 characters)`,
    data: { option: 'text', expected: 'a note of at most 200 characters' },
  });
  expect((await readNotes(paths, 'mine')).note).toBe('😀'.repeat(MAX_NOTE_CHARACTERS));
});

test('there are notes only about models, of which the shipped one is in the program', async () => {
  const paths = resolvePaths(await temporaryFolder());
  await mkdir(path.join(paths.models, 'other'), { recursive: true });
  for (const name of ['missing', 'other', '../models', '..', '.', '']) {
    await expect(noteModel(paths, name, 'a')).rejects.toMatchObject({ code: 'model-missing' });
  }
  expect(await readdir(path.dirname(paths.models))).toEqual(['models']);
  await noteModel(paths, 'shipped', 'all characters');
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['shipped']);
  expect(await ownedModels(paths)).toEqual([notesPath(paths, 'shipped')]);
});

test('changes at the same time are all kept', async () => {
  const paths = await withModel('mine');
  await Promise.all([
    noteModel(paths, 'mine', 'best so far'),
    ...Array.from({ length: 8 }, (_, index) =>
      recordEvaluation(paths, 'mine', { weights, evaluation: evaluated({ images: index + 1 }) }),
    ),
  ]);
  const { note, evaluations } = await readNotes(paths, 'mine');
  expect(note).toBe('best so far');
  expect(evaluations.map(({ images }) => images).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a change waits for others, and can be stopped meanwhile', async () => {
  const paths = await withModel('mine');
  await using _lock = await lockNotes(paths);
  const stop = new AbortController();
  const waits: boolean[] = [];
  const change = noteModel(paths, 'mine', 'a', {
    signal: stop.signal,
    onWait: (_, isHeld) => {
      waits.push(isHeld);
      stop.abort(new Error('stopped'));
    },
  });
  await expect(change).rejects.toThrow('stopped');
  expect(waits).toEqual([true]);
  expect((await readNotes(paths, 'mine')).note).toBe('');
});

test('a model that is deleted while a change waits stays deleted', async () => {
  const paths = await withModel('mine');
  const lock = await lockNotes(paths);
  const change = noteModel(paths, 'mine', 'a', { onWait: () => resolve() });
  const { promise, resolve } = Promise.withResolvers<void>();
  await promise;
  await rm(path.join(paths.models, 'mine'), { recursive: true });
  await lock[Symbol.asyncDispose]();
  await expect(change).rejects.toMatchObject({ code: 'model-missing' });
  expect(await readdir(paths.models)).toEqual([]);
});

test('what is left of an interrupted write is removed; the notes of another program stay', async () => {
  const paths = await withModel('mine');
  const file = notesPath(paths, 'mine');
  await writeFile(`${file}.123456`, '{"note":');
  await noteModel(paths, 'mine', 'a');
  expect((await readdir(path.dirname(file))).filter((name) => name.startsWith('notes'))).toEqual(['notes.json']);
  for (const foreign of ['{"my":"notes"}', '{', '']) {
    await writeFile(file, foreign);
    expect(await readNotes(paths, 'mine')).toMatchObject({ note: '' });
    await expect(noteModel(paths, 'mine', 'b')).rejects.toMatchObject({ code: 'file-foreign', data: { path: file } });
    expect(await readFile(file, 'utf8')).toBe(foreign);
    expect(await ownedModels(paths)).not.toContain(file);
  }
});

describe('evaluations', () => {
  test('count for the weights that were measured', async () => {
    const paths = await withModel('mine');
    const first = (await findModel(paths, 'mine'))!;
    await noteModel(paths, 'mine', 'a');
    await recordEvaluation(paths, 'mine', { weights: first.weightsFile!, evaluation: evaluated() });
    expect(await findNotes(paths, first)).toMatchObject({ note: 'a', evaluations: [evaluated()] });

    await save('mine', paths, 2);
    const second = (await findModel(paths, 'mine'))!;
    expect(await findNotes(paths, second)).toMatchObject({ note: 'a', evaluations: [] });
    const evaluation = evaluated({ split: 'mnist' });
    await recordEvaluation(paths, 'mine', { weights: second.weightsFile!, evaluation });
    expect(await readNotes(paths, 'mine')).toEqual({
      note: 'a',
      weights: second.weightsFile,
      evaluations: [evaluation],
    });

    await dropEvaluations(paths, 'mine');
    expect(await readNotes(paths, 'mine')).toEqual({ note: 'a', weights: null, evaluations: [] });
  });

  test('replace earlier ones of the same kind, and are bounded, the latest first', async () => {
    const paths = await withModel('mine');
    const record = (fields: Partial<EvaluationRecord>) =>
      recordEvaluation(paths, 'mine', { weights, evaluation: evaluated(fields) });
    await record({ accuracy: 0.5 });
    await record({ accuracy: 0.6, prior: 'uniform', date: '2026-03-02T12:00:00.000Z' });
    await record({ accuracy: 0.7, date: '2026-03-03T12:00:00.000Z' });
    const { evaluations } = await readNotes(paths, 'mine');
    expect(evaluations.map(({ accuracy }) => accuracy)).toEqual([0.7, 0.6]);
    await changeNotes(paths, 'mine', (notes) => ({
      ...notes,
      evaluations: Array.from({ length: MAX_EVALUATIONS }, (_, index) => evaluated({ images: index })),
    }));
    await record({ images: 777, date: '2026-03-04T12:00:00.000Z' });
    const bounded = (await readNotes(paths, 'mine')).evaluations;
    expect(bounded.map(({ images }) => images)).toEqual([777, ...Array(MAX_EVALUATIONS - 1).keys()]);
  });

  test('of which one on the test part of its own split says most', () => {
    const others = [
      evaluated({ part: 'train', images: 100_000 }),
      evaluated({ characters: '01', images: 50_000 }),
      evaluated({ split: null, part: null, strokes: '/tmp/a.jsonl' }),
    ];
    expect(testEvaluation(others, 'digits')).toBeUndefined();
    const mnist = evaluated({ split: 'mnist', images: 60_000 });
    expect(testEvaluation([...others, mnist], 'digits')).toBe(mnist);
    const small = evaluated({ images: 100, date: '2026-03-05T12:00:00.000Z' });
    const uniform = evaluated({ prior: 'uniform', date: '2026-03-05T12:00:00.000Z' });
    const best = evaluated();
    expect(testEvaluation([...others, mnist, small], 'digits')).toBe(small);
    expect(testEvaluation([mnist, small, uniform, best], 'digits')).toBe(best);
    expect(testEvaluation([best, mnist], null)).toBe(mnist);
  });
});

test('what somebody else has written into the file is one short line, with figures that can be', async () => {
  const paths = await withModel('mine');
  const write = (fields: object) =>
    writeFile(notesPath(paths, 'mine'), JSON.stringify({ note: '', weights, evaluations: [], ...fields }));
  await write({ note: ` a\u001b]0;title\u0007\n${'b'.repeat(500)}` });
  const { note } = await readNotes(paths, 'mine');
  expect(note).toMatch(/^a \]0;title b+$/);
  expect(note).toHaveLength(MAX_NOTE_CHARACTERS);
  await write({ evaluations: [evaluated()] });
  expect((await readNotes(paths, 'mine')).evaluations).toHaveLength(1);
  for (const wrong of [{ accuracy: 5 }, { top5Accuracy: -1 }, { images: 0.5 }]) {
    await write({ evaluations: [{ ...evaluated(), ...wrong }] });
    expect((await readNotes(paths, 'mine')).evaluations).toEqual([]);
  }
});
