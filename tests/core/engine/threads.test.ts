import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createEngine } from '../../../src/core/engine/select.ts';
import { KernelProgram } from '../../../src/core/engine/wasm/kernel-program.ts';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { randomGraph } from './random-graph.ts';
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

const GRAPHS: Record<string, Network> = {
  'residual blocks': LAYER_NETWORKS['add: residual blocks']!,
  'separable convolutions': LAYER_NETWORKS['separable convolutions']!,
  ...Object.fromEntries([1, 2, 3, 4].map((seed) => [`random graph ${seed}`, randomGraph(seed)])),
};

test.each(Object.entries(GRAPHS))('%s: one, two and three threads agree bit for bit', async (_name, network) => {
  const { digest } = await train(network, 1);
  expect((await train(network, 2)).digest).toBe(digest);
  expect((await train(network, 3)).digest).toBe(digest);
});

test('an engine reports its device and threads', async () => {
  process.env.EMNIST_TUI_SIMD = 'plain';
  const engine = await createEngine({ engine: 'auto', threads: 2 });
  expect(engine).toMatchObject({ name: 'wasm', threads: 2, device: '2 threads, WebAssembly SIMD' });
  await engine.dispose();
  await expect(createEngine({ threads: 0 })).rejects.toMatchObject({ code: 'usage', data: { option: 'threads' } });
});

const engineUrl = JSON.stringify(pathToFileURL('src/core/engine/wasm/wasm-engine.ts').href);

test('the failure of a helper thread is reported; the calling thread does not hang', async () => {
  const pool = await ThreadPool.start(2);
  const program = new KernelProgram(pool);
  const unknownOperation = program.operation(999, {});
  const phase = program.fixedPhase('broken', 1000, [unknownOperation]);
  program.finish();
  expect(() => program.run([phase], 1)).toThrow(EmnistError);
  await pool.stop();
});

/** Runs a script in a separate process. Helpers that outlive their engine would keep it from exiting. */
function runScript(body: string) {
  const script = `import { createWasmEngine } from ${engineUrl};
    import { Worker } from 'node:worker_threads';
    ${body}`;
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', script];
  return spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
}

test('a process exits even if it does not dispose of its engine', () => {
  const { status, stdout, stderr } = runScript(`
    const engine = await createWasmEngine({ threads: 3 });
    console.log(engine.device);`);
  expect(stderr).toBe('');
  expect(stdout).toContain('3 threads');
  expect(status).toBe(0);
});

test('helpers end when the worker that started them is terminated during training', () => {
  const { status, stdout, stderr } = runScript(`
    const code = \`import { parentPort } from 'node:worker_threads';
      import { createWasmEngine } from ${engineUrl};
      const engine = await createWasmEngine({ threads: 3 });
      const layers = [{ type: 'conv2d', filters: 32, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true }, { type: 'flatten' },
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
