import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { deleteModel } from '../../src/app/delete-model.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { findDefaultChoice } from '../../src/core/model/default-choice.ts';
import { chooseDefaultModel } from '../../src/core/model/default-model.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { lockModel } from '../../src/core/model/model-lock.ts';
import { listModels, saveModel } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';

async function withModel(name: string, home?: Paths): Promise<{ paths: Paths; folder: string }> {
  const paths = home ?? resolvePaths(await temporaryFolder());
  const network = architecture('cnn', 10);
  const weights = initialWeights(network, 1);
  await saveModel({ name, network, labels: [...'0123456789'], weights, training: null }, paths);
  return { paths, folder: path.join(paths.models, name) };
}

const own = async (paths: Paths) => (await listModels(paths)).filter(({ shipped }) => !shipped).map(({ name }) => name);

test('a model is deleted with its folder', async () => {
  const { paths, folder } = await withModel('mine');
  await deleteModel('mine', paths);
  expect(existsSync(folder)).toBe(false);
});

test('the choice of the default is deleted with its model, and stays with others', async () => {
  const { paths } = await withModel('mine');
  await chooseDefaultModel(paths, 'mine');
  await withModel('other', paths);
  await deleteModel('other', paths);
  expect((await findDefaultChoice(paths)).choice?.model).toBe('mine');
  await deleteModel('mine', paths);
  expect((await findDefaultChoice(paths)).choice).toBeNull();
});

test('one that is damaged too, and one of another program with the weights that it names; other files stay', async () => {
  const { paths, folder } = await withModel('mine');
  await writeFile(path.join(folder, 'model.json'), '{');
  await deleteModel('mine', paths);
  expect(existsSync(folder)).toBe(false);

  const foreign = path.join(paths.models, 'foreign');
  await mkdir(foreign, { recursive: true });
  const manifest = [{ paths: ['group1-shard1of1.bin'], weights: [] }];
  const json = { modelTopology: {}, weightsManifest: manifest, generatedBy: 'keras v3' };
  await writeFile(path.join(foreign, 'model.json'), JSON.stringify(json));
  await writeFile(path.join(foreign, 'group1-shard1of1.bin'), 'weights');
  await writeFile(path.join(foreign, 'notes.txt'), 'mine');
  expect(await own(paths)).toEqual(['foreign']);
  await deleteModel('foreign', paths);
  expect(await readdir(foreign)).toEqual(['notes.txt']);
  expect(await own(paths)).toEqual([]);
});

test('of a linked model only the link is deleted', async () => {
  const { paths, folder } = await withModel('mine');
  const link = path.join(paths.models, 'link');
  await symlink(folder, link, 'junction');
  expect(await own(paths)).toContain('link');
  await deleteModel('link', paths);
  expect(await own(paths)).toEqual(['mine']);
});

test('a model that is being written is not deleted', async () => {
  const { paths, folder } = await withModel('mine');
  await using _lock = await lockModel(folder, 'mine');
  await expect(deleteModel('mine', paths)).rejects.toMatchObject({
    ...{ code: 'model-busy', data: { model: 'mine', operation: 'delete' } },
  });
  expect(await own(paths)).toEqual(['mine']);
});

test('there must be such a model', async () => {
  const { paths } = await withModel('mine');
  await expect(deleteModel('yours', paths)).rejects.toMatchObject({ code: 'model-missing' });
});
