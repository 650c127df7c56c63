import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../src/core/engine/engine.ts';
import { createEngine } from '../../../src/core/engine/select.ts';
import { canReject, type Model } from '../../../src/core/model/model.ts';
import { createRecognizer } from '../../../src/core/recognizer/recognizer.ts';
import type { NewSample } from '../../../src/core/samples/sample.ts';
import { CharacterGenerator } from '../../../src/core/strokes/character-generator.ts';
import { type FineTuned, fineTune } from '../../../src/core/training/fine-tune.ts';
import { GENERATED, generateGeneral, generateReplayed, type Replay } from '../../../src/core/training/replay.ts';
import { images, mirrored, samplesOf, tinyModel } from '../../helpers/learning.ts';

const DIGITS = [...'0123456789'];
const generator = CharacterGenerator.shipped();
let engine: Engine;
let model: Model;
let replay: Replay;
beforeAll(async () => {
  model = await tinyModel('tiny');
  engine = await createEngine({ engine: 'wasm', threads: 1 });
  const network = await engine.createNetwork(model.network);
  await network.setWeights(model.weights);
  const options = { generator, model, seed: 1 };
  const generating = generateReplayed(options, network);
  let step = await generating.next();
  while (!step.done) step = await generating.next();
  const general = generateGeneral(options);
  const none = { images: new Uint8Array(), imageLabels: new Uint8Array() };
  replay = { source: GENERATED, ...step.value, ...none, general };
}, 600_000);
afterAll(() => engine.dispose());

/** Fine-tunes on samples; `stopAfter` ends it after that many batches. */
async function tune(samples: NewSample[], { epochs = 5, stopAfter = Infinity, seed = 1, from = model } = {}) {
  let batches = 0;
  const ownAccuracies: (number | null)[] = [];
  const isStopped = () => batches >= stopAfter;
  const run = fineTune({ model: from, samples, replay, engine, epochs, seed, isStopped });
  let step = await run.next();
  while (!step.done) {
    if (step.value.event === 'batch') batches = step.value.batch + 8 * (step.value.epoch - 1);
    if (step.value.event === 'epoch') ownAccuracies.push(step.value.ownAccuracy);
    step = await run.next();
  }
  return { tuned: step.value, ownAccuracies };
}

async function read(by: Model, samples: NewSample[]): Promise<string[]> {
  const recognizer = await createRecognizer(by);
  const readings = await recognizer.recognize(images(samples.map(({ strokes }) => strokes)));
  await recognizer.dispose();
  return readings.map(({ predictions }) => predictions[0]!.label);
}

const share = (labels: string[], samples: NewSample[]) =>
  labels.filter((label, index) => label === samples[index]!.label).length / samples.length;

/** Writes some digits like nobody else. */
const oddly = (label: string, seed: number) => ('2457'.includes(label) ? mirrored(generator.draw(label, seed)) : null);

test('reads a hand better that it has learned, and others as before', async () => {
  const { tuned, ownAccuracies } = await tune(samplesOf(DIGITS, 8, oddly));
  const { own, general, accepted, model: child } = tuned as FineTuned;
  expect(own.count).toBe(16);
  expect(ownAccuracies).toHaveLength(6);
  expect([ownAccuracies[0], ownAccuracies.at(-1)]).toEqual([own.before, own.after]);
  expect(own.after).toBeGreaterThan(own.before! + 0.1);
  expect(general.after).toBeGreaterThan(general.before! - 0.005);
  expect(accepted).toBe(true);
  const others = samplesOf(DIGITS, 6, oddly, 2);
  expect(share(await read(child, others), others)).toBeGreaterThan(share(await read(model, others), others) + 0.05);
  expect(child.network.layers.some(({ type }) => type === 'batchNorm')).toBe(false);
  expect(model.network.layers.some(({ type }) => type === 'batchNorm')).toBe(true);
});

test('the same samples and seed give the same weights, another seed others', async () => {
  const samples = samplesOf(DIGITS, 3, oddly);
  const weights = async (seed: number) => (await tune(samples, { epochs: 1, seed })).tuned!.model.weights;
  const first = await weights(1);
  expect(await weights(1)).toEqual(first);
  expect(await weights(2)).not.toEqual(first);
});

test('is not accepted if it reads no more of the samples', async () => {
  const readable = samplesOf(DIGITS, 12).filter((_, index) => index < 120);
  const known = await read(model, readable);
  const { tuned } = await tune(
    readable.filter(({ label }, index) => known[index] === label),
    { epochs: 1 },
  );
  expect(tuned!.own.before).toBe(1);
  expect(tuned!.accepted).toBe(false);
});

test('a new label becomes a class', async () => {
  const sign = (label: string, seed: number) => (label === '→' ? generator.draw('W', seed) : oddly(label, seed));
  const { tuned } = await tune(samplesOf([...DIGITS, '→'], 8, sign), { epochs: 8 });
  const child = tuned!.model;
  expect(child.labels).toEqual([...DIGITS, '→']);
  expect(child.training!.classShares).toHaveLength(11);
  const signs = samplesOf(['→'], 20, sign, 2);
  expect(share(await read(child, signs), signs)).toBeGreaterThan(0.7);
  const digits = samplesOf(DIGITS, 10, undefined, 3);
  expect((await read(child, digits)).filter((label) => label === '→').length).toBeLessThan(3);
});

test('a model that can reject still can', async () => {
  const width = 11;
  const weights = model.weights.map((tensor) => tensor.slice());
  // The output for no character is low, whatever the image.
  const [kernel, bias] = weights.slice(-2) as [Float32Array, Float32Array];
  const wider = Float32Array.from({ length: (kernel.length / 10) * width }, (_, index) =>
    index % width < 10 ? kernel[Math.floor(index / width) * 10 + (index % width)]! : 0,
  );
  const layers = model.network.layers.with(-1, { type: 'dense', units: width, useBias: true });
  const from = {
    ...model,
    network: { ...model.network, layers },
    weights: [...weights.slice(0, -2), wider, Float32Array.from([...bias, -5])],
  };
  const { tuned } = await tune(
    samplesOf([...DIGITS, '→'], 3, () => generator.draw('W', 1)),
    { epochs: 2, from },
  );
  expect(tuned!.model.labels).toHaveLength(11);
  expect(canReject(tuned!.model)).toBe(true);
});

test('stops at any batch, without a result', async () => {
  const samples = samplesOf(DIGITS, 3, oddly);
  for (const stopAfter of [0, 1, 9]) expect((await tune(samples, { stopAfter })).tuned, `${stopAfter}`).toBe(null);
});
