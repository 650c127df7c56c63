import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import { createEngine } from '../../../src/core/engine/select.ts';
import { evaluate } from '../../../src/core/evaluation/evaluate.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { canReject } from '../../../src/core/model/model.ts';
import { loadModel } from '../../../src/core/model/model-store.ts';
import { classCount, parameterCount } from '../../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { randomStream } from '../../../src/core/random.ts';
import { createRecognizer } from '../../../src/core/recognizer/recognizer.ts';
import { randomScribble } from '../../../src/core/strokes/random-scribble.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { train } from '../../../src/core/training/trainer.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import { readTrainingImages } from '../../../src/core/training/training-images.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { TEMPLATES } from '../../helpers/template-recognizer.ts';

const DIGITS = [...splitLabels('digits')];

let home: string;
let paths: Paths;
/** Drawings of digits, and of a letter, which is a sign among digits. */
let strokes: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-rejecting-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 400, test: 50 } });
  strokes = path.join(home, 'strokes.jsonl');
  const lines = (['1', '7', 'X'] as const).flatMap((label) =>
    Array.from({ length: 20 }, () => JSON.stringify({ label, strokes: TEMPLATES[label] })),
  );
  await writeFile(strokes, lines.join('\n'));
});
afterAll(() => rm(home, { recursive: true }));

const SMALL = { split: 'digits', batchSize: 32, seed: 3, architecture: 'cnn' } satisfies TrainOptions;

async function run(options: TrainOptions): Promise<TrainEvent[]> {
  return Array.fromAsync(startTraining({ ...SMALL, ...options }, paths));
}

test('a model that learns to reject has one more output than labels, and its record says how it was trained', async () => {
  const events = await run({ epochs: 4, reject: 0.5, strokes: [strokes], name: 'rejecting' });
  expect(events[0]).toMatchObject({
    classes: 10,
    trainImages: 400,
    validationImages: 40,
    rejectImages: 200,
    parameters: parameterCount(architecture('cnn', 11)),
  });
  // 600 images in batches of 32.
  expect(events.findLast(({ event }) => event === 'batch')).toMatchObject({ batch: 19, batches: 19 });

  const model = await loadModel('rejecting', paths);
  expect(model.labels).toEqual(DIGITS);
  expect(classCount(model.network)).toBe(11);
  expect(canReject(model)).toBe(true);
  expect(model.training).toMatchObject({ rejectImages: 200, trainImages: 400, strokeImages: 40 });
  expect(model.training!.recipe.reject).toBe(0.5);
  expect(model.training!.classShares).toHaveLength(10);
  const { userDefinedMetadata } = JSON.parse(
    await readFile(path.join(paths.models, 'rejecting', 'model.json'), 'utf8'),
  );
  expect(userDefinedMetadata).toMatchObject({ rejects: true, labels: DIGITS });
});

test('its validation and calibration are about labels alone', async () => {
  const { network, weights, training } = await loadModel('rejecting', paths);
  const source = { split: 'digits', seed: SMALL.seed, limit: null, strokes: [], keepsSigns: false } as const;
  const { images, labels, validation } = await readTrainingImages(paths, source);
  const engine = await createEngine({ engine: 'wasm', threads: 1 });
  const ready = await engine.createNetwork(network);
  await ready.setWeights(weights);
  const chosen = [...validation].map((index) => images.subarray(index * 784, (index + 1) * 784));
  const logits = await ready.predict(Buffer.concat(chosen));
  await engine.dispose();

  /** Mean cross-entropy over the first outputs of each image, and the share of images that are right. */
  const measure = (outputs: number) => {
    let [loss, correct] = [0, 0];
    validation.forEach((index, n) => {
      const row = [...logits.subarray(n * 11, n * 11 + outputs)].map((logit) => logit * training!.temperature);
      const truth = row[labels[index]!]!;
      loss += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - truth), 0));
      if (Math.max(...row) === truth) correct++;
    });
    return { loss: loss / validation.length, accuracy: correct / validation.length };
  };
  expect(training!.validationAccuracy).toBeCloseTo(measure(10).accuracy, 9);
  expect(training!.validationLoss).toBeCloseTo(measure(10).loss, 4);
  expect(Math.abs(measure(11).loss - measure(10).loss)).toBeGreaterThan(1e-3);
});

test('it tells scribbles from characters', async () => {
  const recognizer = await createRecognizer(await loadModel('rejecting', paths));
  const { images } = await readTrainingImages(paths, {
    ...{ split: 'digits', seed: 1, limit: null, strokes: [], keepsSigns: false },
  });
  const scribbles = Array.from({ length: 100 }, (_, seed) => rasterize(randomScribble(randomStream(seed))));
  const rejected = async (shown: Uint8Array) =>
    (await recognizer.recognize(shown)).filter(({ noCharacter }) => noCharacter! > 0.5).length;
  expect(await rejected(Buffer.concat(scribbles))).toBeGreaterThan(80);
  expect(await rejected(images.subarray(0, 100 * 784))).toBeLessThan(20);
  await recognizer.dispose();
});

test('it can be evaluated, on the labels', async () => {
  const model = await loadModel('rejecting', paths);
  const events = await Array.fromAsync(
    evaluate({ paths, model, split: 'digits', part: 'test', characters: 'all', prior: 'split' }),
  );
  const end = events.at(-1)!;
  expect(end).toMatchObject({ event: 'end', images: 50 });
  if (end.event !== 'end') throw new Error('no end');
  expect(end.accuracy).toBeGreaterThan(0.7);
  expect(end.perClass.map(({ label }) => label)).toEqual(DIGITS);
});

test('resumed, it has the same weights as when it was never interrupted, in all of its outputs', async () => {
  const options = {
    epochs: 2,
    limit: 80,
    reject: 0.4,
    augment: 1,
    averaging: 0.9,
    strokes: [strokes],
  } as const;
  await run({ ...options, name: 'whole' });
  const control = new TrainingControl();
  for await (const event of train({ ...SMALL, ...options, name: 'cut' }, paths, control)) {
    if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'interrupted' });
  }
  const resume = { split: undefined, architecture: undefined, seed: undefined, batchSize: undefined, resume: true };
  const resumed = await run({ ...resume, name: 'cut' });
  expect(resumed[0]).toMatchObject({ epochsDone: 1, rejectImages: Math.round(0.4 * (72 + 40)) });
  expect(await digest('cut')).toBe(await digest('whole'));
  await run({ ...options, reject: 0, name: 'plain' });
  expect(canReject(await loadModel('plain', paths))).toBe(false);
  await expect(run({ ...resume, epochs: 3, name: 'plain', reject: 0.4 })).rejects.toMatchObject({
    code: 'checkpoint-differs',
    data: { option: 'reject', saved: 0, given: 0.4 },
  });
});

/** Equal only if the weights are bit for bit the same. */
async function digest(name: string): Promise<string> {
  const hash = createHash('sha256');
  const { weights, network } = await loadModel(name, paths);
  expect(weights.at(-1)!.length).toBe(classCount(network));
  for (const tensor of weights) hash.update(tensor);
  return hash.digest('hex');
}
