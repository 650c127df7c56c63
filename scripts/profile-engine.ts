import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { createEngine } from '../src/core/engine/select.ts';
import { IMAGE_PIXELS } from '../src/core/images/image-size.ts';
import type { Architecture } from '../src/core/model/architectures.ts';
import { architecture } from '../src/core/model/architectures.ts';
import { initialWeights } from '../src/core/model/initial-weights.ts';
import { hash32 } from '../src/core/random.ts';
import { profileConvolutions } from './profile-convolutions.ts';

/*
 * Profiles the engine by kernel, on one thread: `npm run profile -- [--architecture vgg] [--work train|predict]
 * [--batch-size 128] [--seconds 5]`. With `--convolutions` it prints the speed of kernels of other sizes instead.
 */
const { values } = parseArgs({
  options: {
    architecture: { type: 'string', default: 'vgg' },
    work: { type: 'string', default: 'train' },
    'batch-size': { type: 'string', default: '128' },
    seconds: { type: 'string', default: '5' },
    convolutions: { type: 'boolean', default: false },
  },
});
if (values.convolutions) {
  await profileConvolutions((text) => process.stdout.write(text));
  process.exit();
}
const CLASSES = 47;
const SHOWN = 16;
const batchSize = Number(values['batch-size']);
// About a fifth of the pixels of a character have ink.
const images = Uint8Array.from({ length: batchSize * IMAGE_PIXELS }, (_, i) =>
  hash32(i) % 5 === 0 ? hash32(i, 1) & 255 : 0,
);
const labels = Uint8Array.from({ length: batchSize }, (_, i) => hash32(i, 2) % CLASSES);

const engine = await createEngine({ engine: 'wasm', threads: 1 });
const description = architecture(values.architecture as Architecture, CLASSES);
const network = await engine.createNetwork(description, { batchSize });
await network.setWeights(initialWeights(description, 1));

/** Training steps so far. */
let step = 0;

/** Trains or predicts for some seconds. Returns images per second. */
async function work(seconds: number): Promise<number> {
  const began = performance.now();
  let done = 0;
  for (; performance.now() - began < seconds * 1000; done += batchSize) {
    if (values.work === 'predict') await network.predict(images);
    else await network.trainBatch(images, labels, { learningRate: 1e-3, step: ++step, seed: step });
  }
  return (done * 1000) / (performance.now() - began);
}

// Warms up until everything is compiled.
await work(2);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.start');
const rate = await work(Number(values.seconds));
const { profile } = await session.post('Profiler.stop');
session.disconnect();
await engine.dispose();

const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(other)']));
const times = new Map<string, number>();
profile.samples!.forEach((id, index) => {
  const name = names.get(id)!.replace(/^.*\/kernels\//, '');
  times.set(name, (times.get(name) ?? 0) + profile.timeDeltas![index]!);
});
const total = [...times.values()].reduce((sum, time) => sum + time, 0);
const lines = [...times].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN);
process.stdout.write(`${values.architecture}, ${values.work}, ${engine.device}: ${Math.round(rate)} images/s\n`);
for (const [name, time] of lines) process.stdout.write(`${((100 * time) / total).toFixed(1).padStart(6)}%  ${name}\n`);
