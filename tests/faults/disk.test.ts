import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkpointPath, loadModel, saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { readCheckpoint } from '../../src/core/training/checkpoint.ts';
import { ERROR_LINE, EXECUTABLE, run, runJson, temporaryFolder } from '../cli/run.ts';
import { installDatasets, writeArchive } from '../helpers/archive.ts';
import { NOBODY, whyNotNobody } from '../helpers/nobody.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { mountSmallDisk, resizeSmallDisk, whyNoSmallDisk } from '../helpers/small-disk.ts';

const noReadOnly = whyNotNobody();
const noSmallDisk = whyNoSmallDisk();

async function smallDisk(kilobytes: number): Promise<string> {
  const disk = await temporaryFolder();
  onTestFinished(mountSmallDisk(disk, kilobytes));
  return disk;
}

/** Asserts that `digits-cnn` has a complete checkpoint of one epoch, a model, and nothing else. */
async function expectOneEpoch(home: string): Promise<void> {
  const paths = resolvePaths(home);
  const checkpoint = await readCheckpoint(checkpointPath(paths, 'digits-cnn'));
  expect(checkpoint?.state.history).toHaveLength(1);
  const { network } = await loadModel('digits-cnn', paths);
  expect(() => checkpoint?.tensors(network)).not.toThrow();
  const files = await readdir(path.join(paths.models, 'digits-cnn'));
  expect(files.sort()).toEqual([
    'checkpoint.safetensors',
    'model.json',
    expect.stringMatching(/^weights\.[0-9a-f]{8}\.bin$/),
  ]);
}

/** The content of a file, or of the files in a folder, as digests by name. */
async function contents(target: string): Promise<Record<string, string>> {
  const names = (await stat(target)).isDirectory() ? (await readdir(target)).sort() : [''];
  const digest = async (name: string) =>
    createHash('sha256')
      .update(await readFile(path.join(target, name)))
      .digest('hex');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digest(name)] as const)));
}

/** A model as large as the shipped one. */
async function otherModel() {
  const shipped = await loadModel('shipped', resolvePaths(undefined));
  return { ...shipped, name: 'other', weights: shipped.weights.map((tensor) => tensor.map((weight) => -weight)) };
}

describe.skipIf(noReadOnly)(named('a read-only data directory', noReadOnly), () => {
  /** A data directory with a data set that the program can read but not write. */
  async function readOnlyHome(): Promise<string> {
    const home = await temporaryFolder();
    await installDatasets(resolvePaths(home), { digits: { train: 40, test: 20 } });
    await mkdir(path.join(home, 'models'));
    const folders = [home, ...['datasets', 'datasets/digits', 'models'].map((name) => path.join(home, name))];
    for (const folder of folders) await chmod(folder, 0o555);
    // So that the folder can be removed.
    onTestFinished(async () => {
      for (const folder of folders) await chmod(folder, 0o755);
    });
    return home;
  }

  test.each([
    ['fetch', ['fetch', '--split', 'letters', '--from', 'archive.zip']],
    ['train', ['train', '--split', 'digits', '--architecture', 'cnn']],
    ['clean', ['clean', '--all', '--yes']],
  ])('%s is an error that names it', async (_, args) => {
    const home = await readOnlyHome();
    await chmod(home, 0o755);
    await writeArchive(path.join(home, 'archive.zip'), { letters: { train: 26, test: 26 } });
    await chmod(home, 0o555);
    const { code, stderr } = await run([...args, '--quiet'], { home, cwd: home, uid: NOBODY });
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toMatch(/permission denied \(EACCES\) — .*--data-dir/);
    expect(code).toBe(1);
    expect(await readdir(path.join(home, 'datasets'))).toEqual(['digits']);
    expect(await readdir(path.join(home, 'models'))).toEqual([]);
  });

  test('commands that only read work, and doctor names the folders', async () => {
    const home = await readOnlyHome();
    const { code, events } = await runJson(['evaluate', '--split', 'digits'], { home, uid: NOBODY });
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', images: 20 });
    const doctor = await runJson(['doctor'], { home, uid: NOBODY });
    expect(doctor.code).toBe(1);
    const broken = doctor.events.filter(({ state }) => state === 'broken').map(({ name }) => name);
    expect(broken).toEqual(['folder datasets', 'folder models']);
  });
});

describe.skipIf(noReadOnly)(named('an input that may not be read', noReadOnly), () => {
  test.each([
    ['predict', ['predict', 'secret/file']],
    ['predict with a model', ['predict', '--model', 'secret', '-']],
    ['evaluate', ['evaluate', '--strokes', 'secret/file']],
    ['import', ['import', 'secret']],
    ['fetch', ['fetch', '--from', 'secret/file']],
  ])('is not blamed on the data folder by %s', async (_, args) => {
    const cwd = await temporaryFolder();
    await chmod(cwd, 0o755);
    await mkdir(path.join(cwd, 'secret'), { mode: 0 });
    const home = path.join(cwd, 'home');
    await mkdir(home);
    await chmod(home, 0o777);
    const { code, stderr } = await run([...args, '--quiet'], { cwd, home, uid: NOBODY });
    expect(stderr).toMatch(/secret.*permission denied \(EACCES\) — change its permissions\n$/);
    expect(code).toBe(1);
  });
});

describe.skipIf(noSmallDisk)(named('on a full disk', noSmallDisk), () => {
  test('fetch fails and installs nothing', async () => {
    const archive = await writeArchive(path.join(await temporaryFolder(), 'a.zip'), {
      digits: { train: 2000, test: 20 },
    });
    const home = await smallDisk(256);
    const { code, stderr } = await run(['fetch', '--split', 'digits', '--from', archive, '--quiet'], { home });
    expect(code).toBe(1);
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toMatch(/needs [\d.]+ MB of free space, but .* — free some space/);
    expect(stderr).not.toContain(archive);
    expect((await readdir(path.join(home, 'datasets'))).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  test('train fails and keeps the last complete checkpoint', async () => {
    // Room for a checkpoint (5.2 MB) and its model, but not for another checkpoint.
    const home = await smallDisk(7400);
    await installDatasets(resolvePaths(home), { digits: { train: 100, test: 10 } });
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--epochs', '3', '--batch-size', '32'];
    const { code, stderr } = await run([...args, '--quiet'], { home });
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toMatch(/no space left on the disk \(ENOSPC\)/);
    expect(code).toBe(1);
    await expectOneEpoch(home);
    const { events } = await runJson(['models'], { home });
    for (const { problem } of events.slice(0, -1)) expect(problem).toBeNull();
    expect(events[0]).toMatchObject({ resumable: true, unfinished: { epochsDone: 1, epochs: 3 } });
    expect((await run(['clean', '--all', '--yes'], { home })).code).toBe(0);
  });
});

describe.skipIf(noSmallDisk)(named('with room for the checkpoint but not for the model', noSmallDisk), () => {
  test('training leaves nothing half, and the model is written when the run is resumed', async () => {
    const home = await smallDisk(7400);
    await installDatasets(resolvePaths(home), { digits: { train: 100, test: 10 } });
    // The checkpoint has 5.2 MB, the model 1.7 MB.
    await writeFile(path.join(home, 'other'), Buffer.alloc(1_200_000));
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--epochs', '1', '--batch-size', '32'];
    const cut = await run([...args, '--quiet'], { home });
    expect(cut.stderr).toMatch(/weights\.\w+\.bin: no space left on the disk \(ENOSPC\)/);
    expect(cut.code).toBe(1);
    expect(await readdir(path.join(home, 'models/digits-cnn'))).toEqual(['checkpoint.safetensors']);

    resizeSmallDisk(home, 14_000);
    const { code, events } = await runJson(['train', '--resume'], { home });
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', model: 'digits-cnn', epochs: 1 });
    await expectOneEpoch(home);
  });
});

describe.skipIf(noSmallDisk)(named('an export that the disk has no room for', noSmallDisk), () => {
  test.each(['tfjs', 'keras', 'h5', 'onnx', 'safetensors'])(
    'as %s is refused, and what was there before is kept',
    async (format) => {
      // Room for one export (4.6 MB), but not for another beside it.
      const disk = await smallDisk(7000);
      const out = path.join(disk, 'out');
      const args = ['export', '--format', format, '--model', 'shipped', '--out', out, '--force'];
      expect((await run(args)).code).toBe(0);
      const before = await contents(out);
      // A model that differs, of nearly the same size.
      const home = await temporaryFolder();
      await saveModel(await otherModel(), resolvePaths(home));
      const full = await run(['export', '--format', format, '--out', out, '--force'], { home });
      expect(full.stderr).toMatch(/no space left on the disk \(ENOSPC\) — free some space, or choose another --out\n$/);
      expect(full).toMatchObject({ code: 1, stdout: '' });
      expect(await contents(out)).toEqual(before);
      expect(await readdir(disk)).toEqual(['out']);

      resizeSmallDisk(disk, 24_000);
      expect((await run(['export', '--format', format, '--out', out, '--force'], { home })).code).toBe(0);
    },
  );
});

describe.skipIf(noSmallDisk)(named('a disk', noSmallDisk), () => {
  test('that is completely full can be cleaned, and train leaves nothing on it', async () => {
    const home = await smallDisk(4000);
    await installDatasets(resolvePaths(home), { digits: { train: 100, test: 10 } });
    await mkdir(path.join(home, 'models/old'), { recursive: true });
    await writeFile(path.join(home, 'models/old/checkpoint.safetensors'), 'mine');
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(home, 'fill')}`, 'bs=1k']);
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--name', 'new', '--quiet'];
    expect((await run(args, { home })).stderr).toMatch(/no space left on the disk/);
    expect(await readdir(path.join(home, 'models'))).toEqual(['old']);
    const { code, stderr } = await run(['clean', '--all', '--yes', '--quiet'], { home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect((await readdir(home)).sort()).toEqual(['archive.zip', 'fill']);
  });

  test.each(['fetch', 'train'])('that is read-only is reported by %s', async (command) => {
    const disk = await smallDisk(64);
    const archive = await writeArchive(path.join(await temporaryFolder(), 'a.zip'), {
      digits: { train: 20, test: 20 },
    });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const args = command === 'fetch' ? ['fetch', '--from', archive] : ['train'];
    const { stderr } = await run([...args, '--split', 'digits', '--quiet'], { home: path.join(disk, 'home') });
    expect(stderr).toMatch(/the file system is read-only \(EROFS\) — .*--data-dir/);
  });
});

/** In 512-byte blocks, or 1024-byte ones, depending on the shell. */
const FILE_SIZE_LIMIT = ['sh', '-c', 'ulimit -f 1000 && exec "$@"', 'sh', process.execPath, EXECUTABLE];

test.skipIf(ON_WINDOWS).each([
  ['its files', []],
  ['the whole archive', ['--whole']],
])(
  named('a data set is not installed if %s can only be written in part, and leaves nothing', ON_WINDOWS),
  async (_, more) => {
    const home = await temporaryFolder();
    const archive = await writeArchive(path.join(home, 'a.zip'), { digits: { train: 3000, test: 20 } }, { seed: 9 });
    const args = ['fetch', '--split', 'digits', '--from', archive, '--quiet', ...more];
    const { code, stderr } = await run(args, { home, command: FILE_SIZE_LIMIT });
    expect(stderr).toMatch(/the file exceeds the size limit \(EFBIG\) — raise the limit/);
    expect(code).toBe(1);
    expect(await readdir(home, { recursive: true })).toEqual(['a.zip', 'datasets']);
  },
);

test.skipIf(ON_WINDOWS)(
  named('a checkpoint that can only be written in part does not replace the last one', ON_WINDOWS),
  async () => {
    const home = await temporaryFolder();
    await installDatasets(resolvePaths(home), { digits: { train: 100, test: 10 } });
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--quiet'];
    expect((await run([...args, '--epochs', '1'], { home })).code).toBe(0);
    const file = checkpointPath(resolvePaths(home), 'digits-cnn');
    const before = await readFile(file);
    const options = { home, command: FILE_SIZE_LIMIT };
    const { code, stderr } = await run([...args, '--epochs', '2', '--resume'], options);
    expect(stderr).toMatch(/the file exceeds the size limit \(EFBIG\)/);
    expect(code).toBe(1);
    expect(Buffer.compare(await readFile(file), before)).toBe(0);
    await expectOneEpoch(home);
  },
);

const noFullDevice = existsSync('/dev/full') ? null : 'there is no /dev/full';
test.skipIf(noFullDevice)(named('output that cannot be written is an error', noFullDevice), () => {
  for (const args of [['models', '--json'], ['--help']]) {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, EXECUTABLE, ...args],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toMatch(/^emnist-tui: cannot write the output \(ENOSPC\) — .*\n$/);
    expect(status).toBe(1);
  }
});

test.skipIf(noSmallDisk)(named('output that a full disk takes only a part of is an error', noSmallDisk), async () => {
  const file = path.join(await smallDisk(16), 'schema.json');
  const { status, stderr } = spawnSync('sh', ['-c', 'exec "$@" > "$0"', file, process.execPath, EXECUTABLE, 'schema'], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^emnist-tui: cannot write the output \(ENOSPC\) — .*\n$/);
  expect(status).toBe(1);
});
