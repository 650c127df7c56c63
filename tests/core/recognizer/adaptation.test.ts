import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import { loadModel, SHIPPED } from '../../../src/core/model/model-store.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { samplesToUse } from '../../../src/core/recognizer/adaptation.ts';
import { createRecognizer, type LabeledImage, type Recognizer } from '../../../src/core/recognizer/recognizer.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { CHARACTERS, LABELS, writeBy } from '../../accuracy/characters.ts';
import { ODD_E, PI, writeOften } from '../../helpers/hand.ts';

/** A character as one hand writes it, each time a bit differently. */
function samples(label: string, drawing: Drawing, count: number): LabeledImage[] {
  return writeOften(drawing, count).map((written) => ({ label, image: rasterize(written) }));
}

function image(drawing: Drawing, time: number): Uint8Array {
  return rasterize(writeBy(time, drawing));
}

describe('the shipped model', () => {
  let recognizer: Recognizer;
  const read = async (drawing: Drawing, time: number, options = {}) =>
    (await recognizer.recognize(image(drawing, time), options))[0]!;
  const answers = async (drawing: Drawing, options = {}) => {
    const readings = await Promise.all([1, 2, 3, 4].map((time) => read(drawing, time, options)));
    return readings.map(({ predictions }) => predictions[0]!.label).join('');
  };
  beforeAll(async () => {
    recognizer = await createRecognizer(await loadModel(SHIPPED, resolvePaths('')));
  });
  beforeEach(() => recognizer.adaptTo([]));
  afterAll(() => recognizer.dispose());

  test('ten corrections turn the reading of a character around, and taking them back turns it back exactly', async () => {
    const before = await read(ODD_E, 1);
    expect(await answers(ODD_E)).toBe('ZZZZ');
    await recognizer.adaptTo(samples('E', ODD_E, 10));
    expect(recognizer.adaptedTo).toBe(10);
    expect(await answers(ODD_E)).toBe('EEEE');
    expect(await answers(ODD_E, { adapt: false })).toBe('ZZZZ');
    expect(await read(ODD_E, 1, { adapt: false })).toEqual(before);
    await recognizer.adaptTo([]);
    expect(recognizer.adaptedTo).toBe(0);
    expect(await read(ODD_E, 1)).toEqual(before);
  });

  test('a wrong label is forgotten with its sample', async () => {
    const right = samples('E', ODD_E, 3);
    await recognizer.adaptTo(right);
    const before = await read(ODD_E, 1);
    await recognizer.adaptTo([...right, ...samples('7', ODD_E, 3)]);
    expect(await read(ODD_E, 1)).not.toEqual(before);
    await recognizer.adaptTo(right);
    expect(await read(ODD_E, 1)).toEqual(before);
  });

  test('samples of one character leave the others as they are', async () => {
    const readAll = () => Promise.all(LABELS.map((label) => read(CHARACTERS[label]!, 1)));
    const before = await readAll();
    await recognizer.adaptTo(samples('E', ODD_E, 10));
    const after = await readAll();
    const changed = LABELS.filter(
      (_, index) => after[index]!.predictions[0]!.label !== before[index]!.predictions[0]!.label,
    );
    expect(changed).toEqual([]);
  });

  test('a sign that the model does not know is an answer from three samples on', async () => {
    const labels = [...recognizer.labels];
    await recognizer.adaptTo(samples('π', PI, 2));
    expect(await answers(PI)).not.toContain('π');
    expect(recognizer.newLabels).toEqual([]);
    await recognizer.adaptTo(samples('π', PI, 3));
    expect(await answers(PI)).toBe('ππππ');
    expect(recognizer.newLabels).toEqual(['π']);
    // It is a character now.
    expect((await read(PI, 1)).noCharacter).toBeLessThan((await read(PI, 1, { adapt: false })).noCharacter! / 2);
    const known = await Promise.all(LABELS.map((label) => answers(CHARACTERS[label]!)));
    expect(known.join('')).not.toContain('π');
    expect(recognizer.labels).toEqual(labels);
  });

  test('a new sign can be expected, and excluded', async () => {
    await expect(read(PI, 1, { characters: 'πT' })).rejects.toMatchObject({ code: 'characters-unknown' });
    await recognizer.adaptTo(samples('π', PI, 3));
    const labelsOf = async (options: object) =>
      (await read(PI, 1, { ...options, top: 100 })).predictions.map(({ label }) => label);
    expect((await labelsOf({ characters: 'πT' })).toSorted()).toEqual(['T', 'π']);
    expect(await labelsOf({ characters: 'π' })).toEqual(['π']);
    expect(await labelsOf({ characters: 'letters' })).toContain('π');
    for (const options of [
      { characters: 'digits' },
      { characters: 'T' },
      { prior: 'forms' },
      { prior: { T: 1, F: 1 } },
    ]) {
      expect(await labelsOf(options)).not.toContain('π');
    }
    expect(await labelsOf({ prior: { T: 1, π: 1 } })).toContain('π');
    await expect(read(PI, 1, { characters: 'π', prior: 'forms' })).rejects.toMatchObject({ code: 'prior-invalid' });
    await expect(read(PI, 1, { characters: 'πT', adapt: false })).rejects.toMatchObject({ code: 'characters-unknown' });
  });

  test('either case of a letter is a sample of the class that stands for both', async () => {
    await recognizer.adaptTo([...samples('c', PI, 3), ...samples('C', PI, 3)]);
    expect(recognizer.newLabels).toEqual([]);
    expect(await answers(PI)).toBe('CCCC');
    expect(await answers(PI, { characters: 'lowercase' })).toBe('cccc');
  });

  test('probabilities still sum to 1 with that of no character', async () => {
    await recognizer.adaptTo([...samples('π', PI, 3), ...samples('E', ODD_E, 10)]);
    for (const drawing of [PI, ODD_E, CHARACTERS.A!]) {
      const { predictions, noCharacter } = await read(drawing, 1, { top: 100 });
      const sum = predictions.reduce((total, { probability }) => total + probability, noCharacter!);
      expect(sum).toBeCloseTo(1, 9);
      expect(sum).toBeLessThanOrEqual(1);
      expect(predictions).toHaveLength(recognizer.labels.length + 1);
    }
  });

  test('of overlapping calls, the last one counts', async () => {
    const calls = [10, 0, 3].map((count) => recognizer.adaptTo(samples('E', ODD_E, count)));
    await Promise.all(calls);
    expect(recognizer.adaptedTo).toBe(3);
  });
});

describe('adapting to many samples', () => {
  /** Samples of 40 labels, and how many of their images have been asked for. */
  function many(count: number, onImage: (asked: number) => void = () => {}) {
    const state = { asked: 0, samples: [] as LabeledImage[] };
    for (let index = 0; index < count; index++) {
      state.samples.push({
        label: String(index % 40),
        get image() {
          onImage(++state.asked);
          return Uint8Array.from({ length: 784 }, (_, pixel) => (pixel === index ? 255 : 0));
        },
      });
    }
    return state;
  }
  const network: Network = {
    input: [28, 28, 1],
    layers: [{ type: 'flatten' }, { type: 'dense', units: 3, useBias: true }],
  };
  let recognizer: Recognizer;
  beforeEach(async () => {
    const model = { name: 'dense', network, labels: ['A', 'B', 'C'], weights: initialWeights(network, 1) };
    recognizer = await createRecognizer({ ...model, training: null });
    return () => recognizer.dispose();
  });

  test('says how far it is, and can be stopped', async () => {
    const progress: [number, number][] = [];
    const { samples } = many(100);
    await recognizer.adaptTo(samples, { onProgress: (...read) => progress.push(read) });
    expect(progress.map(([, total]) => total).every((total) => total === 100)).toBe(true);
    expect(progress.at(-1)).toEqual([100, 100]);

    const controller = new AbortController();
    const stopped = recognizer.adaptTo(many(700).samples, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped')),
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(recognizer.adaptedTo).toBe(100);
  });

  test('lets others have their turn, also while the images are made', async () => {
    let isLong = true;
    const sliced = many(700, () => {
      // Images that take long together.
      for (const end = performance.now() + 1; isLong && performance.now() < end; );
    });
    const controller = new AbortController();
    setImmediate(() => {
      isLong = false;
      controller.abort(new Error('stopped'));
    });
    await expect(recognizer.adaptTo(sliced.samples, { signal: controller.signal })).rejects.toThrow('stopped');
    expect(sliced.asked).toBeLessThan(700);
  });

  test('makes only images of samples that are used', async () => {
    const unused = many(10_000, () => expect.unreachable('an image of a sample that is not used'));
    const { samples } = many(40 * 50);
    await recognizer.adaptTo([...unused.samples, ...samples]);
    expect(recognizer.adaptedTo).toBe(samples.length);
  });
});

test('a network that does not end with a dense layer adapts too', async () => {
  const network: Network = {
    input: [28, 28, 1],
    layers: [
      { type: 'conv2d', filters: 4, kernel: [5, 5], stride: [4, 4], padding: 'valid', useBias: true },
      { type: 'relu' },
      { type: 'conv2d', filters: 3, kernel: [6, 6], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'flatten' },
    ],
  };
  const labels = ['A', 'B', 'C'];
  const model = { name: 'convolutions', network, labels, weights: initialWeights(network, 1), training: null };
  const recognizer = await createRecognizer(model);
  const drawing = image(CHARACTERS.A!, 1);
  const [before] = await recognizer.recognize(drawing);
  const wrong = before!.predictions.at(-1)!.label;
  await recognizer.adaptTo(samples(wrong, CHARACTERS.A!, 10));
  expect((await recognizer.recognize(drawing))[0]!.predictions[0]!.label).toBe(wrong);
  await recognizer.dispose();
});

test('reading adapted is the same to rounding where there are no samples nearby', async () => {
  const network = architecture('cnn', 47);
  const model = { name: 'untrained', network, labels: LABELS, weights: initialWeights(network, 1), training: null };
  const recognizer = await createRecognizer(model);
  const drawing = image(CHARACTERS.A!, 1);
  const [before] = await recognizer.recognize(drawing, { top: 47 });
  // One sample of a sign is not enough, so it changes nothing.
  await recognizer.adaptTo(samples('π', PI, 1));
  const [after] = await recognizer.recognize(drawing, { top: 47 });
  expect(after!.noCharacter).toBeNull();
  for (const [index, { label, probability }] of before!.predictions.entries()) {
    expect(after!.predictions[index]!.label).toBe(label);
    expect(after!.predictions[index]!.probability).toBeCloseTo(probability, 5);
  }
  await recognizer.dispose();
});

test('uses a bounded number of samples: the latest of each label', () => {
  const many = Array.from({ length: 1000 }, (_, index) => ({ label: index % 10 === 0 ? 'a' : 'b', index }));
  const used = samplesToUse(many);
  expect(used.filter(({ label }) => label === 'a').map(({ index }) => index)).toEqual(
    Array.from({ length: 50 }, (_, index) => 500 + 10 * index),
  );
  expect(used.filter(({ label }) => label === 'b')).toHaveLength(50);
  const ofMany = samplesToUse(Array.from({ length: 20_000 }, (_, index) => ({ label: `${index % 1000}` })));
  expect(ofMany).toHaveLength(5000);
});
