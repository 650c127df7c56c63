import { createEngine } from '../../../src/core/engine/select.ts';
import { serve } from './serve.ts';

/* Our own engine: `node engine.ts THREADS`. */
const BATCH = 128;
const engine = await createEngine({ engine: 'wasm', threads: Number(process.argv[2]) });
await serve(engine.device, async ({ network, weights }) => {
  const created = await engine.createNetwork(network, { batchSize: BATCH });
  await created.setWeights(weights);
  return {
    step: async (images, labels, step) =>
      (await created.trainBatch(images, labels, { learningRate: 1e-3, step, seed: step })).loss,
    predict: (images) => created.predict(images),
    dispose: () => created.dispose(),
  };
});
await engine.dispose();
