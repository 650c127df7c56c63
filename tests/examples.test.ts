import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../src/library/index.ts';
import { ROOT, temporaryFolder } from './cli/run.ts';
import { writeArchive } from './helpers/archive.ts';
import { named } from './helpers/skip.ts';

const REAL_ARCHIVE = path.join(ROOT, '../shared/emnist/gzip.zip');
const missing = existsSync(REAL_ARCHIVE) ? null : `no ${path.relative(process.cwd(), REAL_ARCHIVE)}`;

const folder = await temporaryFolder(afterAll);
let archive: string;
beforeAll(async () => {
  archive = await writeArchive(path.join(folder, 'gzip.zip'), { digits: { train: 1200, test: 60 } });
});

/** The lines that an example prints. Fails when the example does. */
async function run(name: string, ...args: string[]): Promise<string[]> {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`examples/${name}.ts`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, EMNIST_TUI_HOME: await temporaryFolder() },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.trimEnd().split('\n');
}

/** Checks what `train-and-evaluate` prints, and returns the accuracy. */
function accuracyIn(lines: string[], images: { train: number; test: number }): number {
  expect(lines[0]).toBe(`fetched ${images.train} training images`);
  expect(lines.slice(1, 4)).toEqual([1, 2, 3].map((n) => expect.stringContaining(`epoch ${n}: validation accuracy `)));
  const [, accuracy, count] = /^accuracy (0\.\d{3}|1\.000) on (\d+) test images$/.exec(lines[4]!)!;
  expect(lines.slice(5)).toEqual(['models: my-digits, shipped', '"my-digits" recognizes 0123456789']);
  expect(Number(count)).toBe(images.test);
  return Number(accuracy);
}

test('recognize-strokes reads its 4', async () => {
  const lines = await run('recognize-strokes');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^4 0\.9\d\d$/);
  expect(lines[3]).toBe('best digit: 4');
});

test('recognize-picture reads net.png', async () => {
  const expected = [/^N \d+ x \d+ pixels at \d+, \d+$/, /^E \d+ x/, /^T \d+ x/].map((line) =>
    expect.stringMatching(line),
  );
  expect(await run('recognize-picture')).toEqual(expected);
  expect(await run('recognize-picture', 'examples/net.png')).toEqual(expected);
});

test('read-text reads its word', async () => {
  const lines = await run('read-text');
  expect(lines[0]).toMatch(/^hi$/i);
  expect(lines.slice(1, 4)).toEqual(lines.slice(1, 4).map(() => expect.stringMatching(/^\d+\.\d % {2}\S+$/)));
  expect(lines.at(-2)).toMatch(/^hi \[ 0, 1, 2, 3, 4 \]$/i);
  expect(lines.at(-1)).toMatch(/^hi$/i);
});

describe('train-and-evaluate', () => {
  test('learns generated digits', async () => {
    expect(accuracyIn(await run('train-and-evaluate', archive), { train: 1200, test: 60 })).toBeGreaterThan(0.9);
  });

  test.skipIf(missing)(named('learns real digits', missing), async () => {
    const lines = await run('train-and-evaluate', REAL_ARCHIVE);
    expect(accuracyIn(lines, { train: 20_000, test: 1000 })).toBeGreaterThan(0.8);
  });
});

test('stop-and-resume stops, aborts, and completes a training run', async () => {
  expect(await run('stop-and-resume', archive)).toEqual([
    'stopped after epoch 1',
    'aborted',
    'completed after epoch 3',
    'nothing left to do after 3 epochs',
  ]);
});

test('own-handwriting teaches a sign, learns it, and goes back', async () => {
  expect(await run('own-handwriting')).toEqual([
    'read as →',
    '19 samples',
    expect.stringMatching(/^shipped-hand reads a share of (0\.[5-9]\d*|1) instead of 0$/),
    'default model: shipped-hand',
    'default model: shipped',
  ]);
});

test('every example is run, and every function of the library is in one', async () => {
  const names = (await readdir(path.join(ROOT, 'examples'))).filter((name) => name.endsWith('.ts'));
  expect(names.sort()).toEqual([
    'own-handwriting.ts',
    'read-text.ts',
    'recognize-picture.ts',
    'recognize-strokes.ts',
    'stop-and-resume.ts',
    'train-and-evaluate.ts',
  ]);
  const sources = await Promise.all(names.map((name) => readFile(path.join(ROOT, 'examples', name), 'utf8')));
  const used = Object.keys(library).filter((name) =>
    sources.some((source) => new RegExp(`\\b${name}\\b`).test(source)),
  );
  expect(used).toEqual(Object.keys(library));
});
