import { expect, test } from 'vitest';
import { segmentationLines } from '../../src/app/segmentation-lines.ts';
import { columnsOf } from '../../src/app/text-layout.ts';

const plain = { heading: (text: string) => text, character: (text: string) => text, unsure: (text: string) => text };
const character = (label: string, probability: number, strokes?: number[]) => ({ label, probability, strokes });
const word = (text: string) => ({ text, candidates: [] });

test('characters stand above their probabilities and strokes, and words apart', () => {
  const characters = [
    character('N', 0.981, [0, 1, 2]),
    character('o', 0.4999, [3]),
    character('!', 1, [4, 6]),
    character('a', 0.5, [5]),
  ];
  expect(segmentationLines({ characters, words: [word('No!'), word('a')] }, 78, plain)).toEqual([
    'Character    N    o    !     a',
    'Sure (%)    98  50?  100    50',
    'Strokes    1-3    4  5,7     6',
  ]);
});

test('characters of pictures have no strokes', () => {
  const characters = [character('7', 0.9), character('1', 0.04)];
  expect(segmentationLines({ characters, words: [word('71')] }, 78, plain)).toEqual([
    'Character   7   1',
    'Sure (%)   90  4?',
  ]);
});

test('what is too wide is continued below, with headings', () => {
  const text = 'handwriting'.repeat(4);
  const characters = Array.from(text, (label, index) => character(label, 0.97, [index]));
  const lines = segmentationLines({ characters, words: [word(text)] }, 58, plain);
  expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(58);
  expect(lines.length % 3).toBe(0);
  expect(
    lines
      .filter((line) => line.startsWith('Character'))
      .join('')
      .replace(/Character| /g, ''),
  ).toBe(text);
});

test('nothing is shown of nothing, and what a terminal would obey is not printed', () => {
  expect(segmentationLines({ characters: [], words: [] }, 78, plain)).toEqual([]);
  const [line] = segmentationLines({ characters: [character('\u001b[2J', 1)], words: [] }, 78, plain);
  expect(line).not.toContain('\u001b');
});
