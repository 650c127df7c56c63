import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import type { Model, TrainingRecord } from '../../../src/core/model/model.ts';
import { listModels, loadModel, ownedModels, SHIPPED, saveModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { named, ON_WINDOWS } from '../../helpers/skip.ts';
import { trainingRecord } from '../../helpers/training-record.ts';

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-store-'));
  paths = resolvePaths(home);
});
afterEach(() => rm(home, { recursive: true }));

function model(name: string, seed: number, date: string): Model {
  const network = architecture('cnn', 10);
  return {
    name,
    network,
    labels: [...'0123456789'],
    weights: initialWeights(network, seed),
    training: trainingRecord({ seed, date }),
  };
}

test('the default is the most recent model, or the shipped one before any training', async () => {
  expect((await loadModel(undefined, paths)).name).toBe(SHIPPED);
  await saveModel(model('new', 2, '2026-02-02T00:00:00Z'), paths);
  await saveModel(model('old', 1, '2026-01-01T00:00:00Z'), paths);
  expect(await loadModel(undefined, paths)).toEqual(model('new', 2, '2026-02-02T00:00:00Z'));
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['new', 'old', SHIPPED]);
});

test('a model whose training was interrupted is the default only if there is no finished one', async () => {
  const trained = (name: string, record: Partial<TrainingRecord>): Model => ({
    ...model(name, 1, ''),
    training: trainingRecord(record),
  });
  await saveModel(trained('begun', { epochs: 1, epochsAsked: 10, date: '2026-02-02T00:00:00Z' }), paths);
  expect((await loadModel(undefined, paths)).name).toBe('begun');
  await saveModel(trained('done', { date: '2026-01-01T00:00:00Z' }), paths);
  expect((await loadModel(undefined, paths)).name).toBe('done');
  const early = { epochs: 3, epochsAsked: 10, stoppedEarly: true, date: '2026-01-15T00:00:00Z' };
  await saveModel(trained('early', early), paths);
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['early', 'done', 'begun', SHIPPED]);
});

test('a model is found by name, by folder and by file', async () => {
  const saved = model('mine', 1, '2026-01-01T00:00:00Z');
  await saveModel(saved, paths);
  const folder = path.join(paths.models, 'mine');
  for (const name of ['mine', folder, path.join(folder, 'model.json')]) {
    expect(await loadModel(name, paths)).toEqual(saved);
  }
});

test('saving again replaces the weights and removes the old ones', async () => {
  await saveModel(model('mine', 1, '2026-01-01T00:00:00Z'), paths);
  await saveModel(model('mine', 2, '2026-01-02T00:00:00Z'), paths);
  expect((await loadModel('mine', paths)).weights).toEqual(model('mine', 2, '').weights);
  expect((await readdir(path.join(paths.models, 'mine'))).length).toBe(2);
});

test.skipIf(ON_WINDOWS)(named('a model that is replaced while being read is read again', ON_WINDOWS), async () => {
  await saveModel(model('mine', 1, ''), paths);
  const folder = path.join(paths.models, 'mine');
  const file = path.join(folder, 'model.json');
  // A pipe shows when it is being read and blocks the reader until the model is replaced.
  execFileSync('mkfifo', [path.join(folder, 'slow.bin')]);
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"weights\.\w+\.bin"/, '"slow.bin", "gone.bin"'));
  const read = loadModel('mine', paths);
  const pipe = await open(path.join(folder, 'slow.bin'), 'w');
  const newer = model('mine', 2, '2026-01-01T00:00:00Z');
  await saveModel(newer, paths);
  await pipe.close();
  expect(await read).toEqual(newer);
});

const ELSEWHERE = ['a\\b', 'C:', 'a:b', 'NUL', 'con.1', 'Com1', 'lpt9.x.y', 'model.'];
test('saving removes the temporary files of interrupted writes', async () => {
  const folder = path.join(paths.models, 'mine');
  await mkdir(folder, { recursive: true });
  const names = [
    'model.json.1',
    'weights.0123abcd.bin.22',
    'checkpoint.safetensors.333',
    'notes.txt.4444',
    'notes.txt',
  ];
  for (const name of names) await writeFile(path.join(folder, name), 'half');
  await saveModel(model('mine', 1, ''), paths);
  expect((await readdir(folder)).sort()).toEqual([
    'model.json',
    'notes.txt',
    'notes.txt.4444',
    expect.stringMatching(/^weights\.[0-9a-f]{8}\.bin$/),
  ]);
});

test.each(['../evil', 'a/b', '', '.hidden', 'x'.repeat(65), SHIPPED, ...ELSEWHERE])(
  '"%s" is refused as a name',
  async (name) => {
    await expect(saveModel(model(name, 1, ''), paths)).rejects.toMatchObject({ code: 'model-name-invalid' });
  },
);

test('a missing or broken model is an error', async () => {
  await expect(loadModel('nothing', paths)).rejects.toMatchObject({ code: 'model-missing' });
  await saveModel(model('mine', 1, ''), paths);
  const file = path.join(paths.models, 'mine', 'model.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"Flatten"', '"Teapot"'));
  await expect(loadModel('mine', paths)).rejects.toMatchObject({ code: 'model-unsupported' });
  const [broken] = await listModels(paths);
  expect(broken).toMatchObject({ name: 'mine', model: null, problem: { message: expect.stringMatching('Teapot') } });
  expect((await loadModel(undefined, paths)).name).toBe(SHIPPED);
});

test('a model from a machine whose clock is a little ahead is the latest', async () => {
  await saveModel(model('before', 1, '2026-01-01T00:00:00Z'), paths);
  await saveModel(model('now', 2, new Date(Date.now() + 60_000).toISOString()), paths);
  expect((await loadModel(undefined, paths)).name).toBe('now');
});

test('models in folders that are links are listed and loaded', async () => {
  const elsewhere = resolvePaths(path.join(home, 'elsewhere'));
  const saved = model('linked', 3, '2026-01-01T00:00:00Z');
  await saveModel(saved, elsewhere);
  await mkdir(paths.models, { recursive: true });
  await symlink(path.join(elsewhere.models, 'linked'), path.join(paths.models, 'linked'), 'junction');
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['linked', SHIPPED]);
  expect(await loadModel('linked', paths)).toEqual(saved);
  expect(await loadModel(undefined, paths)).toEqual(saved);
  // Cleaning must not delete through the link what is kept elsewhere.
  expect(await ownedModels(paths)).toEqual([]);
});

test('a date that has not come yet does not make a model the latest', async () => {
  await saveModel(model('past', 1, '2020-01-01T00:00:00Z'), paths);
  await saveModel(model('ahead', 2, '2041-01-01T00:00:00Z'), paths);
  await saveModel(model('no-date', 3, 'zzz'), paths);
  await saveModel({ ...model('imported', 4, ''), training: null }, paths);
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['past', 'ahead', 'imported', 'no-date', SHIPPED]);
  expect((await loadModel(undefined, paths)).name).toBe('past');
});

/** What can be wrong with a model's folder, by what its problem says. */
const BROKEN: [string, string | null, RegExp, (folder: string) => Promise<void> | void][] = [
  ['model.json is not JSON', null, /not JSON/, (folder) => writeFile(path.join(folder, 'model.json'), '{"format')],
  ['model.json is empty', null, /not JSON/, (folder) => writeFile(path.join(folder, 'model.json'), '')],
  [
    'model.json is a folder',
    null,
    /not a file/,
    async (folder) => {
      await rm(path.join(folder, 'model.json'));
      await mkdir(path.join(folder, 'model.json'));
    },
  ],
  [
    'model.json is a pipe',
    ON_WINDOWS,
    /not a file/,
    async (folder) => {
      await rm(path.join(folder, 'model.json'));
      execFileSync('mkfifo', [path.join(folder, 'model.json')]);
    },
  ],
  [
    'model.json is a link that leads nowhere',
    ON_WINDOWS,
    /ENOENT/,
    async (folder) => {
      await rm(path.join(folder, 'model.json'));
      await symlink('nowhere', path.join(folder, 'model.json'));
    },
  ],
  ['the weights are missing', null, /ENOENT/, async (folder) => rm(await weightsOf(folder))],
  [
    'the weights are cut',
    null,
    /900136 bytes|bytes instead of/,
    async (folder) => truncate(await weightsOf(folder), 1000),
  ],
  [
    'the folder is a link that leads nowhere',
    ON_WINDOWS,
    /ENOENT/,
    async (folder) => {
      await rm(folder, { recursive: true });
      await symlink('nowhere', folder);
    },
  ],
  [
    'the folder is a link to itself',
    ON_WINDOWS,
    /ELOOP/,
    async (folder) => {
      await rm(folder, { recursive: true });
      await symlink(path.basename(folder), folder);
    },
  ],
  [
    'the folder is a file',
    null,
    /is a file/,
    async (folder) => {
      await rm(folder, { recursive: true });
      await writeFile(folder, 'weights');
    },
  ],
];

describe('a model that cannot be read', () => {
  for (const [what, reason, problem, breakIt] of BROKEN) {
    test.skipIf(reason)(named(`because ${what} is listed with its problem, and not the default`, reason), async () => {
      await saveModel(model('good', 1, '2026-01-01T00:00:00Z'), paths);
      await saveModel(model('bad', 2, '2026-02-02T00:00:00Z'), paths);
      await breakIt(path.join(paths.models, 'bad'));
      const listed = await listModels(paths);
      expect(listed.map(({ name, problem }) => [name, problem?.message ?? null])).toEqual([
        ['good', null],
        ['bad', expect.stringMatching(problem)],
        [SHIPPED, null],
      ]);
      expect((await loadModel(undefined, paths)).name).toBe('good');
      await expect(loadModel('bad', paths)).rejects.toThrow();
      // What could be cleaned can still be told.
      await ownedModels(paths);
    });
  }

  test('because its weights are others, which only reading shows, is not the default', async () => {
    await saveModel(model('bad', 2, '2026-02-02T00:00:00Z'), paths);
    const file = await weightsOf(path.join(paths.models, 'bad'));
    // As a power failure can leave it.
    await writeFile(file, Buffer.alloc((await readFile(file)).length));
    const problems: [string, string][] = [];
    const loaded = await loadModel(undefined, paths, (name, { message }) => problems.push([name, message]));
    expect(loaded.name).toBe(SHIPPED);
    expect(problems).toEqual([['bad', expect.stringMatching(/weights\.\w+\.bin.*checksum/)]]);
  });

  test('because its values are wrong, which only reading shows, is not the default', async () => {
    await saveModel(model('good', 1, '2026-01-01T00:00:00Z'), paths);
    await saveModel(model('bad', 2, '2026-02-02T00:00:00Z'), paths);
    const file = path.join(paths.models, 'bad', 'model.json');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('/kernel"', '/other"'));
    expect((await listModels(paths)).map(({ name }) => name)).toEqual(['bad', 'good', SHIPPED]);
    expect((await loadModel(undefined, paths)).name).toBe('good');
  });
});

async function weightsOf(folder: string): Promise<string> {
  return path.join(folder, (await readdir(folder)).find((name) => name.endsWith('.bin'))!);
}

test('a folder of models that contains itself does no harm', async () => {
  await saveModel(model('mine', 1, '2026-01-01T00:00:00Z'), paths);
  await symlink(paths.models, path.join(paths.models, 'all'), 'junction');
  expect((await listModels(paths)).map(({ name }) => name)).toEqual(['mine', SHIPPED]);
  expect(await ownedModels(paths)).toHaveLength(2);
});

test('weights outside the model folder are not read', async () => {
  await saveModel(model('mine', 1, ''), paths);
  const file = path.join(paths.models, 'mine', 'model.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"weights\.\w+\.bin"/, '"../../secret.bin"'));
  await expect(loadModel('mine', paths)).rejects.toThrow(/outside its folder/);
});

test("only the program's own files are listed as owned", async () => {
  await saveModel(model('mine', 1, ''), paths);
  const folder = path.join(paths.models, 'mine');
  await writeFile(path.join(folder, 'notes.txt'), 'mine');
  await writeFile(path.join(folder, 'model.json.123456'), 'half');
  await mkdir(path.join(paths.models, 'keras'), { recursive: true });
  await writeFile(path.join(paths.models, 'keras', 'model.json'), '{"generatedBy":"keras v3","format":"layers-model"}');
  await mkdir(path.join(paths.models, 'holiday'), { recursive: true });
  await writeFile(path.join(paths.models, 'holiday', 'photo.jpg'), 'jpg');
  const owned = (await ownedModels(paths)).map((file) => path.relative(paths.models, file)).sort();
  expect(owned).toEqual([
    'mine/model.json',
    'mine/model.json.123456',
    expect.stringMatching(/^mine\/weights\.[0-9a-f]{8}\.bin$/),
  ]);
});
