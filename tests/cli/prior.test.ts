import { afterAll, beforeAll, expect, test } from 'vitest';
import { readClassCounts } from '../../src/core/dataset/read-part.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { charactersPerClass } from '../../src/core/labels.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { elements, weightSpecs } from '../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { hash32 } from '../../src/core/random.ts';
import { installDatasets, labelAt } from '../helpers/archive.ts';
import { trainingRecord } from '../helpers/training-record.ts';
import { runJson, temporaryFolder } from './run.ts';

/** `byclass` distinguishes the case of all letters; the model merges fifteen of them. */
const DATA = splitLabels('byclass');
const MODEL = splitLabels('bymerge');
/** Training images per class: far more digits than letters, and none of `z`. */
const COUNTS = DATA.map((label, index) => (label === 'z' ? 0 : 1 + (index < 10 ? 20 : 0) + (hash32(5, index) % 9)));
const TRAIN = COUNTS.flatMap((count, label) => new Array<number>(count).fill(label));
const TEST_IMAGES = 4 * DATA.length;
/** The evidence for each class, the same for every image, in addition to the class shares in training. */
const EVIDENCE = MODEL.map((_, index) => 1 + (hash32(6, index) % 100) / 100);
const SHARES = MODEL.map((_, index) => (1 + (hash32(7, index) % 50)) / 50);

const home = await temporaryFolder(afterAll);
let paths: Paths;

beforeAll(async () => {
  paths = resolvePaths(home);
  await installDatasets(
    paths,
    { byclass: { train: TRAIN.length, test: TEST_IMAGES } },
    { labelOf: (split, index, part) => (part === 'train' ? TRAIN[index]! : labelAt(split, index)) },
  );
  // With weights of 0, the logits are the bias of the last layer for every image.
  const network = architecture('cnn', MODEL.length);
  const weights = weightSpecs(network).map(({ shape }) => new Float32Array(elements(shape)));
  weights.at(-1)!.set(EVIDENCE.map((evidence, index) => Math.log(evidence * SHARES[index]!)));
  const sum = SHARES.reduce((total, share) => total + share, 0);
  const training = trainingRecord({ split: 'bymerge', classShares: SHARES.map((share) => share / sum) });
  await saveModel({ name: 'biased', network, labels: MODEL, weights, training }, paths);
});

/** The data's classes that a class of the model stands for. */
function meaning(label: string, index: number): number[] {
  const both = charactersPerClass(MODEL)[index] === 2 ? [label, label.toLowerCase()] : [label];
  return both.map((character) => DATA.indexOf(character));
}

/** Bayes' rule: evidence times prior. A class without images counts as half an image. */
function expected(counts: readonly number[]) {
  const scores = MODEL.map((label, index) =>
    meaning(label, index).reduce((sum, data) => sum + EVIDENCE[index]! * Math.max(0.5, counts[data]!), 0),
  );
  const total = scores.reduce((sum, score) => sum + score, 0);
  const best = scores.indexOf(Math.max(...scores));
  const shown = MODEL.map((label, index) => meaning(label, index).length / DATA.length);
  return {
    answer: MODEL[best]!,
    accuracy: shown[best]!,
    loss: scores.reduce((sum, score, index) => sum - shown[index]! * Math.log(score / total), 0),
  };
}

test('the class frequencies of a split are those of its training part', async () => {
  expect(await readClassCounts(paths, 'byclass')).toEqual(COUNTS);
  await installDatasets(paths, { letters: { train: 52, test: 26 } });
  expect(await readClassCounts(paths, 'letters')).toEqual(new Array(26).fill(2));
});

const split = expected(COUNTS);
const uniform = expected(COUNTS.map(() => 1));

test.each([
  ['by default', [], 'split', split],
  ['with --prior split', ['--prior', 'split'], 'split', split],
  ['with --prior uniform', ['--prior', 'uniform'], 'uniform', uniform],
])('evaluate %s uses the expected prior', async (_, args, prior, { answer, accuracy, loss }) => {
  expect(split.answer).not.toBe(uniform.answer);
  const { code, events } = await runJson(['evaluate', '--split', 'byclass', '--model', 'biased', ...args], { home });
  expect(code).toBe(0);
  const end = events.at(-1)!;
  expect(end).toMatchObject({ prior, images: TEST_IMAGES, merged: 'cijklmopsuvwxyz' });
  expect(new Set((end.confusions as { predicted: string }[]).map(({ predicted }) => predicted))).toEqual(
    new Set([answer]),
  );
  expect(end.accuracy).toBeCloseTo(accuracy, 9);
  expect(end.loss).toBeCloseTo(loss, 5);
});
