import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPart } from '../../../src/core/dataset/read-part.ts';
import { splitLabels } from '../../../src/core/dataset/splits.ts';
import { evaluate } from '../../../src/core/evaluation/evaluate.ts';
import type { EvaluateOptions } from '../../../src/core/evaluation/evaluate-options.ts';
import type { Mistake } from '../../../src/core/evaluation/mistake.ts';
import { NeighborSearch } from '../../../src/core/evaluation/neighbors.ts';
import { IMAGE_PIXELS } from '../../../src/core/images/image-size.ts';
import { loadModel, saveModel } from '../../../src/core/model/model-store.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { temporaryFolder } from '../../cli/run.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { biasedModel } from '../../helpers/biased-model.ts';

const paths = resolvePaths(await temporaryFolder(afterAll));
const never = new AbortController().signal;

beforeAll(async () => {
  await installDatasets(paths, { digits: { train: 60, test: 40 }, byclass: { train: 124, test: 124 } });
  // Always the same answers: 4 for digits, C for letters.
  await saveModel(biasedModel('four', ['4', '7', 'C', '!'], [3, 2, 5, 9]), paths);
});

async function misread(options: Partial<EvaluateOptions>) {
  const mistakes: Mistake[] = [];
  const all = {
    split: 'digits',
    part: 'test',
    characters: 'all',
    prior: 'uniform',
    model: await loadModel('four', paths),
    ...options,
  } as const;
  const events = await Array.fromAsync(evaluate({ ...all, paths, onMistake: (mistake) => mistakes.push(mistake) }));
  const end = events.at(-1)!;
  if (end.event !== 'end') throw new Error('no end');
  return { mistakes, end };
}

describe('each misread image is reported', () => {
  test.each<[string, Partial<EvaluateOptions>]>([
    ['of classes that the model lacks', {}],
    ['of merged classes', { split: 'byclass' }],
    ['of a limited number of images', { limit: 15 }],
    ['of some characters', { split: 'byclass', characters: 'letters', limit: 70 }],
    ['of the training part', { part: 'train' }],
  ])('%s, as often as it is counted', async (_name, options) => {
    const { mistakes, end } = await misread(options);
    const counts = new Map<string, number>();
    for (const { truth, guess } of mistakes) {
      const pair = `${truth} ${guess}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts).toEqual(
      new Map(end.confusions.map(({ truth, predicted, count }) => [`${truth} ${predicted}`, count])),
    );
    expect(mistakes.length).toBe(Math.round(end.images * (1 - end.accuracy)));
    const { part = 'test' } = options;
    const split = options.split === 'byclass' ? 'byclass' : 'digits';
    const { images, labels } = await readPart(paths, split, part);
    for (const { index, truth, guess, predictions, image } of mistakes) {
      expect(Buffer.compare(image, images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS))).toBe(0);
      // C also stands for c.
      expect([truth, truth.toLowerCase()]).toContain(splitLabels(split)[labels[index]!]);
      expect(predictions[0]!.label).toBe(guess);
    }
  });

  test('the predictions are of the compared classes only, and sum to 1', async () => {
    const { mistakes } = await misread({});
    expect(mistakes[0]!.predictions.map(({ label }) => label)).toEqual(['4', '7']);
    expect(mistakes[0]!.predictions[0]!.probability).toBeCloseTo(1 / (1 + Math.exp(-1)));
  });
});

describe('neighbors', () => {
  test('are the most similar training images of each class', async () => {
    const { mistakes } = await misread({});
    const [{ image, truth }] = mistakes as [Mistake];
    const search = new NeighborSearch(paths);
    const query = { model: 'four', split: 'digits', image, labels: [truth, '4'], count: 3 } as const;
    const found = await search.find(query, never);
    const { images, labels } = await readPart(paths, 'digits', 'train');
    expect(found.map(({ label, neighbors }) => [label, neighbors.length])).toEqual([
      [truth, 3],
      ['4', 3],
    ]);
    for (const { label, neighbors } of found) {
      const similarities = neighbors.map(({ similarity }) => similarity);
      expect(similarities).toEqual(similarities.toSorted((a, b) => b - a));
      for (const { index, image: other } of neighbors) {
        expect(String(labels[index])).toBe(label);
        expect(Buffer.compare(other, images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS))).toBe(0);
      }
    }
    // The network takes the pixels as they are, so the most similar image is the one with the smallest angle.
    const angle = (one: Uint8Array) => {
      const dot = (a: Uint8Array, b: Uint8Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
      return dot(one, image) / Math.sqrt(dot(one, one) * dot(image, image));
    };
    const ofTruth = [...labels.keys()].filter((index) => String(labels[index]) === truth);
    const best = Math.max(...ofTruth.map((index) => angle(images.subarray(index * 784, (index + 1) * 784))));
    expect(found[0]!.neighbors[0]!.similarity).toBeCloseTo(best, 4);
    expect(await search.find(query, never)).toEqual(found);
  });

  test('of a merged class are of both cases; a copy of the image is not its neighbor', async () => {
    const { images, labels } = await readPart(paths, 'byclass', 'train');
    const lower = labels.indexOf(splitLabels('byclass').indexOf('c'));
    const image = images.slice(lower * IMAGE_PIXELS, (lower + 1) * IMAGE_PIXELS);
    const [found] = await new NeighborSearch(paths).find(
      { model: 'four', split: 'byclass', image, labels: ['C'], count: 9 },
      never,
    );
    const classes = new Set(found!.neighbors.map(({ index }) => splitLabels('byclass')[labels[index]!]));
    expect([...classes].sort()).toEqual(['C', 'c']);
    expect(found!.neighbors.map(({ index }) => index)).not.toContain(lower);
  });

  test('a search that was aborted does not spoil the next one', async () => {
    const image = new Uint8Array(IMAGE_PIXELS).fill(90);
    const query = { model: 'four', split: 'digits', image, labels: ['1'], count: 2 } as const;
    const search = new NeighborSearch(paths);
    const controller = new AbortController();
    const aborted = search.find(query, controller.signal);
    const next = search.find(query, never);
    controller.abort();
    await expect(aborted).rejects.toThrow(/abort/i);
    expect((await next)[0]!.neighbors).toHaveLength(2);
  });
});
