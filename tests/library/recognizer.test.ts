import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GrayPicture } from '../../src/core/images/gray-picture.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { MAX_POINTS } from '../../src/core/strokes/stroke-file.ts';
import {
  type Drawing,
  EmnistError,
  listModels,
  loadRecognizer,
  type RecognizeOptions,
  type Recognizer,
} from '../../src/library/index.ts';
import { writeBy } from '../accuracy/characters.ts';
import { ROOT, temporaryFolder } from '../cli/run.ts';
import { drawPicture, glyph } from '../core/images/draw-picture.ts';
import { biasedModel } from '../helpers/biased-model.ts';
import { ODD_E, PI, writeOften } from '../helpers/hand.ts';
import { jpegFile, pngFile, storedPicture } from '../helpers/picture-files.ts';

const NET = path.join(ROOT, 'examples/net.png');
const ELL: Drawing = [
  [
    [0, 0],
    [0, 60],
    [35, 60],
  ],
];

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await loadRecognizer({ model: 'shipped' });
});
afterAll(() => recognizer.close());

const word = async (picture: string | URL | Uint8Array) =>
  (await recognizer.recognizeImage(picture)).map(({ predictions: [best] }) => best!.label).join('');

/** The code of the EmnistError that is thrown. Fails for any other error. */
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(EmnistError);
  expect(error.hint).not.toBe('');
  return error.code;
}

describe('boxes', () => {
  const page = drawPicture({ width: 200, height: 100, pen: 6 }, [...glyph('L', 20, 20), ...glyph('T', 100, 20)]);
  // The path of the pen's center, extended by half its width.
  const expected = [
    [27, 17, 68, 83],
    [97, 17, 153, 83],
  ];

  /** Repeats each pixel `factor` times in both directions. */
  function enlarged({ width, height, gray }: GrayPicture, factor: number): GrayPicture {
    const large = { width: width * factor, height: height * factor, gray: new Uint8Array(gray.length * factor ** 2) };
    for (let y = 0; y < large.height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * large.width + x * factor;
        large.gray.fill(gray[Math.floor(y / factor) * width + x]!, at, at + factor);
      }
    }
    return large;
  }

  /** The largest error of the boxes of L and T, in pixels, in a picture `factor` times as large. */
  async function error(file: Uint8Array, factor = 1): Promise<number> {
    const characters = await recognizer.recognizeImage(file, { characters: 'LT' });
    expect(characters.map(({ predictions: [best] }) => best!.label).join('')).toBe('LT');
    const differences = characters.flatMap(({ box: { left, top, right, bottom } }, i) =>
      [left, top, right, bottom].map((value, side) => Math.abs(value - expected[i]![side]! * factor)),
    );
    return Math.max(...differences);
  }

  test('are in pixels of the picture', async () => {
    expect(await error(pngFile(page))).toBeLessThanOrEqual(1);
  });

  test('are in pixels of the upright picture where its EXIF orientation turns it', async () => {
    expect(await error(jpegFile(storedPicture(page, 6), 6))).toBeLessThanOrEqual(2);
  });

  test('are in pixels of the file where it has more than four megapixels', async () => {
    expect(await error(pngFile(enlarged(page, 15)), 15)).toBeLessThanOrEqual(15);
  });
});

describe('a recognizer', () => {
  test('recognizes strokes, pixels, and pictures by path, URL, and bytes', async () => {
    const predictions = await recognizer.recognizeStrokes(ELL);
    expect(predictions).toHaveLength(5);
    expect(predictions[0]).toMatchObject({ label: 'L' });
    expect(await recognizer.recognizePixels(rasterize(ELL))).toEqual(predictions);
    expect(await recognizer.recognizePixels(Uint8ClampedArray.from(rasterize(ELL)))).toEqual(predictions);
    expect(await word(NET)).toBe('NET');
    expect(await word(pathToFileURL(NET))).toBe('NET');
    expect(await word(await readFile(NET))).toBe('NET');
  });

  test('has the name and labels of its model', () => {
    expect(recognizer.model).toBe('shipped');
    expect(recognizer.labels).toHaveLength(47);
  });

  test('restricts the answer to `top` predictions of `characters`', async () => {
    const digits = await recognizer.recognizeStrokes(ELL, { characters: 'digits', top: 10 });
    expect(digits.map(({ label }) => label).sort()).toEqual([...'0123456789']);
    const picture = await recognizer.recognizeImage(NET, { characters: 'XYZ', top: 1 });
    expect(picture.map(({ predictions }) => predictions.length)).toEqual([1, 1, 1]);
    expect(await codeOf(recognizer.recognizeStrokes(ELL, { characters: '?' }))).toBe('characters-unknown');
    expect(await codeOf(recognizer.recognizeStrokes(ELL, { top: 0 }))).toBe('usage');
  });

  test('takes a prior: named, or as frequencies by character', async () => {
    const shares = async (prior?: RecognizeOptions['prior']) => {
      const predictions = await recognizer.recognizeStrokes(ELL, { characters: 'LCU', prior });
      return Object.fromEntries(predictions.map(({ label, probability }) => [label, probability]));
    };
    const uniform = await shares();
    expect(await shares('uniform')).toEqual(uniform);
    const weighted = await shares({ L: 1, U: 1000 });
    expect(Object.keys(weighted).sort()).toEqual(['L', 'U']);
    expect(weighted.U! / weighted.L! / (uniform.U! / uniform.L!)).toBeCloseTo(1000, 3);
    const forms = await shares('forms');
    expect(forms.C! / forms.U!).not.toBeCloseTo(uniform.C! / uniform.U!, 3);
    expect(await codeOf(shares({ A: 1 }))).toBe('prior-invalid');
    const error = shares({ A: -1 });
    await expect(error).rejects.toThrow('invalid prior: { A: -1 }');
    await expect(error).rejects.toMatchObject({ data: { value: '{ A: -1 }' } });
    for (const invalid of ['often', { A: -1 }, { A: '1' }, [1], null]) {
      expect(await codeOf(shares(invalid as never))).toBe('usage');
    }
  });

  test('reads strokes, pixels, and pictures with the probability of no character', async () => {
    const dataDir = await temporaryFolder();
    const logits = [Math.log(0.1), Math.log(0.2), Math.log(0.7)];
    await saveModel(biasedModel('unsure', ['A', 'B'], logits), resolvePaths(dataDir));
    await using unsure = await loadRecognizer({ model: 'unsure', dataDir });
    const reading = {
      predictions: [
        { label: 'B', probability: expect.closeTo(0.2, 6) },
        { label: 'A', probability: expect.closeTo(0.1, 6) },
      ],
      noCharacter: expect.closeTo(0.7, 6),
    };
    expect(unsure.labels).toEqual(['A', 'B']);
    expect(await unsure.readStrokes(ELL)).toEqual(reading);
    expect(await unsure.readPixels(rasterize(ELL), { top: 2 })).toEqual(reading);
    expect(await unsure.recognizeStrokes(ELL)).toEqual(reading.predictions);
    expect(await unsure.recognizePixels(rasterize(ELL))).toEqual(reading.predictions);
    for (const { box, ...character } of await unsure.recognizeImage(NET)) {
      expect(box.right).toBeGreaterThan(box.left);
      expect(character).toEqual(reading);
    }
    expect(await listModels({ dataDir })).toMatchObject([{ name: 'unsure', classes: 2 }, { name: 'shipped' }]);
    await saveModel(biasedModel('certain', ['A', 'B'], [0, 1]), resolvePaths(dataDir));
    await using certain = await loadRecognizer({ model: 'certain', dataDir });
    expect((await certain.readStrokes(ELL)).noCharacter).toBeNull();
    expect(await codeOf(certain.readStrokes([]))).toBe('strokes-invalid');
    expect(await codeOf(certain.readPixels(new Uint8Array(3)))).toBe('pixels-invalid');
  });

  test('accepts overlapping calls, and pixels that are reused', async () => {
    const pixels = rasterize(ELL);
    const first = recognizer.recognizePixels(pixels);
    pixels.fill(0);
    const [drawn, again] = await Promise.all([first, recognizer.recognizeStrokes(ELL)]);
    expect(drawn).toEqual(again);
  });

  test.each<[string, unknown]>([
    ['the drawing has no strokes', []],
    ['a stroke has no points', [[]]],
    ['"strokes" must be a list of strokes', 'L'],
    ['"strokes" must be a list of strokes', undefined],
    ['a stroke must be a list of points', [null]],
    ['a point must be [x, y]', [[[1]]]],
    ['a coordinate must be a number', [[['1', 2]]]],
    ['a coordinate must be a number', [[[Number.NaN, 2]]]],
    ['must be from 0 to 1', [[[1, 2, 3]]]],
    [`more than ${MAX_POINTS} points`, [new Array(MAX_POINTS).fill([1, 2]), [[3, 4]]]],
  ])('rejects strokes: %s', async (why, strokes) => {
    const work = recognizer.recognizeStrokes(strokes as Drawing);
    await expect(work).rejects.toThrow(why);
    expect(await codeOf(work)).toBe('strokes-invalid');
  });

  test.each<[string, unknown]>([
    ['the image has 783 bytes, not 784', new Uint8Array(783)],
    ['the image has 1568 bytes, not 784', new Uint8Array(1568)],
    ['the pixels are not a Uint8Array', new Array(784).fill(0)],
    ['the pixels are not a Uint8Array', undefined],
  ])('rejects pixels: %s', async (why, pixels) => {
    const work = recognizer.recognizePixels(pixels as Uint8Array);
    await expect(work).rejects.toThrow(why);
    expect(await codeOf(work)).toBe('pixels-invalid');
  });

  test('rejects files that are not pictures', async () => {
    const folder = await temporaryFolder();
    const pdf = path.join(folder, 'a.png');
    await writeFile(pdf, '%PDF-1.7');
    await expect(recognizer.recognizeImage(pdf)).rejects.toThrow(`${pdf} is a PDF document, not a picture`);
    await expect(recognizer.recognizeImage(new Uint8Array())).rejects.toThrow('the picture is empty');
    expect(await codeOf(recognizer.recognizeImage(Buffer.from('PK')))).toBe('input-unknown');
    expect(await codeOf(recognizer.recognizeImage((await readFile(NET)).subarray(0, 300)))).toBe('picture-invalid');
    expect(await codeOf(recognizer.recognizeImage(path.join(folder, 'none.png')))).toBe('file-missing');
    expect(await codeOf(recognizer.recognizeImage(folder))).toBe('file-is-folder');
  });

  test('answers pending calls when it is closed, and rejects later ones', async () => {
    const closed = await loadRecognizer({ model: 'shipped', threads: 2 });
    const answer = closed.recognizeStrokes(ELL);
    await Promise.all([closed.close(), closed.close()]);
    expect((await answer)[0]!.label).toBe('L');
    expect(await codeOf(closed.recognizeStrokes(ELL))).toBe('recognizer-closed');
  });
});

test('rejects a missing model and an invalid number of threads', async () => {
  const dataDir = await temporaryFolder();
  expect(await codeOf(loadRecognizer({ model: 'none', dataDir }))).toBe('model-missing');
  expect(await codeOf(loadRecognizer({ threads: 0 }))).toBe('usage');
});

test('lists the shipped model, and uses it when there is no other', async () => {
  const dataDir = await temporaryFolder();
  const models = await listModels({ dataDir });
  expect(models).toMatchObject([{ name: 'shipped', shipped: true, default: true, classes: 47, problem: null }]);
  await using chosen = await loadRecognizer({ dataDir });
  expect(chosen.model).toBe('shipped');
});

describe('learn', () => {
  afterEach(() => recognizer.forget());
  const best = async (strokes: Drawing, options?: RecognizeOptions) =>
    (await recognizer.recognizeStrokes(strokes, options))[0]!.label;

  test('adapts readings at once, adds up, and is forgotten exactly', async () => {
    const drawing = writeBy(1, ODD_E);
    const before = await recognizer.readStrokes(drawing);
    expect(before.predictions[0]!.label).toBe('Z');
    for (const strokes of writeOften(ODD_E, 5)) await recognizer.learn([{ label: 'E', strokes }]);
    expect(recognizer.learned).toBe(5);
    expect(await best(drawing)).toBe('E');
    expect(await recognizer.readStrokes(drawing, { adapt: false })).toEqual(before);
    await recognizer.forget();
    expect(recognizer.learned).toBe(0);
    expect(await recognizer.readStrokes(drawing)).toEqual(before);
  });

  test('adds labels', async () => {
    await recognizer.learn(writeOften(PI, 3).map((strokes) => ({ label: 'π', strokes })));
    expect(await best(writeBy(1, PI))).toBe('π');
    expect(await best(writeBy(1, PI), { characters: 'πT' })).toBe('π');
  });

  test('rejects what is no sample, and learns nothing then', async () => {
    const good = { label: 'E', strokes: ODD_E };
    expect(await codeOf(recognizer.learn([good, { label: '', strokes: ODD_E }]))).toBe('label-invalid');
    expect(await codeOf(recognizer.learn([good, { label: 'E', strokes: [] }]))).toBe('strokes-invalid');
    expect(recognizer.learned).toBe(0);
  });
});
