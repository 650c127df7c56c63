import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireLock } from '../../src/core/files/lock.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { installDatasets } from '../helpers/archive.ts';
import { run, runJson, start, temporaryFolder } from './run.ts';

/** A data directory with a data set, model files, and the user's own files. */
async function fullHome(): Promise<string> {
  const root = await temporaryFolder();
  const home = path.join(root, 'home');
  await installDatasets(resolvePaths(home), { digits: { train: 20, test: 10 }, mnist: { train: 20, test: 10 } });
  await mkdir(path.join(home, 'models/mine'), { recursive: true });
  for (const file of ['model.json', 'weights.0123abcd.bin', 'checkpoint.safetensors', 'notes.txt']) {
    await writeFile(path.join(home, 'models/mine', file), '0123456789');
  }
  await writeFile(path.join(home, 'datasets/readme.txt'), 'mine');
  await writeFile(path.join(home, 'datasets/mnist/photo.png'), 'mine');
  await mkdir(path.join(root, 'elsewhere'));
  await writeFile(path.join(root, 'elsewhere/model.json'), 'mine');
  await symlink(path.join(root, 'elsewhere'), path.join(home, 'models/link'));
  return home;
}

const everything = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

describe('clean', () => {
  test('--dry-run lists what would be deleted and deletes nothing', async () => {
    const home = await fullHome();
    const before = await everything(home);
    const { code, events } = await runJson(['clean', '--models', '--dry-run'], { home });
    expect(code).toBe(0);
    const file = (name: string) => path.join(home, 'models/mine', name);
    expect(events).toEqual([
      {
        event: 'end',
        freed: 30,
        removed: expect.toSatisfy(
          (removed: string[]) =>
            removed.toSorted().join() ===
            [file('checkpoint.safetensors'), file('model.json'), file('weights.0123abcd.bin')].join(),
        ),
        dryRun: true,
      },
    ]);
    expect(await everything(home)).toEqual(before);
    // By default, everything.
    const all = await runJson(['clean', '--dry-run'], { home });
    expect(all.code).toBe(0);
    expect(all.events[0]!.removed).toContain(path.join(home, 'datasets/digits'));
    expect(all.events[0]!.removed).toContain(file('model.json'));
  });

  test('deletes only what the program created, and the folders that this leaves empty', async () => {
    const home = await fullHome();
    const { code, events, stderr } = await runJson(['clean', '--all', '--yes'], { home });
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'end', freed: expect.any(Number) });
    expect((await everything(home)).filter((name) => name !== 'archive.zip')).toEqual([
      'datasets',
      'datasets/mnist',
      'datasets/mnist/photo.png',
      'datasets/readme.txt',
      'models',
      'models/link',
      'models/link/model.json',
      'models/mine',
      'models/mine/notes.txt',
    ]);
  });

  test('folders with nothing but files of macOS and Windows are deleted', async () => {
    const home = await temporaryFolder();
    await installDatasets(resolvePaths(home), { digits: { train: 20, test: 10 } });
    await mkdir(path.join(home, 'models/mine'), { recursive: true });
    await writeFile(path.join(home, 'models/mine/checkpoint.safetensors'), '');
    for (const folder of ['datasets', 'datasets/digits', 'models', 'models/mine']) {
      for (const name of ['.DS_Store', '._model.json', 'Thumbs.db', 'desktop.ini']) {
        await writeFile(path.join(home, folder, name), '');
      }
    }
    const { code, stderr } = await run(['clean', '--all', '--yes'], { home });
    expect(code, stderr).toBe(0);
    expect(await readdir(home)).toEqual(['archive.zip']);
  });

  test('--datasets leaves the models alone', async () => {
    const home = await fullHome();
    const { stdout, stderr } = await run(['clean', '--datasets', '--yes'], { home });
    expect(stderr).toMatch(/^data sets: .* in .*datasets\n$/);
    expect(stdout).toMatch(/^Freed .*\. Deleted:\n/);
    expect(await readdir(path.join(home, 'models/mine'))).toHaveLength(4);
    expect(await readdir(path.join(home, 'datasets'))).toEqual(['mnist', 'readme.txt']);
  });

  test('deletes the empty folder of a training run that failed at its start', async () => {
    const home = await temporaryFolder();
    expect((await run(['train', '--resume', '--name', 'nothing'], { home })).code).toBe(2);
    expect((await run(['clean', '--models', '--yes'], { home })).code).toBe(0);
    expect(await readdir(home)).toEqual([]);
  });

  test('says whom it waits for', async () => {
    const home = await fullHome();
    const since = '2041-01-01T00:00:00.000Z';
    const holder = { id: '1', host: 'elsewhere', boot: '1', pid: 7, started: '1', since };
    await writeFile(path.join(resolvePaths(home).models, 'mine/training.lock'), JSON.stringify(holder));
    const cleaning = start(['clean', '--models', '--yes', '--json'], { home });
    expect(await cleaning.event('waiting')).toEqual({ event: 'waiting', host: 'elsewhere', process: 7, since });
    cleaning.kill('SIGINT');
    expect((await cleaning.end()).code).toBe(130);
    const inWords = start(['clean', '--models', '--yes'], { home });
    await inWords.until(({ stderr }) =>
      /Locked by process 7 on elsewhere, since 20.* Ctrl-C stops waiting\n/.test(stderr),
    );
  });

  test('deletes nothing while another process is fetching or training', async () => {
    const home = await fullHome();
    const before = await everything(home);
    const { datasets, models } = resolvePaths(home);
    for (const [lock, code, message] of [
      [path.join(datasets, '.fetch.lock'), 'fetch-busy', `${datasets} is being fetched into by process ${process.pid}`],
      [path.join(models, 'mine/training.lock'), 'model-busy', `the model "mine" is in use by process ${process.pid}`],
    ] as const) {
      await using _lock = await acquireLock(lock);
      const result = await runJson(['clean', '--all', '--yes'], { home });
      expect(result.code).toBe(1);
      expect(result.events).toMatchObject([{ event: 'error', code, data: { process: process.pid } }]);
      expect(result.events[0]!.message).toMatch(`${message} on ${hostname()}, since `);
    }
    expect(await everything(home)).toEqual(before);
  });

  test('removes locks of ended processes', async () => {
    const home = await temporaryFolder();
    const { datasets, models } = resolvePaths(home);
    const locks = ['.fetch.lock', 'mine/training.lock', 'samples.lock'].map((name, index) =>
      path.join([datasets, models, home][index]!, name),
    );
    for (const lock of locks) {
      const acquire = `await acquireLock(${JSON.stringify(lock)}); process.exit();`;
      const source = new URL('../../src/core/files/lock.ts', import.meta.url).href;
      const code = `const { acquireLock } = await import(${JSON.stringify(source)}); ${acquire}`;
      expect(spawnSync(process.execPath, ['--input-type=module', '-e', code]).status).toBe(0);
      // Left by a process that was killed while it took over a lock.
      await copyFile(lock, `${lock}.takeover-0123456789abcdef`);
    }
    expect((await run(['clean', '--all', '--yes'], { home })).code).toBe(0);
    expect(await readdir(home)).toEqual([]);
  });

  test('-qy means -q and -y', async () => {
    const { code, stderr } = await run(['clean', '--all', '-qy'], { home: await fullHome() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('--samples deletes only samples, with what interrupted writes have left', async () => {
    const home = await fullHome();
    const { samples } = resolvePaths(home);
    const store = await SampleStore.open(samples);
    await store.add([{ label: 'a', origin: 'practiced', strokes: [[[0, 0]]] }]);
    await writeFile(`${samples}.4711`, '{"version":1,');
    await writeFile(path.join(home, 'samples.lock.takeover-0123456789abcdef'), '');
    const before = await everything(home);
    const preview = await run(['clean', '--samples', '--dry-run'], { home });
    expect(preview.stderr).toMatch(/^samples: 1, \d+ B in .*samples\.jsonl\n$/);
    const { events } = await runJson(['clean', '--samples', '--yes'], { home });
    expect(events[0]!.removed).toContain(samples);
    expect(await everything(home)).toEqual(before.filter((name) => !name.startsWith('samples.')));
  });

  test('leaves a file alone that only has the name of the samples', async () => {
    const home = await temporaryFolder();
    await writeFile(resolvePaths(home).samples, '{"sample":"of someone else"}\n');
    expect((await runJson(['clean', '--all', '--yes'], { home })).events).toEqual([
      { event: 'end', freed: 0, removed: [] },
    ]);
    expect(await readdir(home)).toEqual(['samples.jsonl']);
  });

  test('deletes nothing the second time', async () => {
    const home = await fullHome();
    await run(['clean', '--all', '--yes'], { home });
    expect((await runJson(['clean', '--all', '--yes'], { home })).events).toEqual([
      { event: 'end', freed: 0, removed: [] },
    ]);
  });
});
