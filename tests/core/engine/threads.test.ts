import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createEngine } from '../../../src/core/engine/select.ts';
import { KERNEL_BUILDS, kernelBuild } from '../../../src/core/engine/wasm/kernel-build.ts';
import { KernelProgram } from '../../../src/core/engine/wasm/kernel-program.ts';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { WasmNetwork } from '../../../src/core/engine/wasm/wasm-network.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import { architecture } from '../../../src/core/model/network.ts';
import { relativeDifference } from './contract.ts';
import { train } from './short-training.ts';

afterEach(() => {
  delete process.env.EMNIST_TUI_SIMD;
});

test.each(['cnn', 'vgg'] as const)('%s: one, two and three threads agree bit for bit', async (name) => {
  const { digest, losses } = await train(name, 1);
  expect(new Set(losses).size).toBe(3);
  expect((await train(name, 2)).digest).toBe(digest);
  expect((await train(name, 3)).digest).toBe(digest);
});

test.each(['cnn', 'vgg'] as const)('%s: fused multiply-adds and separate ones agree on a step', async (name) => {
  // Few images: among many, some value lies so close to zero that rounding decides whether ReLU lets it through.
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

/** Trains in a process whose kernels the optimizing compiler makes from the start, as it otherwise does in time. */
function trainOptimized(name: string, build: string): { build: string; digest: string } {
  const script = new URL('./digest-of-training.ts', import.meta.url);
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-liftoff', fileURLToPath(script), name], {
    env: { ...process.env, EMNIST_TUI_SIMD: build },
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test.for(['cnn', 'vgg'] as const)('%s: vectors of 8 and of 4 agree bit for bit', (name, { skip }) => {
  const wide = trainOptimized(name, '');
  if (wide.build !== 'wide') skip(`this machine's V8 makes no vectors of 8 (kernels "${wide.build}")`);
  const narrow = trainOptimized(name, 'relaxed');
  expect(narrow.build).toBe('relaxed');
  expect(wide.digest).toBe(narrow.digest);
});

test('EMNIST_TUI_SIMD chooses the build of the kernels, and what it does not know leaves it', () => {
  const chosen = (asked: string | undefined) => kernelBuild({ EMNIST_TUI_SIMD: asked });
  for (const build of KERNEL_BUILDS) expect(chosen(build)).toBe(build);
  expect(chosen('fast')).toBe(chosen(undefined));
});

test('says what it runs on', async () => {
  process.env.EMNIST_TUI_SIMD = 'plain';
  const engine = await createEngine({ engine: 'auto', threads: 2 });
  expect(engine).toMatchObject({ name: 'wasm', threads: 2, device: '2 threads, WebAssembly SIMD' });
  await engine.dispose();
  await expect(createEngine({ threads: 0 })).rejects.toMatchObject({ code: 'usage', data: { option: 'threads' } });
});

test('networks give their memory back', async () => {
  const pool = await ThreadPool.start(1);
  const before = pool.memory.used;
  const sizes: number[] = [];
  for (let round = 0; round < 3; round++) {
    const networks = (['cnn', 'vgg'] as const).map((name) => new WasmNetwork(pool, architecture(name, 47), 128));
    sizes.push(pool.memory.memory.buffer.byteLength);
    for (const network of networks) await network.dispose();
    expect(pool.memory.used).toBe(before);
  }
  expect(sizes[2]).toBe(sizes[0]);
  await pool.stop();
});

test('a batch too large for the memory is refused, and smaller ones still fit', async () => {
  const engine = await createWasmEngine({ threads: 1 });
  const network = architecture('cnn', 47);
  const tooLarge = engine.createNetwork(network, { batchSize: 100_000 });
  await expect(tooLarge).rejects.toMatchObject({ code: 'out-of-memory', data: { mebibytes: expect.any(Number) } });
  const fits = await engine.createNetwork(network, { batchSize: 20_000 });
  await fits.dispose();
  await engine.dispose();
});

test.each([
  ['cnn', 100],
  ['vgg', 200],
] as const)('%s: training takes less than %i MB', async (name, megabytes) => {
  const pool = await ThreadPool.start(1);
  const network = new WasmNetwork(pool, architecture(name, 47), 128);
  await network.predict(new Uint8Array(784));
  expect(pool.memory.used / 1e6).toBeLessThan(megabytes);
  await network.dispose();
  await pool.stop();
});

const engineUrl = JSON.stringify(pathToFileURL('src/core/engine/wasm/wasm-engine.ts').href);

test('a thread that fails does not leave the others waiting', async () => {
  const pool = await ThreadPool.start(2);
  const program = new KernelProgram(pool);
  const noSuchOperation = program.operation(999, {});
  const segment = program.fixedSegment('broken', 1000, [noSuchOperation]);
  program.finish();
  expect(() => program.run([segment], 1)).toThrow(EmnistError);
  await pool.stop();
});

/** Runs a script in a process of its own; helpers that outlive their engine would keep it from ending. */
function runScript(body: string) {
  const script = `import { createWasmEngine } from ${engineUrl};
    import { Worker } from 'node:worker_threads';
    ${body}`;
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', script];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

test('a process ends though its engine was not disposed of', () => {
  const { status, stdout, stderr } = runScript(`
    const engine = await createWasmEngine({ threads: 3 });
    console.log(engine.device);`);
  expect(stderr).toBe('');
  expect(stdout).toContain('3 threads');
  expect(status).toBe(0);
});

test('helpers end with a worker that is terminated in the middle of a training', () => {
  const { status, stdout, stderr } = runScript(`
    const code = \`import { parentPort } from 'node:worker_threads';
      import { createWasmEngine } from ${engineUrl};
      const engine = await createWasmEngine({ threads: 3 });
      const layers = [{ type: 'conv2d', filters: 32, padding: 'same', useBias: true }, { type: 'flatten' },
        { type: 'dense', units: 10, useBias: true }];
      const network = await engine.createNetwork({ input: [28, 28, 1], layers }, { batchSize: 64 });
      for (let step = 1; ; step++) {
        const options = { learningRate: 1e-3, step, seed: step };
        await network.trainBatch(new Uint8Array(64 * 784), new Uint8Array(64), options);
        if (step === 3) parentPort.postMessage('training');
      }\`;
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
    worker.on('message', async (message) => {
      await worker.terminate();
      console.log(message);
    });`);
  expect(stderr).toBe('');
  expect(stdout).toContain('training');
  expect(status).toBe(0);
});
