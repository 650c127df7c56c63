import { expect, test } from 'vitest';
import { wordNetwork } from '../../../scripts/words/network.ts';
import { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { WasmNetwork } from '../../../src/core/engine/wasm/wasm-network.ts';
import { WasmSequenceNetwork } from '../../../src/core/engine/wasm/wasm-sequence-network.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';

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

test('reading images of many widths takes no more memory than reading a few', async () => {
  const widths = Array.from({ length: 20 }, (_, index) => 64 * (index + 1));
  const read = async (some: readonly number[]) => {
    const pool = await ThreadPool.start(1);
    const network = new WasmSequenceNetwork(pool, wordNetwork(64), {});
    await network.setWeights(initialWeights(wordNetwork(64), 1));
    const logits: Float32Array[] = [];
    for (const width of some) logits.push(await network.predict(new Uint8Array(32 * width).fill(9), width));
    const { used } = pool.memory;
    await network.dispose();
    await pool.stop();
    return { used, first: logits[0], last: logits.at(-1) };
  };
  const [many, few] = [await read([1280, ...widths]), await read(widths.slice(-3))];
  expect(many.used).toBe(few.used);
  // A width whose program was released is read as before.
  expect(many.last).toEqual(many.first);
});
