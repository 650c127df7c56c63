import { expect, test } from 'vitest';
import { randomText } from '../../../scripts/words/random-text.ts';
import { stitch } from '../../../scripts/words/stitch.ts';
import { checkCharacters, TrainingLines } from '../../../scripts/words/training-lines.ts';
import { hash32, randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../../src/core/strokes/geometry.ts';
import { LINE_HEIGHT, WIDTH_STEP } from '../../../src/core/text/line-image.ts';
import { TEXT_CHARACTERS, textClasses } from '../../../src/core/text/text-characters.ts';
import { GENERATED } from './generated-strokes.ts';

const LEXICON = ['the', 'quick', "don't", 'jumps'];
const SEEDS = Array.from({ length: 4000 }, (_, index) => hash32(7, index));
const DRAWN = 4000;
const data = { ...GENERATED, lexicon: LEXICON };

/** A square with its diagonal, in any unit. */
const square: Drawing = [
  [
    [30, 10],
    [70, 10],
    [70, 50],
    [30, 50],
    [30, 10],
  ],
  [
    [30, 10],
    [70, 50],
  ],
];
const exactly = { random: () => 0.5, gap: 0.25, variation: 0 };

test('stitched characters stand on the base line next to each other, as high as they are', () => {
  const strokes = stitch('ag', [square, square], exactly);
  expect(strokes).toHaveLength(4);
  const [a, g] = [drawingBox(strokes.slice(0, 2)), drawingBox(strokes.slice(2))];
  expect(a).toMatchObject({ left: 0, top: -1, height: 1 });
  expect(g.left).toBeCloseTo(a.width + 0.25);
  // A descender is as far below the base line as a small letter is high, or nearly.
  expect(g.top).toBeCloseTo(-1);
  expect(g.top + g.height).toBeCloseTo(0.75);
  const capital = drawingBox(stitch('A', [square], exactly));
  expect(capital.top).toBeLessThan(-1.5);
  expect(capital.top + capital.height).toBeCloseTo(0);
});

test('a space is a gap without a drawing; hyphens and full stops stay small', () => {
  const [together, apart] = ['aa', 'a a'].map((text) => drawingBox(stitch(text, [square, square], exactly)).width);
  expect(apart! - together!).toBeCloseTo(1);
  const hyphen = drawingBox(
    stitch(
      '-',
      [
        [
          [
            [0, 0],
            [5, 0],
          ],
        ],
      ],
      exactly,
    ),
  );
  expect(hyphen.width).toBeLessThan(1);
  expect(hyphen.top).toBeCloseTo(-0.55);
  const stop = drawingBox(stitch('.', [square], exactly));
  expect(stop.height).toBeLessThan(0.2);
  expect(stop.top + stop.height).toBeCloseTo(0);
});

test('stitching depends on the random numbers alone', () => {
  const once = (seed: number) =>
    stitch('aga', [square, square, square], { random: randomStream(seed), gap: 0.2, variation: 1 });
  expect(once(1)).toEqual(once(1));
  expect(once(1)).not.toEqual(once(2));
});

test('random texts can be read, depend on the seed alone, and have every character', () => {
  const texts = SEEDS.map((seed) => randomText(LEXICON, randomStream(seed)));
  expect(SEEDS.map((seed) => randomText(LEXICON, randomStream(seed)))).toEqual(texts);
  for (const text of texts) {
    expect(text, text).not.toBe('');
    expect(textClasses(text), text).not.toBeNull();
  }
  const seen = new Set(texts.join(''));
  expect(TEXT_CHARACTERS.filter((character) => !seen.has(character) && character !== ' ')).toEqual([]);
  expect(texts).toEqual(expect.arrayContaining(['the', 'Quick', 'JUMPS', "don't"]));
});

test('training lines are images with what they spell; words, lines, words side by side, and stitched texts', () => {
  const lines = new TrainingLines(data);
  const again = new TrainingLines(data);
  const labels = new Set(GENERATED.words.map(({ label }) => label));
  const kinds = { word: 0, line: 0, joined: 0, stitched: 0 };
  const seen = new Set<string>();
  let odd = 0;
  for (const seed of SEEDS.slice(0, DRAWN)) {
    const { text, image } = lines.draw(seed);
    const fits = image.width % WIDTH_STEP === 0 && image.pixels.length === LINE_HEIGHT * image.width;
    if (!fits || textClasses(text) === null) odd++;
    for (const character of text) seen.add(character);
    if (labels.has(text)) kinds.word++;
    else if (GENERATED.lines.some(({ label }) => label === text)) kinds.line++;
    else if (text.split(' ').length > 1 && text.split(' ').every((word) => labels.has(word))) kinds.joined++;
    else kinds.stitched++;
  }
  expect(odd).toBe(0);
  for (const seed of SEEDS.slice(0, 30)) expect(again.draw(seed)).toEqual(lines.draw(seed));
  expect([...seen].sort()).toEqual([...TEXT_CHARACTERS].sort());
  const share = (count: number) => count / DRAWN;
  expect(share(kinds.word)).toBeGreaterThan(0.5);
  expect(kinds.line).toBeGreaterThan(0);
  expect(kinds.joined).toBeGreaterThan(0);
  expect(share(kinds.stitched)).toBeGreaterThan(0.15);
});

test('the ink of a training line is that of its text', () => {
  // Only one word by one writer, so that whatever is drawn is that word, with other distortions.
  const one = new TrainingLines({ ...data, words: [GENERATED.words[0]!], lines: [GENERATED.words[0]!] });
  const images = SEEDS.slice(0, 300)
    .map((seed) => one.draw(seed))
    .filter(({ text }) => text === GENERATED.words[0]!.label);
  expect(images.length).toBeGreaterThan(100);
  const widths = images.map(({ image }) => image.width);
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(32);
  for (const { image } of images) {
    const ink = image.pixels.reduce((sum, value) => sum + value, 0) / 255;
    expect(ink).toBeGreaterThan(30);
  }
});

test('a character without a drawing is named', () => {
  expect(() => checkCharacters(GENERATED.characters)).not.toThrow();
  const some = GENERATED.characters.filter(({ label }) => label !== 'q' && label !== '%');
  expect(() => checkCharacters(some)).toThrow('q %');
});
