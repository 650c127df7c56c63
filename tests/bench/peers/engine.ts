import { createEngine } from '../../../src/core/engine/select.ts';
import { serve } from './serve.ts';

/* The project's own engine: `node engine.ts THREADS`. */
const BATCH = 128;
const engine = await createEngine({ engine: 'wasm', threads: Number(process.argv[2]) });
await serve(engine.device, async ({ network, weights }) => {
  const made = await engine.createNetwork(network, { batchSize: BATCH });
  await made.setWeights(weights);
  return {
    step: async (images, labels, step) =>
      (await made.trainBatch(images, labels, { learningRate: 1e-3, step, seed: step })).loss,
    predict: (images) => made.predict(images),
    dispose: () => made.dispose(),
  };
});
await engine.dispose();
