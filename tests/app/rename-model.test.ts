import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { renameModel } from '../../src/app/rename-model.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { choicePath, readDefaultChoice } from '../../src/core/model/default-choice.ts';
import { chooseDefaultModel } from '../../src/core/model/default-model.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { lockModel } from '../../src/core/model/model-lock.ts';
import { noteModel, readNotes } from '../../src/core/model/model-notes.ts';
import { findModel, listModels, loadModel, saveModel } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { parentOf } from '../../src/core/training/learn-parent.ts';
import { temporaryFolder } from '../cli/run.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { trainingRecord } from '../helpers/training-record.ts';

async function withModels(...names: string[]): Promise<Paths> {
  const paths = resolvePaths(await temporaryFolder());
  const network = architecture('cnn', 10);
  for (const name of names) {
    const weights = initialWeights(network, 1);
    await saveModel({ name, network, labels: [...'0123456789'], weights, training: null }, paths);
  }
  return paths;
}

const own = async (paths: Paths) => (await listModels(paths)).filter(({ shipped }) => !shipped).map(({ name }) => name);
const folders = async (paths: Paths) => (await readdir(paths.models)).sort();

test('a model is renamed with its folder, its notes, and other files, without a lock', async () => {
  const paths = await withModels('mine');
  await noteModel(paths, 'mine', 'a');
  await writeFile(path.join(paths.models, 'mine/notes.txt'), 'mine');
  const before = await readdir(path.join(paths.models, 'mine'));
  await renameModel('mine', 'yours', paths);
  expect(await folders(paths)).toEqual(['yours']);
  expect(await readdir(path.join(paths.models, 'yours'))).toEqual(before);
  expect(await loadModel('yours', paths)).toMatchObject({ name: 'yours' });
  expect(await readNotes(paths, 'yours')).toMatchObject({ note: 'a' });
  await using _lock = await lockModel(path.join(paths.models, 'yours'), 'yours');
});

test('it stays the default, and goes back to its name if that cannot be', async () => {
  const paths = await withModels('mine', 'other');
  await chooseDefaultModel(paths, 'mine');
  const { date } = (await readDefaultChoice(paths))!;
  await renameModel('mine', 'yours', paths);
  expect(await readDefaultChoice(paths)).toEqual({ model: 'yours', date });
  await renameModel('other', 'another', paths);
  expect(await readDefaultChoice(paths)).toEqual({ model: 'yours', date });
  expect(existsSync(choicePath(paths))).toBe(true);
});

test('it stays the parent of models that were made from it, of which learning then starts', async () => {
  const paths = await withModels('mine', 'other');
  const trainedFrom = (parent: string) => trainingRecord({ parent, samples: 5 });
  const child = { ...(await loadModel('mine', paths)), training: trainedFrom('mine') };
  for (const name of ['mine-hand', 'busy']) await saveModel({ ...child, name }, paths);
  await saveModel({ ...child, name: 'unrelated', training: trainedFrom('other') }, paths);
  {
    await using _lock = await lockModel(path.join(paths.models, 'busy'), 'busy');
    await renameModel('mine', 'yours', paths);
  }
  const parents = ['mine-hand', 'busy', 'unrelated'].map(
    async (name) => (await loadModel(name, paths)).training?.parent,
  );
  expect(await Promise.all(parents)).toEqual(['yours', 'mine', 'other']);
  expect((await findModel(paths, 'mine-hand'))!.model).toMatchObject({ training: trainedFrom('yours') });
  expect(await readdir(path.join(paths.models, 'mine-hand'))).not.toContain('training.lock');
  await chooseDefaultModel(paths, 'mine-hand');
  expect(await parentOf(undefined, paths)).toEqual({ name: 'yours', from: 'yours' });
});

test('a damaged model and a run without a model are renamed, too', async () => {
  const paths = await withModels('damaged');
  await writeFile(path.join(paths.models, 'damaged/model.json'), '{');
  await mkdir(path.join(paths.models, 'run'));
  await writeFile(path.join(paths.models, 'run/checkpoint.safetensors'), '');
  await renameModel('damaged', 'a', paths);
  await renameModel('run', 'b', paths);
  expect((await own(paths)).sort()).toEqual(['a', 'b']);
});

test('the same name changes nothing', async () => {
  const paths = await withModels('mine');
  await renameModel('mine', 'mine', paths);
  expect(await folders(paths)).toEqual(['mine']);
});

describe('a model is not renamed', () => {
  test('to a name that is taken or invalid', async () => {
    const paths = await withModels('mine', 'other');
    await mkdir(path.join(paths.models, 'folder'));
    await writeFile(path.join(paths.models, 'folder/thesis.txt'), '');
    await writeFile(path.join(paths.models, 'file'), '');
    await expect(renameModel('mine', 'other', paths)).rejects.toMatchObject({
      code: 'model-exists',
      data: { model: 'other', operation: 'rename', resumable: false },
    });
    for (const [to, reason] of [
      ['folder', 'taken'],
      ['file', 'taken'],
      ['shipped', 'reserved'],
      ['a/b', 'characters'],
      ['..', 'characters'],
      ['con', 'device'],
    ]) {
      const data = { model: to, reason };
      await expect(renameModel('mine', to!, paths)).rejects.toMatchObject({ code: 'model-name-invalid', data });
    }
    expect(await folders(paths)).toEqual(['file', 'folder', 'mine', 'other']);
    expect(await readdir(path.join(paths.models, 'mine'))).not.toContain('training.lock');
    await mkdir(path.join(paths.models, 'empty'));
    await renameModel('mine', 'empty', paths);
    expect(await loadModel('empty', paths)).toMatchObject({ name: 'empty' });
  });

  test('while it, or one of the new name, is being trained', async () => {
    const paths = await withModels('mine');
    await using _lock = await lockModel(path.join(paths.models, 'mine'), 'mine');
    await using _other = await lockModel(path.join(paths.models, 'started'), 'started');
    const busy = (model: string) => ({
      code: 'model-busy',
      data: { model, operation: 'rename', process: process.pid },
    });
    await expect(renameModel('mine', 'yours', paths)).rejects.toMatchObject(busy('mine'));
    await saveModel({ ...(await loadModel('mine', paths)), name: 'idle' }, paths);
    await expect(renameModel('idle', 'started', paths)).rejects.toMatchObject(busy('started'));
    expect(await folders(paths)).toEqual(['idle', 'mine', 'started']);
  });

  test('if there is none', async () => {
    const paths = await withModels('mine');
    await mkdir(path.join(paths.models, 'other'));
    for (const name of ['missing', 'other', 'shipped', '../models', '..', '.', '']) {
      const error = { code: 'model-missing', data: { model: name } };
      await expect(renameModel(name, 'yours', paths)).rejects.toMatchObject(error);
    }
  });
});

test.skipIf(ON_WINDOWS)(named('of a linked model only the link is renamed', ON_WINDOWS), async () => {
  const paths = await withModels('mine');
  await symlink('mine', path.join(paths.models, 'link'));
  await symlink('nowhere', path.join(paths.models, 'dead'));
  await renameModel('link', 'alias', paths);
  expect(await folders(paths)).toEqual(['alias', 'dead', 'mine']);
  expect(await readlink(path.join(paths.models, 'alias'))).toBe('mine');
  expect(await readdir(path.join(paths.models, 'mine'))).not.toContain('training.lock');
  await expect(renameModel('dead', 'alive', paths)).rejects.toMatchObject({ code: 'file-missing' });
  await rm(path.join(paths.models, 'alias'));
  expect(await findModel(paths, 'mine')).toMatchObject({ problem: null });
});

test('only the case of a name can be changed, whether or not it matters to the system', async () => {
  const paths = await withModels('mine');
  await renameModel('mine', 'Mine', paths);
  expect(await folders(paths)).toEqual(['Mine']);
});
