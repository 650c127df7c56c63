import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, temporaryFolder } from './cli/run.ts';
import { writeArchive } from './helpers/archive.ts';

const ARCHIVE = path.join(ROOT, '../shared/emnist/gzip.zip');
const missing = existsSync(ARCHIVE) ? '' : ` (skipped: there is no ${path.relative(process.cwd(), ARCHIVE)})`;

/** Runs an example as its header says and returns the lines it prints. */
async function run(name: string, ...args: string[]): Promise<string[]> {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`examples/${name}.ts`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, EMNIST_TUI_HOME: await temporaryFolder() },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.trimEnd().split('\n');
}

/** The accuracy printed by `train-and-evaluate`; checks the output. */
function measured(lines: string[], images: { train: number; test: number }): number {
  expect(lines[0]).toBe(`fetched ${images.train} training images`);
  expect(lines.slice(1, 3)).toEqual([1, 2].map((n) => expect.stringContaining(`epoch ${n}: validation accuracy `)));
  expect(lines[3]).toBe('completed after 3 epochs');
  expect(lines[5]).toBe('"my-digits" knows 0123456789');
  const [, accuracy, count] = /^reads (0\.\d{3}|1\.000) of (\d+) test images$/.exec(lines[4]!)!;
  expect(Number(count)).toBe(images.test);
  return Number(accuracy);
}

test('recognize-strokes recognizes its 4', async () => {
  const lines = await run('recognize-strokes');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^4 0\.9\d\d$/);
  expect(lines[3]).toBe('among the digits: 4');
});

test('recognize-picture recognizes its picture', async () => {
  expect(await run('recognize-picture')).toEqual(['NET']);
  expect(await run('recognize-picture', 'examples/net.png')).toEqual(['NET']);
});

test('train-and-evaluate learns generated data', async () => {
  const archive = await writeArchive(path.join(await temporaryFolder(), 'gzip.zip'), {
    digits: { train: 1200, test: 60 },
  });
  expect(measured(await run('train-and-evaluate', archive), { train: 1200, test: 60 })).toBeGreaterThan(0.9);
});

test.skipIf(missing)(`train-and-evaluate learns real digits${missing}`, async () => {
  expect(measured(await run('train-and-evaluate', ARCHIVE), { train: 20_000, test: 1000 })).toBeGreaterThan(0.8);
});

test('every example has a test', async () => {
  const names = (await readdir(path.join(ROOT, 'examples'))).filter((name) => name.endsWith('.ts'));
  expect(names.sort()).toEqual(['recognize-picture.ts', 'recognize-strokes.ts', 'train-and-evaluate.ts']);
});
