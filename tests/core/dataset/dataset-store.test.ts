import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { datasetStatus, ownedDatasets } from '../../../src/core/dataset/dataset-store.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { named, ON_WINDOWS } from '../../helpers/skip.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-datasets-'));
});
afterEach(() => rm(home, { recursive: true }));

test.skipIf(ON_WINDOWS)(
  named('a split whose folder cannot be read is reported, and does not hide the others', ON_WINDOWS),
  async () => {
    const paths = resolvePaths(home);
    await installDatasets(paths, { digits: { train: 20, test: 10 } });
    await symlink('mnist', path.join(paths.datasets, 'mnist'));
    const status = await datasetStatus(paths);
    expect(status.find(({ split }) => split === 'digits')).toMatchObject({ trainImages: 20, testImages: 10 });
    expect(status.find(({ split }) => split === 'mnist')).toMatchObject({
      trainImages: null,
      problem: { code: 'file-link-loop' },
    });
    expect(await ownedDatasets(paths)).toEqual([path.join(paths.datasets, 'digits')]);
  },
);

test('a folder without a manifest is damaged, and not the program’s to delete', async () => {
  const paths = resolvePaths(home);
  await mkdir(path.join(paths.datasets, 'mnist'), { recursive: true });
  const status = await datasetStatus(paths);
  expect(status.every(({ trainImages, problem }) => trainImages === null && problem === undefined)).toBe(true);
  expect(await ownedDatasets(paths)).toEqual([]);
});
