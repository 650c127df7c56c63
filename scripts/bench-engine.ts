import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createEngine } from '../src/core/engine/select.ts';
import type { Architecture } from '../src/core/events.ts';
import { initialWeights } from '../src/core/model/initialisation.ts';
import { architecture } from '../src/core/model/network.ts';
import { hash32 } from '../src/core/random.ts';

/*
 * Speed of the engine on random images, after a build: `node scripts/bench-engine.ts [--threads 1,2] [--architecture cnn,vgg]
 * [--seconds 3] [--batch-size 128]`. Images a second in training (best and median of the batches) and the time of
 * predicting one image.
 */
const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: [...new Set([1, availableParallelism()])].join() },
    architecture: { type: 'string', default: 'cnn,vgg' },
    seconds: { type: 'string', default: '3' },
    'batch-size': { type: 'string', default: '128' },
  },
});
const CLASSES = 47;
const batchSize = Number(values['batch-size']);
// Strokes are mostly paper: about a fifth of the pixels has ink.
const images = Uint8Array.from({ length: batchSize * 784 }, (_, i) => (hash32(i) % 5 === 0 ? hash32(i, 1) & 255 : 0));
const labels = Uint8Array.from({ length: batchSize }, (_, i) => hash32(i, 2) % CLASSES);

for (const name of values.architecture.split(',') as Architecture[]) {
  for (const threads of values.threads.split(',').map(Number)) {
    const engine = await createEngine({ threads });
    const description = architecture(name, CLASSES);
    const network = await engine.createNetwork(description, { batchSize });
    await network.setWeights(initialWeights(description, 1));
    const times: number[] = [];
    const end = performance.now() + Number(values.seconds) * 1000;
    let loss = 0;
    for (let step = 1; performance.now() < end || step < 4; step++) {
      const start = performance.now();
      ({ loss } = await network.trainBatch(images, labels, { learningRate: 1e-3, step, seed: step }));
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const rate = (time: number) => `${Math.round((batchSize / time) * 1000)}`;
    const one = images.subarray(0, 784);
    const latencies: number[] = [];
    for (let i = 0; i < 500; i++) {
      const start = performance.now();
      await network.predict(one);
      latencies.push(performance.now() - start);
    }
    const first = latencies[0]!;
    latencies.sort((a, b) => a - b);
    const start = performance.now();
    await network.predict(images);
    const many = performance.now() - start;
    console.log(
      `${name} ${engine.device}: train ${rate(times[times.length >> 1]!)} images/s (best ${rate(times[0]!)}), loss ${loss.toFixed(4)}; ` +
        `predict one ${latencies[250]!.toFixed(3)} ms (first ${first.toFixed(1)}), ${rate(many)} images/s; ` +
        `rss ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
    );
    await engine.dispose();
  }
}
