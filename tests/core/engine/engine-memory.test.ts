import { expect, test } from 'vitest';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { WasmNetwork } from '../../../src/core/engine/wasm/wasm-network.ts';
import { architecture } from '../../../src/core/model/architectures.ts';

test('networks free their memory, which is reused', async () => {
  const pool = await ThreadPool.start(1);
  const before = pool.memory.used;
  const sizes: number[] = [];
  for (let round = 0; round < 3; round++) {
    const networks = (['cnn', 'vgg'] as const).map(
      (name) => new WasmNetwork(pool, architecture(name, 47), { batchSize: 128 }),
    );
    sizes.push(pool.memory.memory.buffer.byteLength);
    for (const network of networks) await network.dispose();
    expect(pool.memory.used).toBe(before);
  }
  expect(sizes[2]).toBe(sizes[0]);
  await pool.stop();
});

test('rejects a batch size that does not fit in memory; smaller ones still fit', async () => {
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
  const network = new WasmNetwork(pool, architecture(name, 47), { batchSize: 128 });
  await network.predict(new Uint8Array(784));
  expect(pool.memory.used / 1e6).toBeLessThan(megabytes);
  await network.dispose();
  await pool.stop();
});
