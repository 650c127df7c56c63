import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { ERROR_LINE, ROOT, run, runJson, temporaryFolder } from './run.ts';

const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '8'];

async function trainingHome(): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train: 40, test: 10 } });
  return home;
}

/** The program without the packages that this project has for its tests. */
async function programAlone(): Promise<string> {
  const folder = await temporaryFolder();
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(path.join(ROOT, part), path.join(folder, part), { recursive: true });
  }
  return path.join(folder, 'bin/emnist-tui.js');
}

test('a training goes over from TensorFlow.js to WebAssembly', async () => {
  const home = await trainingHome();
  const first = await runJson([...TRAIN, '--epochs', '1', '--engine', 'tensorflow'], { home });
  expect(first.stderr).toBe('');
  expect(first.events[0]).toMatchObject({
    event: 'start',
    engine: 'tensorflow',
    device: expect.stringMatching(/WebGPU/),
  });
  expect(first.events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', epochs: 1 });
  const second = await runJson([...TRAIN, '--epochs', '2', '--engine', 'wasm', '--resume'], { home });
  expect(second.events[0]).toMatchObject({ event: 'start', engine: 'wasm', epochsDone: 1 });
  expect(second.events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', epochs: 2 });
});

test('a graphics processor in software is no reason to leave WebAssembly', async () => {
  const home = await trainingHome();
  const { events } = await runJson([...TRAIN, '--epochs', '1'], { home });
  expect(events[0]).toMatchObject({ event: 'start', engine: 'wasm' });
  const doctor = await runJson(['doctor'], { home });
  const engines = doctor.events.filter(({ name }) => String(name).startsWith('engine'));
  expect(engines).toMatchObject([
    { name: 'engine wasm', state: 'ok' },
    { name: 'engine tensorflow', state: 'ok', message: expect.stringMatching(/WebGPU/) },
  ]);
});

test('says which packages are missing and how to install them, and finds them there', async () => {
  const home = await trainingHome();
  const program = await programAlone();
  const { code, stdout, stderr } = await run([...TRAIN, '--engine', 'tensorflow'], { home, program });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(ERROR_LINE);
  expect(stderr).toContain('@tensorflow/tfjs-node-gpu is not installed; @tensorflow/tfjs-node is not installed');
  const engines = path.join(home, 'engines');
  expect(stderr).toContain(`run npm install --prefix "${engines}" @tensorflow/tfjs@4.22.0 `);

  await mkdir(engines);
  await symlink(path.join(ROOT, 'node_modules'), path.join(engines, 'node_modules'));
  const { events } = await runJson([...TRAIN, '--epochs', '1', '--engine', 'tensorflow'], { home, program });
  expect(events[0]).toMatchObject({ event: 'start', engine: 'tensorflow' });
});

test('says which step fails where there is no driver', async () => {
  const home = await temporaryFolder();
  const { events } = await runJson(['doctor'], { home, env: { VK_ICD_FILENAMES: '', LD_LIBRARY_PATH: '' } });
  const engine = events.find(({ name }) => name === 'engine tensorflow');
  expect(engine).toMatchObject({ state: 'absent', message: expect.stringMatching(/Vulkan/) });
});
