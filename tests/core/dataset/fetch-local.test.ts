import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { datasetStatus, ownedDatasets } from '../../../src/core/dataset/dataset-store.ts';
import { readPart } from '../../../src/core/dataset/read-part.ts';
import { makeArchive, writeArchive } from '../../helpers/archive.ts';
import { startArchiveServer } from './archive-server.ts';
import { datasetEntries, endOf, fetchAll, installedFiles, temporaryHome } from './fetching.ts';

const SPLITS = { digits: { train: 300, test: 60 }, letters: { train: 100, test: 52 } };
let archive: Buffer;
beforeAll(async () => {
  archive = await makeArchive(SPLITS);
});

test('members of a local archive are the same, extracted one by one or all at once', async () => {
  await using home = await temporaryHome();
  await using whole = await temporaryHome();
  const zip = await writeArchive(path.join(home.root, 'my archive.zip'), SPLITS);
  const events = await fetchAll({ paths: home.paths, from: zip, splits: ['letters', 'digits'] });
  expect(endOf(events, 'letters')).toEqual({ train: 100, test: 52 });
  await fetchAll({ paths: whole.paths, from: zip, splits: ['letters', 'digits'], whole: true });
  expect(await installedFiles(whole.paths, 'letters')).toEqual(await installedFiles(home.paths, 'letters'));
  expect(await datasetEntries(whole.paths)).toEqual(['digits', 'letters']);
  // The user's file is left alone.
  expect(await readFile(zip)).toEqual(archive);
});

test('members may be outside a folder', async () => {
  await using home = await temporaryHome();
  const zip = await writeArchive(path.join(home.root, 'flat.zip'), SPLITS, {
    alter(members) {
      for (const [name, data] of [...members]) {
        members.delete(name);
        members.set(path.basename(name), data);
      }
    },
  });
  expect(endOf(await fetchAll({ paths: home.paths, from: zip }))).toEqual({ train: 300, test: 60 });
});

test.each([false, true])(
  'members may be anywhere, and not gzipped, as in Kaggle’s archive (whole: %s)',
  async (whole) => {
    await using home = await temporaryHome();
    const zip = await writeArchive(path.join(home.root, 'kaggle.zip'), SPLITS, {
      alter(members) {
        for (const [name, data] of [...members]) {
          members.delete(name);
          const packed = name.endsWith('.gz');
          members.set(`emnist_source_files/${path.basename(name, '.gz')}`, packed ? gunzipSync(data) : data);
        }
        members.set('emnist-digits-train.csv', Buffer.from('0,0'));
      },
    });
    const options = { paths: home.paths, from: zip, whole };
    expect(endOf(await fetchAll(options))).toEqual({ train: 300, test: 60 });
    const { images, count } = await readPart(home.paths, 'digits', 'test');
    expect([count, images.length]).toEqual([60, 60 * 784]);
    // The manifest describes the files as they are on disk.
    expect(endOf(await fetchAll(options))).toEqual({ train: 300, test: 60 });
    expect(await datasetEntries(home.paths)).toEqual(['digits']);
  },
);

test('EMNIST_TUI_ARCHIVE replaces the URL of NIST, and `from` replaces both', async () => {
  await using home = await temporaryHome();
  const zip = await writeArchive(path.join(home.root, 'one.zip'), SPLITS);
  const other = await writeArchive(path.join(home.root, 'two.zip'), { digits: { train: 20, test: 10 } });
  const env = { EMNIST_TUI_ARCHIVE: zip };
  expect(endOf(await fetchAll({ paths: home.paths, env }))).toEqual({ train: 300, test: 60 });
  expect(endOf(await fetchAll({ paths: home.paths, env, from: other }))).toEqual({ train: 20, test: 10 });
});

test('an intact split from the same source is not fetched again; a damaged one is', async () => {
  await using home = await temporaryHome();
  await using server = await startArchiveServer({ body: archive });
  const options = { paths: home.paths, from: server.url };
  await fetchAll(options);
  const fetched = await installedFiles(home.paths);
  const before = server.requests.length;
  expect(endOf(await fetchAll(options))).toEqual({ train: 300, test: 60 });
  expect(server.requests).toHaveLength(before);

  // The size is the same, only the CRC differs.
  const images = path.join(home.paths.datasets, 'digits', 'emnist-digits-train-images-idx3-ubyte.gz');
  const bytes = await readFile(images);
  bytes[5000]! ^= 4;
  await writeFile(images, bytes);
  await fetchAll(options);
  expect(server.requests.length).toBeGreaterThan(before);
  expect(await installedFiles(home.paths)).toEqual(fetched);

  await rm(path.join(home.paths.datasets, 'digits', 'dataset.json'));
  expect((await datasetStatus(home.paths)).find(({ split }) => split === 'digits')?.trainImages).toBeNull();
  await fetchAll(options);
  expect(await installedFiles(home.paths)).toEqual(fetched);
});

test('staging folders of an interrupted fetch are removed; downloads can be resumed for a week', async () => {
  await using home = await temporaryHome();
  const zip = await writeArchive(path.join(home.root, 'archive.zip'), SPLITS);
  const at = (name: string) => path.join(home.paths.datasets, name);
  await mkdir(at('.fetch-new-0123'), { recursive: true });
  await writeFile(at('.fetch-new-0123/emnist-digits-mapping.txt'), '');
  await writeFile(at('.download-0123456789abcdef.part'), 'recent');
  await writeFile(at('.download-fedcba9876543210-5-90.part'), 'old');
  await utimes(at('.download-fedcba9876543210-5-90.part'), 1e9, 1e9);
  await writeFile(at('notes.txt'), "the user's");
  await fetchAll({ paths: home.paths, from: zip });
  expect(await datasetEntries(home.paths)).toEqual(['.download-0123456789abcdef.part', 'digits', 'notes.txt']);
});

test('ownedDatasets lists what a fetch created, and nothing else', async () => {
  await using home = await temporaryHome();
  expect(await ownedDatasets(home.paths)).toEqual([]);
  const zip = await writeArchive(path.join(home.root, 'archive.zip'), SPLITS);
  const at = (...names: string[]) => path.join(home.paths.datasets, ...names);
  await fetchAll({ paths: home.paths, from: zip, splits: ['digits', 'letters'] });
  await writeFile(at('letters', 'notes.txt'), "the user's");
  await mkdir(at('mnist'));
  await writeFile(at('mnist', 'emnist-mnist-mapping.txt'), "the user's: no dataset.json");
  await writeFile(at('.download-0123456789abcdef-10-20.part'), '');
  await writeFile(at('.download-mine.part'), "the user's");
  await mkdir(at('.fetch-new-0123'));

  const owned = (await ownedDatasets(home.paths)).map((entry) => path.relative(home.paths.datasets, entry));
  expect(owned).toContain('digits');
  expect(owned).toContain('.download-0123456789abcdef-10-20.part');
  expect(owned).toContain('.fetch-new-0123');
  expect(owned.filter((entry) => entry.startsWith('letters'))).toHaveLength(6);
  expect(owned.some((entry) => /mnist$|mnist\/|notes|mine|^letters$/.test(entry.replace(/emnist-/g, '')))).toBe(false);
});
