import { expect, test, vi } from 'vitest';
import { imageAt, imageCount, imagesOf } from '../../../scripts/report/labeled-images.ts';
import { noCharacterOf, readImages } from '../../../scripts/report/readings.ts';
import { measureRejection } from '../../../scripts/report/rejection.ts';
import { rejectionSection } from '../../../scripts/report/sections/rejection.ts';
import { ofSomeWriters } from '../../../scripts/report/validation.ts';
import { drawnWrongGroups, scannedWrongGroups } from '../../../scripts/report/wrong-groups.ts';
import { IMAGE_PIXELS } from '../../../src/core/images/image-size.ts';
import type { Recognizer } from '../../../src/core/recognizer/recognizer.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';

const LINE: Drawing = [
  [
    [0, 0],
    [0, 10],
  ],
];
const CIRCLE: Drawing = [
  Array.from({ length: 21 }, (_, i) => [Math.cos((i * Math.PI) / 10), Math.sin((i * Math.PI) / 10)] as const),
];
const DRAWINGS = ['x/1', 'x/2', 'y/1'].flatMap((writer) => [
  { label: '1', writer, strokes: LINE },
  { label: '0', writer, strokes: CIRCLE },
  { label: 'o', writer, strokes: CIRCLE },
]);

/** Takes what has little ink for a `1`, and everything else for an `O`, and the more for no character the more ink it has. */
const recognizer: Recognizer = {
  model: 'by-ink',
  labels: ['0', '1', 'O'],
  async recognize(images, { characters = 'all' } = {}) {
    return Array.from({ length: imageCount(images) }, (_, index) => {
      const image = imageAt(images, index);
      const ink = image.reduce((sum, value) => sum + value, 0) / 255 / IMAGE_PIXELS;
      const label = ink < 0.15 ? '1' : characters === '01' ? '0' : 'O';
      return { predictions: [{ label, probability: 1 - ink }], noCharacter: ink };
    });
  },
  adaptedTo: 0,
  newLabels: [],
  async adaptTo() {},
  inspect: () => Promise.reject(new Error('not needed here')),
  async dispose() {},
};

test('characters are read among their own classes, and a merged class is right for both cases', async () => {
  const data = imagesOf(DRAWINGS.slice(0, 3));
  const recognize = vi.spyOn(recognizer, 'recognize');
  const all = await readImages(recognizer, data);
  // As `all` does, and unlike `01O`, this counts a merged class for two characters.
  expect(recognize).toHaveBeenLastCalledWith(data.images, { top: 1, characters: '01Oo' });
  expect(all.classes).toBe(3);
  expect(all.readings.map(({ truth, answer, isRight }) => [truth, answer, isRight])).toEqual([
    ['1', '1', true],
    ['0', 'O', false],
    ['o', 'O', true],
  ]);
  const digits = await readImages(recognizer, data, 'digits');
  expect(digits.classes).toBe(2);
  expect(digits.readings.map(({ answer }) => answer)).toEqual(['1', '0']);
});

test.each([
  { from: 'drawings', make: () => drawnWrongGroups(DRAWINGS, 20) },
  { from: 'scans', make: () => scannedWrongGroups(imagesOf(DRAWINGS).images, 20) },
])('wrong groups from $from are always the same, and as many of each kind', ({ make }) => {
  const groups = make();
  expect(groups.map(({ images }) => imageCount(images))).toEqual(groups.map(() => 20));
  expect(make()).toEqual(groups);
  // Images of a kind differ, and so do kinds.
  const images = groups.flatMap(({ images: ofKind }) =>
    Array.from({ length: 20 }, (_, index) => Buffer.from(imageAt(ofKind, index)).toString('hex')),
  );
  expect(new Set(images).size).toBeGreaterThan(0.5 * images.length);
});

test('writers are chosen whole, and always the same ones', () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ label: '1', writer: `x/${index % 20}`, strokes: LINE }));
  const { drawings, writers } = ofSomeWriters(many);
  expect(writers).toBe(2);
  expect(drawings).toHaveLength(6);
  expect(new Set(drawings.map(({ writer }) => writer)).size).toBe(2);
  expect(
    ofSomeWriters(many.toReversed())
      .drawings.map(({ writer }) => writer)
      .sort(),
  ).toEqual(drawings.map(({ writer }) => writer).sort());
});

test('the threshold is from the validation set, and the figures from the rest', async () => {
  const line = { label: '1', writer: 'x/1', strokes: LINE };
  const circle = { label: '0', writer: 'x/1', strokes: CIRCLE };
  // Of each source, one character in twenty has more ink than a line, and so may be refused.
  const { images } = imagesOf([...Array.from({ length: 19 }, () => line), circle]);
  const { readings } = await readImages(recognizer, imagesOf(DRAWINGS));
  const rejection = await measureRejection(recognizer, {
    wrongGroups: 5,
    validation: { scans: images, drawings: images, writers: 1 },
    characters: [
      { title: 'Scans', readings },
      { title: 'Pen', readings: readings.slice(0, 2) },
    ],
    scans: imagesOf(DRAWINGS).images,
    drawings: DRAWINGS,
    signs: [{ ...circle, label: '#' }, ...['/', '/'].map((label) => ({ ...line, label }))],
    words: [{ label: 'oo', strokes: [...CIRCLE, ...LINE] }],
  });
  const [circleInk] = noCharacterOf((await readImages(recognizer, imagesOf([circle]))).readings);
  expect(rejection.threshold).toBe(circleInk);
  expect(rejection.validation).toEqual({ scans: 20, drawings: 20, writers: 1 });
  expect(rejection.characters.map(({ atThreshold }) => atThreshold)).toEqual([2 / 3, 1 / 2]);
  expect(rejection.keptShare).toBeCloseTo(1 - (2 / 3 + 1 / 2) / 2, 12);
  // Supposing that it is a character, the recognizer is always sure, so there is nothing to go by.
  expect(rejection.byUncertainty).toEqual({ keptShare: 1, refusedShare: 0 });
  expect(rejection.signs).toEqual([
    { title: '/', count: 2, atThreshold: 0, atNotSure: 0 },
    { title: '#', count: 1, atThreshold: 1, atNotSure: 0 },
  ]);
  for (const kinds of [rejection.drawn, rejection.scanned]) {
    const counts = kinds.map(({ count }) => count);
    expect(counts.at(-1)).toBe(counts.slice(0, -1).reduce((sum, count) => sum + count, 0));
  }
});

test('says in one line that a model cannot reject', () => {
  expect(rejectionSection(null).split('\n').filter(Boolean)).toHaveLength(2);
});
