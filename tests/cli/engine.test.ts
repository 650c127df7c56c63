import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { ERROR_LINE, ROOT, run, runJson, temporaryFolder } from './run.ts';

// A software renderer and TensorFlow.js on the CPU are slow.
vi.setConfig({ testTimeout: 300_000 });

const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '8', '--limit', '10'];

async function trainingHome(): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train: 20, test: 5 } });
  return home;
}

/** The program without the development dependencies of this project. */
async function programAlone(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(path.join(ROOT, 'dist'), folder, { recursive: true });
  return path.join(folder, 'bin/emnist-tui.js');
}

test('a run started with TensorFlow.js can be resumed with WebAssembly', async () => {
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

test('auto prefers WebAssembly to a software renderer', async () => {
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

test('names the missing packages and how to install them, and finds them there', async () => {
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

test('names the step that fails without a driver', async () => {
  const home = await temporaryFolder();
  const { events } = await runJson(['doctor'], { home, env: { VK_ICD_FILENAMES: '', LD_LIBRARY_PATH: '' } });
  const engine = events.find(({ name }) => name === 'engine tensorflow');
  expect(engine).toMatchObject({ state: 'absent', message: expect.stringMatching(/Vulkan/) });
});

/**
 * Installs a stand-in for the native library, which cannot be installed everywhere: TensorFlow.js' CPU backend under the name
 * of the native one. Like the original, it calls functions that newer versions of Node have removed.
 */
async function installNative(home: string, name: string, { gpu = false, broken = false } = {}): Promise<void> {
  const folder = path.join(home, 'engines/node_modules', name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
  const body = broken
    ? `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found\\nat this path");`
    : `const util = require('node:util');
      if (!util.isNullOrUndefined(undefined) || !util.isArray([])) throw new Error('it would not work');
      const { createRequire } = require('node:module');
      const tf = createRequire(${JSON.stringify(path.join(ROOT, 'package.json'))})('@tensorflow/tfjs');
      // Suppresses the advertisement of the native build.
      tf.env().set('IS_TEST', true);
      tf.zeros([1]).dispose();
      tf.env().set('IS_TEST', false);
      const backend = tf.backend();
      backend.isUsingGpuDevice = ${gpu};
      tf.registerBackend('tensorflow', () => backend);
      for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
      module.exports = tf;`;
  await writeFile(path.join(folder, 'index.js'), body);
}

test('uses the native library where it is installed; auto does so only with a GPU', async () => {
  const home = await trainingHome();
  const program = await programAlone();
  await installNative(home, '@tensorflow/tfjs-node-gpu', { broken: true });
  await installNative(home, '@tensorflow/tfjs-node');
  const train = [...TRAIN, '--epochs', '1', '--overwrite'];
  const explicit = await runJson([...train, '--engine', 'tensorflow'], { home, program });
  expect(explicit.events[0]).toMatchObject({ device: 'TensorFlow (@tensorflow/tfjs-node), CPU' });
  expect(explicit.events.at(-1)).toMatchObject({ event: 'end', reason: 'completed' });
  expect((await runJson(train, { home, program })).events[0]).toMatchObject({ engine: 'wasm' });

  await installNative(home, '@tensorflow/tfjs-node-gpu', { gpu: true });
  const auto = await runJson(train, { home, program });
  expect(auto.events[0]).toMatchObject({
    engine: 'tensorflow',
    device: 'TensorFlow (@tensorflow/tfjs-node-gpu), CUDA',
  });
  const { events } = await runJson(['evaluate', '--split', 'digits'], { home, program });
  expect(events.at(-1)).toMatchObject({ event: 'end', images: 5 });
});

test('an incomplete TensorFlow.js package does not break training with WebAssembly', async () => {
  const home = await trainingHome();
  const program = await programAlone();
  const folder = path.join(home, 'engines/node_modules/@tensorflow/tfjs-node-gpu');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ exports: { './package.json': './package.json' } }),
  );
  const { events } = await runJson([...TRAIN, '--epochs', '1'], { home, program });
  expect(events[0]).toMatchObject({ event: 'start', engine: 'wasm' });
  const { stdout } = await run(['doctor'], { home, program });
  expect(stdout).toMatch(/tfjs-node-gpu: cannot be loaded: No "exports" main defined/);
});

test('reports an installed package that fails to load', async () => {
  const home = await temporaryFolder();
  const program = await programAlone();
  await installNative(home, '@tensorflow/tfjs-node-gpu', { broken: true });
  const { stdout } = await run(['doctor'], { home, program });
  expect(stdout).toContain(
    '@tensorflow/tfjs-node-gpu: cannot be loaded: The Node.js native addon module (tfjs_binding.node) can not be found; ' +
      '@tensorflow/tfjs-node is not installed',
  );
});
