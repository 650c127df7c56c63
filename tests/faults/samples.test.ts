import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import type { NewSample } from '../../src/core/samples/sample.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { ERROR_LINE, run, temporaryFolder } from '../cli/run.ts';
import { NOBODY, whyNotNobody } from '../helpers/nobody.ts';
import { named } from '../helpers/skip.ts';
import { mountSmallDisk, resizeSmallDisk, whyNoSmallDisk } from '../helpers/small-disk.ts';

const SOURCE = new URL('../../src/core/samples/sample-store.ts', import.meta.url).href;
const TEMPORARY = /^samples\.jsonl\.\d+$/;

const sample = (label: string, points = 2): NewSample => ({
  label,
  origin: 'confirmed',
  strokes: [Array.from({ length: points }, (_, index) => [index, index % 7] as const)],
});

/** A process that, once it is told to, labels drawings one after the other, and prints the ID of each once it is stored. */
function startLabeling(file: string, times: number) {
  const code = `
    const { SampleStore } = await import(${JSON.stringify(SOURCE)});
    const store = await SampleStore.open(${JSON.stringify(file)});
    console.log('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    for (let index = 0; index < ${times}; index++) {
      const [sample] = await store.add([${JSON.stringify(sample('a', 50))}]);
      console.log(sample.id);
    }
    process.stdin.destroy();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ids: string[] = [];
  const lines = createInterface(child.stdout);
  const ready = once(lines, 'line').then(() => void lines.on('line', (line) => ids.push(line)));
  const begin = () => child.stdin.write('\n');
  return { child, ids, ready, begin, ended: once(child, 'close') };
}

async function idsIn(file: string): Promise<string[]> {
  return (await SampleStore.open(file)).samples.map(({ id }) => id);
}

test('after kill -9 in the middle of a write, every drawing whose label was confirmed is there', async () => {
  const home = await temporaryFolder();
  const file = resolvePaths(home).samples;
  // So many that writing them takes a while.
  const before = await SampleStore.open(file);
  await before.add(Array.from({ length: 3000 }, () => sample('b', 100)));
  const stored = new Set(await idsIn(file));
  const leftovers = async () => (await readdir(home)).filter((name) => TEMPORARY.test(name));
  // The process may complete a write before the signal reaches it.
  for (let attempt = 1; (await leftovers()).length === 0; attempt++) {
    expect(attempt, 'no write was interrupted').toBeLessThan(20);
    const { child, ids, ready, begin, ended } = startLabeling(file, 1000);
    await ready;
    begin();
    while (ids.length < 2 || (await leftovers()).length === 0) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await ended;
    for (const id of ids) stored.add(id);
    const found = await idsIn(file);
    for (const id of stored) expect(found).toContain(id);
    // The last one may have been stored and not yet printed.
    expect(found.length).toBeLessThanOrEqual(stored.size + 1);
    for (const id of found) stored.add(id);
  }
  // The lock of the killed process keeps nobody waiting, and the half-written file is removed.
  const [next] = await (await SampleStore.open(file)).add([sample('c')]);
  expect(new Set(await idsIn(file))).toEqual(stored.add(next!.id));
  expect(await readdir(home)).toEqual(['samples.jsonl']);
}, 60_000);

test('two processes that label at once keep all drawings', async () => {
  const home = await temporaryFolder();
  const file = resolvePaths(home).samples;
  const processes = [startLabeling(file, 30), startLabeling(file, 30)];
  for (const { ready } of processes) await ready;
  for (const { begin } of processes) begin();
  for (const { ended } of processes) expect(await ended).toEqual([0, null]);
  const found = await idsIn(file);
  expect(found).toHaveLength(60);
  expect(found.toSorted()).toEqual(processes.flatMap(({ ids }) => ids).sort());
  expect(await readdir(home)).toEqual(['samples.jsonl']);
}, 60_000);

const noSmallDisk = whyNoSmallDisk();

describe.skipIf(noSmallDisk)(named('on a full disk', noSmallDisk), () => {
  test('labeling fails, and keeps what there was', async () => {
    const disk = await temporaryFolder();
    onTestFinished(mountSmallDisk(disk, 256));
    const file = resolvePaths(disk).samples;
    const store = await SampleStore.open(file);
    await store.add(Array.from({ length: 200 }, () => sample('a', 100)));
    const before = await readFile(file);
    // There is room for the lock, but not for a second file.
    await expect(store.add([sample('b')])).rejects.toMatchObject({ code: 'disk-full', data: { path: file } });
    // There is no room at all.
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(disk, 'fill')}`, 'bs=1k']);
    await expect(store.add([sample('b')])).rejects.toMatchObject({ code: 'disk-full' });
    expect(store.samples).toHaveLength(200);
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(disk)).sort()).toEqual(['fill', 'samples.jsonl']);

    await rm(path.join(disk, 'fill'));
    resizeSmallDisk(disk, 1024);
    await store.add([sample('b')]);
    expect((await SampleStore.open(file)).samples).toHaveLength(201);
  });

  test('samples can be deleted', async () => {
    const disk = await temporaryFolder();
    onTestFinished(mountSmallDisk(disk, 256));
    const file = resolvePaths(disk).samples;
    await (await SampleStore.open(file)).add([sample('a')]);
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(disk, 'fill')}`, 'bs=1k']);
    const { code, stderr } = await run(['clean', '--samples', '--yes', '--quiet'], { home: disk });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(disk)).toEqual(['fill']);
  });
});

const noReadOnly = whyNotNobody();

describe.skipIf(noReadOnly)(named('in a folder that may not be written to', noReadOnly), () => {
  test('samples are listed and exported, and cannot be changed', async () => {
    const root = await temporaryFolder();
    await chmod(root, 0o755);
    const home = path.join(root, 'home');
    const out = path.join(root, 'out');
    await mkdir(out);
    await chmod(out, 0o777);
    const file = resolvePaths(home).samples;
    await (await SampleStore.open(file)).add([sample('a')]);
    await writeFile(path.join(out, 'more.jsonl'), '{"label":"b","strokes":[[[0,0]]]}\n');
    const before = await readFile(file);
    await chmod(home, 0o555);
    onTestFinished(() => chmod(home, 0o755));
    const asNobody = { home, cwd: out, uid: NOBODY };
    expect((await run(['samples'], asNobody)).stdout).toBe('a  1\n');
    expect((await run(['samples', '--export', 'mine.jsonl'], asNobody)).code).toBe(0);
    for (const args of [
      ['--import', 'more.jsonl'],
      ['--delete', 'all', '--yes'],
    ]) {
      const { code, stderr } = await run(['samples', ...args, '--quiet'], asNobody);
      expect(stderr).toMatch(ERROR_LINE);
      expect(stderr).toMatch(/home.*permission denied \(EACCES\) — .*--data-dir/);
      expect(code).toBe(1);
    }
    expect(await readFile(file)).toEqual(before);
    expect(await readdir(home)).toEqual(['samples.jsonl']);
  });
});
