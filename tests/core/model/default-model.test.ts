import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clean } from '../../../src/app/clean.ts';
import { deleteModel } from '../../../src/app/delete-model.ts';
import { describeModels } from '../../../src/app/models.ts';
import { choicePath, findDefaultChoice } from '../../../src/core/model/default-choice.ts';
import { chooseDefaultModel } from '../../../src/core/model/default-model.ts';
import { loadModel, saveModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { biasedModel } from '../../helpers/biased-model.ts';
import { trainingRecord } from '../../helpers/training-record.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-default-'));
  paths = resolvePaths(home);
});
afterEach(() => rm(home, { recursive: true }));

/** Saves a model that was trained at a time, in minutes from now. */
async function trained(name: string, minutes: number, epochs = { epochs: 1, epochsAsked: 1 }): Promise<void> {
  const date = new Date(Date.now() + minutes * 60_000).toISOString();
  await saveModel({ ...biasedModel(name, ['0', '1'], [0, 1]), training: trainingRecord({ date, ...epochs }) }, paths);
}

/** The default model, as it is loaded and as it is listed. */
async function defaultModel(): Promise<string> {
  const { name } = await loadModel(undefined, paths);
  const models = await describeModels(paths);
  expect(models.filter((model) => model.default).map((model) => model.name)).toEqual([name]);
  return name;
}

const order = async () => (await describeModels(paths)).map(({ name }) => name);

test('the default is the model that was trained or chosen last', async () => {
  await trained('older', -20);
  await trained('newer', -10);
  expect(await defaultModel()).toBe('newer');
  await chooseDefaultModel(paths, 'older');
  expect(await defaultModel()).toBe('older');
  expect(await order()).toEqual(['older', 'newer', 'shipped']);
  await trained('newest', 1);
  expect(await defaultModel()).toBe('newest');
  expect(await order()).toEqual(['newest', 'older', 'newer', 'shipped']);
});

test('the shipped model can be chosen, until another one is trained', async () => {
  await trained('mine', -10);
  await trained('begun', -5, { epochs: 1, epochsAsked: 3 });
  await chooseDefaultModel(paths, 'shipped');
  expect(await defaultModel()).toBe('shipped');
  expect(await order()).toEqual(['shipped', 'mine', 'begun']);
  await trained('next', 1);
  expect(await defaultModel()).toBe('next');
  expect(await order()).toEqual(['next', 'mine', 'begun', 'shipped']);
});

test('what only leads to a model is not its name', async () => {
  await trained('mine', -10);
  await expect(chooseDefaultModel(paths, '../models/mine')).rejects.toMatchObject({ code: 'model-missing' });
});

test('a choice wins over a model that a clock slightly ahead has dated', async () => {
  await trained('ahead', 5);
  await trained('mine', -10);
  await chooseDefaultModel(paths, 'mine');
  expect(await defaultModel()).toBe('mine');
});

test('a chosen model that is deleted leaves the default to the latest one', async () => {
  await trained('older', -20);
  await trained('newer', -10);
  await chooseDefaultModel(paths, 'older');
  await deleteModel('older', paths);
  expect(await defaultModel()).toBe('newer');
});

test('what cannot be the default is refused, and changes nothing', async () => {
  await trained('mine', -10);
  await trained('begun', -5, { epochs: 1, epochsAsked: 3 });
  await mkdir(path.join(paths.models, 'broken'), { recursive: true });
  await writeFile(path.join(paths.models, 'broken/model.json'), '{');
  for (const [name, code] of [
    ['begun', 'model-unfinished'],
    ['nothing', 'model-missing'],
    ['broken', 'model-damaged'],
  ] as const) {
    await expect(chooseDefaultModel(paths, name)).rejects.toMatchObject({ code });
  }
  expect(await findDefaultChoice(paths)).toEqual({ choice: null, problem: null });
  expect(await defaultModel()).toBe('mine');
});

test.each([
  ['empty', ''],
  ['not JSON', '{'],
  ['not an object', '[]'],
  ['without a date', '{"model":"mine"}'],
  ['with an invalid date', '{"model":"mine","date":"soon"}'],
  ['too long', ' '.repeat(20_000)],
])('a choice that cannot be read, since it is %s, is a problem, but not for loading models', async (_, text) => {
  await trained('mine', -10);
  await writeFile(choicePath(paths), text);
  expect(await defaultModel()).toBe('mine');
  expect(await findDefaultChoice(paths)).toMatchObject({ choice: null, problem: { code: 'default-model-invalid' } });
  await chooseDefaultModel(paths, 'shipped');
  expect(await defaultModel()).toBe('shipped');
});

test('cleaning models removes the choice, and nothing that is not one', async () => {
  await trained('mine', -10);
  await chooseDefaultModel(paths, 'shipped');
  await writeFile(`${choicePath(paths)}.notes`, 'mine');
  const { removed } = await clean(['models'], { paths });
  expect(removed).toContain(choicePath(paths));
  expect(await readdir(home)).toEqual(['default-model.json.notes']);
  await writeFile(choicePath(paths), '{"another": "program"}');
  await clean(['models'], { paths });
  expect(await readFile(choicePath(paths), 'utf8')).toBe('{"another": "program"}');
});
