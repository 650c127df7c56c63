import { describe, expect, onTestFinished, test } from 'vitest';
import { INFLUENCE_SIZE, MAX_STRIP } from '../../../src/core/inspection.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { classCount, type Network } from '../../../src/core/model/network.ts';
import { createRecognizer } from '../../../src/core/recognizer/recognizer.ts';
import { randomWeights } from '../engine/networks.ts';
import { randomGraph } from '../engine/random-graph.ts';

const LABELS = ['1', '2', '3'];

async function recognizerOf(
  network: Network,
  weights: Float32Array[],
  fields: Partial<Model> & { threads?: number } = {},
) {
  const { threads = 1, ...rest } = fields;
  const recognizer = await createRecognizer(
    { name: 'looked-into', network, labels: LABELS, weights, training: null, ...rest },
    { threads },
  );
  onTestFinished(() => recognizer.dispose());
  return recognizer;
}

/** A network whose logit for the first class grows with the ink of the left half, and for the second with that of the right. */
function halves(outputs = LABELS.length): { network: Network; weights: Float32Array[] } {
  const network: Network = {
    input: [28, 28, 1],
    layers: [{ type: 'flatten' }, { type: 'dense', units: outputs, useBias: true }],
  };
  const kernel = new Float32Array(784 * outputs);
  for (let pixel = 0; pixel < 784; pixel++) kernel[pixel * outputs + (pixel % 28 < 14 ? 0 : 1)] = 0.1;
  return { network, weights: [kernel, new Float32Array(outputs)] };
}

/** A vertical stroke, three pixels wide, in each of these columns. */
function strokes(...columns: number[]): Uint8Array {
  const image = new Uint8Array(784);
  for (const column of columns) {
    for (let y = 4; y < 24; y++) image.fill(255, y * 28 + column, y * 28 + column + 3);
  }
  return image;
}

/** The sum of the map's values in the left half, and in the right one. */
function sumsOf(influence: Float32Array): [number, number] {
  const sums: [number, number] = [0, 0];
  influence.forEach((value, cell) => {
    sums[cell % INFLUENCE_SIZE < INFLUENCE_SIZE / 2 ? 0 : 1] += value;
  });
  return sums;
}

describe('the influence map', () => {
  test('is positive where ink counts for the class, and negative where it counts against it', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    const { label, influence, probability, without } = await recognizer.inspect(strokes(5, 9, 18));
    const [left, right] = sumsOf(influence);
    expect([label, left > 0, right < 0]).toEqual(['1', true, true]);
    expect(Math.max(...influence)).toBe(1);
    expect(Math.min(...influence)).toBeGreaterThanOrEqual(-1);
    expect(without).toBeLessThan(probability);
    const [reading] = await recognizer.recognize(strokes(5, 9, 18));
    expect(probability).toBeCloseTo(reading!.predictions[0]!.probability, 5);
  });

  test('can be that of another class, and is that of the best one for a class that the model does not have', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    const second = await recognizer.inspect(strokes(5, 9, 18), { label: '2' });
    expect(second.label).toBe('2');
    expect(sumsOf(second.influence).map(Math.sign)).toEqual([-1, 1]);
    expect((await recognizer.inspect(strokes(18), { label: '?' })).label).toBe('2');
  });

  test('of a merged class can be asked for in either case', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights, { labels: ['1', 'C', '3'] });
    const inspections = ['c', 'C'].map((label) => recognizer.inspect(strokes(5, 9, 18), { label }));
    const [small, capital] = await Promise.all(inspections);
    expect([small!.label, capital!.label]).toEqual(['c', 'C']);
    expect(small).toEqual({ ...capital, label: 'c' });
  });

  test('is zero where there is no ink, and everywhere on blank paper', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    const { influence } = await recognizer.inspect(strokes(5));
    // A patch reaches two cells beyond the ink.
    for (const [cell, value] of influence.entries()) if (cell % INFLUENCE_SIZE > 6) expect(value).toBe(0);
    const blank = await recognizer.inspect(new Uint8Array(784));
    expect(new Set(blank.influence)).toEqual(new Set([0]));
    expect(blank.without).toBe(blank.probability);
  });

  test('does not exaggerate differences of no importance', async () => {
    const { network, weights } = halves();
    const faint = weights.map((tensor) => tensor.map((value) => value / 1000));
    const { influence } = await (await recognizerOf(network, faint)).inspect(strokes(5));
    expect(Math.max(...influence.map(Math.abs))).toBeLessThan(0.1);
  });

  test('counts no character among the other answers', async () => {
    const { network, weights } = halves(4);
    weights[1]![3] = 2;
    const recognizer = await recognizerOf(network, weights);
    const [reading] = await recognizer.recognize(strokes(5));
    expect(reading!.noCharacter).toBeGreaterThan(0);
    const { label, probability } = await recognizer.inspect(strokes(5));
    expect([label, probability]).toEqual(['1', expect.closeTo(reading!.predictions[0]!.probability, 5)]);
  });
});

describe('the layers', () => {
  const cnn = architecture('cnn', 3);

  test('have the maps with the strongest response, scaled by the largest value of the layer', async () => {
    const recognizer = await recognizerOf(cnn, randomWeights(cnn, 5));
    const { layers } = await recognizer.inspect(strokes(5, 12), { maps: 4 });
    expect(layers.map(({ name, shape, size }) => [name, shape, size])).toEqual([
      ['conv2d', [13, 13, 32], [13, 13]],
      ['conv2d_1', [5, 5, 64], [5, 5]],
      ['dense', [256], [1, 256]],
    ]);
    for (const { channels, maps, size, shape } of layers) {
      expect(maps.every(({ length }) => length === size[0] * size[1])).toBe(true);
      expect(channels).toEqual([...channels].sort((a, b) => a - b));
      expect([channels.length, maps.length]).toEqual(shape.length === 1 ? [0, 1] : [4, 4]);
    }
    expect(Math.max(...layers[2]!.maps[0]!)).toBe(255);
  });

  test('are the same on any number of threads', async () => {
    const weights = randomWeights(cnn, 5);
    const one = await recognizerOf(cnn, weights);
    const three = await recognizerOf(cnn, weights, { threads: 3 });
    expect(await three.inspect(strokes(5, 12))).toEqual(await one.inspect(strokes(5, 12)));
  });

  test('are none of a network with a single layer', async () => {
    const { network, weights } = halves();
    expect((await (await recognizerOf(network, weights)).inspect(strokes(5))).layers).toEqual([]);
  });

  test('of large inputs and long vectors are made smaller', async () => {
    const network: Network = {
      input: [64, 60, 3],
      layers: [
        { type: 'conv2d', filters: 3, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: true },
        { type: 'flatten' },
        { type: 'dense', units: 2 * MAX_STRIP + 2, useBias: true },
        { type: 'relu' },
        { type: 'dense', units: 3, useBias: true },
      ],
    };
    const { layers } = await (await recognizerOf(network, randomWeights(network, 2))).inspect(strokes(5));
    expect(layers.map(({ shape, size }) => [shape, size])).toEqual([
      [
        [64, 60, 3],
        [22, 20],
      ],
      [[1026], [1, 342]],
    ]);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed))('of any network can be inspected: %d', async (seed) => {
    const network = randomGraph(seed);
    const [channels] = network.input.slice(2);
    if (channels !== 1 && channels !== 3) return;
    const outputs = await recognizerOf(network, randomWeights(network, 1), {
      labels: Array.from({ length: classCount(network) }, (_, index) => `c${index}`),
    });
    const { layers, influence } = await outputs.inspect(strokes(5, 12));
    expect(influence).toHaveLength(INFLUENCE_SIZE ** 2);
    for (const { maps } of layers) expect(maps.length).toBeGreaterThan(0);
  });
});

describe('an inspection', () => {
  test('lets readings go first, and can be ended early', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    const order: string[] = [];
    const inspecting = recognizer.inspect(strokes(5, 9, 18)).then(() => order.push('inspected'));
    await recognizer.recognize(strokes(5)).then(() => order.push('read'));
    await inspecting;
    expect(order).toEqual(['read', 'inspected']);
    const reason = new Error('closed');
    const controller = new AbortController();
    const ended = recognizer.inspect(strokes(5, 9, 18), { signal: controller.signal });
    controller.abort(reason);
    await expect(ended).rejects.toBe(reason);
  });

  test('ends when the recognizer is disposed of', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    const ended = recognizer.inspect(strokes(5, 9, 18));
    const [, outcome] = await Promise.allSettled([recognizer.dispose(), ended]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    await expect(recognizer.inspect(strokes(5))).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('demands one image', async () => {
    const { network, weights } = halves();
    const recognizer = await recognizerOf(network, weights);
    await expect(recognizer.inspect(new Uint8Array(783))).rejects.toThrow(RangeError);
  });
});
