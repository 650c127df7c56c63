import { parentPort, workerData } from 'node:worker_threads';
import { initialWeights } from '../model/initial-weights.ts';
import { classCount } from '../model/network.ts';
import { ADAM, type EngineNetwork } from './engine.ts';
import type { SpeedReply, SpeedRequest } from './measure-speed.ts';
import { createEngine } from './select.ts';

/** How long to measure, after the first steps, which are slower. */
const MEASURE_MS = 700;
const WARM_UP_STEPS = 2;
const MIN_STEPS = 3;

/** The speed worker: trains or predicts with random images for a moment, posts how fast that was, and exits. */
const request = workerData as SpeedRequest;
const engine = await createEngine({ engine: request.engine, threads: request.threads });
try {
  const training = request.work === 'train' ? { batchSize: request.batchSize, optimizer: ADAM } : {};
  const network = await engine.createNetwork(request.network, training);
  await network.setWeights(initialWeights(request.network, 1));
  const imagesPerSecond = await measure(network, request);
  await network.dispose();
  parentPort!.postMessage({ imagesPerSecond, device: engine.device } satisfies SpeedReply);
} finally {
  await engine.dispose();
  parentPort!.close();
}

async function measure(network: EngineNetwork, { work, batchSize }: SpeedRequest): Promise<number> {
  const pixels = network.network.input.reduce((product, size) => product * size, 1);
  const images = Uint8Array.from({ length: batchSize * pixels }, (_, index) => (index * 37) % 256);
  const classes = classCount(network.network);
  const labels = Uint8Array.from({ length: batchSize }, (_, index) => index % classes);
  const run = async (step: number) => {
    if (work === 'train') await network.trainBatch(images, labels, { learningRate: 1e-4, step, seed: step });
    else await network.predict(images);
  };
  for (let step = 1; step <= WARM_UP_STEPS; step++) await run(step);
  const times: number[] = [];
  const started = performance.now();
  while (times.length < MIN_STEPS || performance.now() - started < MEASURE_MS) {
    const before = performance.now();
    await run(WARM_UP_STEPS + times.length + 1);
    times.push(performance.now() - before);
  }
  // The median: another program may have been busy for a moment.
  return (batchSize * 1000) / times.sort((a, b) => a - b)[times.length >> 1]!;
}
