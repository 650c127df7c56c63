import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { KERNEL_BUILDS, kernelBuild } from '../../../src/core/engine/wasm/kernel-build.ts';
import { relativeDifference } from './contract.ts';
import { train } from './short-training.ts';

afterEach(() => {
  delete process.env.EMNIST_TUI_SIMD;
});

test.each(['cnn', 'vgg'] as const)('%s: a step with fused multiply-adds agrees with one without', async (name) => {
  // Few images: among many, some value is so close to zero that rounding decides whether ReLU is active.
  process.env.EMNIST_TUI_SIMD = 'relaxed';
  const relaxed = await train(name, 1, 1, 8);
  process.env.EMNIST_TUI_SIMD = 'plain';
  expect(kernelBuild()).toBe('plain');
  const plain = await train(name, 1, 1, 8);
  expect(plain.losses[0]! / relaxed.losses[0]!).toBeCloseTo(1, 5);
  const moments = relaxed.state.length / 2;
  plain.state.slice(0, moments).forEach((moment, index) => {
    expect(relativeDifference(moment, relaxed.state[index]!)).toBeLessThan(1e-5);
  });
});

/** Trains in a process that compiles the kernels with V8's optimizing compiler from the start. */
function trainOptimized(name: string, build: string): { build: string; digest: string } {
  const script = fileURLToPath(new URL('./print-training-digest.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-liftoff', script, name], {
    env: { ...process.env, EMNIST_TUI_SIMD: build },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test.for(['cnn', 'vgg', 'every layer'])('%s: vectors of 8 and of 4 floats agree bit for bit', (name, { skip }) => {
  const wide = trainOptimized(name, '');
  if (wide.build !== 'wide') skip(`V8 cannot fuse vectors on this machine (kernels "${wide.build}")`);
  const narrow = trainOptimized(name, 'relaxed');
  expect(narrow.build).toBe('relaxed');
  expect(wide.digest).toBe(narrow.digest);
});

test('EMNIST_TUI_SIMD chooses the build of the kernels; unknown values are ignored', () => {
  const chosen = (value: string | undefined) => kernelBuild({ EMNIST_TUI_SIMD: value });
  for (const build of KERNEL_BUILDS) expect(chosen(build)).toBe(build);
  expect(chosen('fast')).toBe(chosen(undefined));
});

/** The V8 flags that a process sets on importing the engines, and on starting one. */
function v8Flags(build: string): { imported: string[]; started: string[] } {
  const script = `
    import { syncBuiltinESMExports } from 'node:module';
    import v8 from 'node:v8';
    const flags = [];
    v8.setFlagsFromString = (flag) => flags.push(flag);
    syncBuiltinESMExports();
    const { createEngine } = await import(${JSON.stringify(new URL('../../../src/core/engine/select.ts', import.meta.url))});
    const imported = [...flags];
    await (await createEngine({ engine: 'wasm', threads: 2 })).dispose();
    console.log(JSON.stringify({ imported, started: flags.slice(imported.length) }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, EMNIST_TUI_SIMD: build },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test('the wide build sets its V8 flag when an engine starts; importing and the other builds set none', () => {
  expect(v8Flags('wide')).toEqual({ imported: [], started: ['--experimental-wasm-revectorize'] });
  expect(v8Flags('relaxed')).toEqual({ imported: [], started: [] });
});
