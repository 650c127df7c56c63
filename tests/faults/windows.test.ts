import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { ERROR_LINE, type RunOptions, run, runJson, start, temporaryFolder } from '../cli/run.ts';
import { installDatasets, writeArchive } from '../helpers/archive.ts';
import { AS_ON_WINDOWS } from '../helpers/windows.ts';

/** The built product with Node behaving as on Windows. */

const onWindows = (home: string, env: NodeJS.ProcessEnv = {}): RunOptions => ({
  home,
  env: { ...AS_ON_WINDOWS, ...env },
});

const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--engine', 'wasm', '--batch-size', '16'];

async function homeWithDigits(train = 100): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train, test: 20 } });
  return home;
}

describe('files that a virus scanner has open for a moment', () => {
  test.each([[[]], [['--whole']]])('are waited for by fetch %j', async (options) => {
    const home = await temporaryFolder();
    const archive = path.join(home, 'archive.zip');
    for (const train of [40, 60]) {
      await writeArchive(archive, { digits: { train, test: 20 } });
      const fetch = ['fetch', '--split', 'digits', '--from', archive, ...options];
      const { code, stderr, events } = await runJson(fetch, onWindows(home));
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(events.at(-1)).toMatchObject({ event: 'end', trainImages: train });
      expect(await readdir(path.join(home, 'datasets'))).toEqual(['digits']);
    }
  });

  test('are waited for by train, export, import and clean', async () => {
    const home = await homeWithDigits();
    const commands = [
      [...TRAIN, '--epochs', '2'],
      [...TRAIN, '--epochs', '3', '--resume'],
      ['export', '--format', 'keras', '--out', path.join(home, 'model.keras')],
      ['export', '--format', 'keras', '--out', path.join(home, 'model.keras'), '--force'],
      ['import', path.join(home, 'model.keras'), '--name', 'again'],
    ];
    for (const command of commands) {
      const { code, stderr } = await run([...command, '--quiet'], onWindows(home));
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
    }
    expect((await readdir(path.join(home, 'models/digits-cnn'))).sort()).toEqual([
      'checkpoint.safetensors',
      'model.json',
      expect.stringMatching(/^weights\.[0-9a-f]{8}\.bin$/),
    ]);
    expect((await run(['clean', '--all', '--yes'], onWindows(home))).code).toBe(0);
    expect(await readdir(home)).toEqual(['archive.zip', 'model.keras']);
  });

  test('are given up on after a while, and the old file is kept', async () => {
    const home = await temporaryFolder();
    const file = path.join(home, 'model.keras');
    await writeFile(file, 'mine');
    const { code, stderr } = await run(
      ['export', '--format', 'keras', '--out', file, '--force'],
      onWindows(home, { HELD_TIMES: '1000' }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(ERROR_LINE);
    expect(stderr).toContain(
      'another program has it open, or permission was denied (EPERM) — close the program that has it open',
    );
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(home)).toEqual(['model.keras']);
  });
});

test('data sets, models, and samples are in the folders of the platform, and clean leaves nothing there', async () => {
  const local = await temporaryFolder();
  const archive = path.join(await temporaryFolder(), 'archive.zip');
  await writeArchive(archive, { digits: { train: 100, test: 20 } });
  const drawings = path.join(path.dirname(archive), 'drawings.jsonl');
  await writeFile(drawings, '{"label":"a","strokes":[[[0,0],[5,5]]]}\n');
  const options = { env: { ...AS_ON_WINDOWS, LOCALAPPDATA: local } };
  for (const command of [
    ['fetch', '--split', 'digits', '--from', archive],
    [...TRAIN, '--epochs', '1'],
    ['samples', '--import', drawings],
  ]) {
    expect(await run([...command, '--quiet'], options)).toMatchObject({ code: 0, stderr: '' });
  }
  expect(await readdir(path.join(local, 'emnist-tui/Cache/datasets'))).toEqual(['digits']);
  expect(await readdir(path.join(local, 'emnist-tui/Data/models'))).toEqual(['digits-cnn']);
  expect((await readdir(path.join(local, 'emnist-tui/Data'))).sort()).toEqual(['models', 'samples.jsonl']);
  expect((await run(['clean', '--all', '--yes'], options)).code).toBe(0);
  expect(await readdir(local)).toEqual([]);
});

test('Ctrl-Break stops a training run like Ctrl-C', async () => {
  const program = start([...TRAIN, '--epochs', '10000', '--json'], onWindows(await homeWithDigits()));
  await program.event('epoch');
  program.kill('SIGUSR2');
  expect((await program.end()).code).toBe(130);
  expect(program.events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' });
});

test('a closed pipe ends the program quietly', async () => {
  const program = start([...TRAIN, '--epochs', '10000', '--json'], onWindows(await homeWithDigits()));
  await program.event('epoch');
  program.child.stdout.destroy();
  const { code, stderr } = await program.end();
  expect(code).toBe(0);
  expect(stderr).not.toContain('emnist-tui:');
});

test('predict expands patterns', async () => {
  const home = await temporaryFolder();
  for (const name of ['b.jsonl', 'a.jsonl', '.hidden.jsonl', 'c.txt']) {
    await writeFile(path.join(home, name), '{"strokes":[[[0,0],[0,9]]]}\n');
  }
  const { events } = await runJson(['predict', path.join(home, '*.jsonl')], onWindows(home));
  expect(events.map(({ source }) => path.basename(String(source)))).toEqual(['a.jsonl', 'b.jsonl']);
  const none = await run(['predict', path.join(home, '*.png')], onWindows(home));
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(ERROR_LINE) });
  expect(none.stderr).toContain('*.png: no such file or folder');
});
