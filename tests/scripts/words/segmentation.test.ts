import { expect, test } from 'vitest';
import { decodeGroups } from '../../../scripts/words/segmentation/decode-groups.ts';
import { FOLDED, type GroupScores } from '../../../scripts/words/segmentation/group-scores.ts';
import { groupPieces } from '../../../scripts/words/segmentation/groups.ts';
import { cutWord } from '../../../scripts/words/segmentation/pieces.ts';
import type { Drawing, Stroke } from '../../../src/core/strokes/drawing.ts';
import { parseLexicon } from '../../../src/core/text/lexicon.ts';

/** A flat bow from x to x + 2, which ends low. */
const bow = (x: number): Stroke =>
  Array.from({ length: 13 }, (_, i) => [x + i / 6, -Math.abs(Math.sin((Math.PI * i) / 12))] as const);
const stem = (x: number): Stroke => [
  [x, -2],
  [x, 0],
];

test('strokes are pieces, from left to right; a joined stroke is cut where it is low', () => {
  const word: Drawing = [stem(3), stem(0), stem(1.5)];
  expect(cutWord(word).pieces.map(({ stroke }) => stroke)).toEqual([1, 2, 0]);
  const joined: Drawing = [[...bow(0), ...bow(2).slice(1), ...bow(4).slice(1)]];
  const { pieces } = cutWord(joined);
  expect(pieces).toHaveLength(3);
  for (const [index, { left, right }] of pieces.entries()) {
    expect(left).toBeCloseTo(2 * index, 0);
    expect(right).toBeCloseTo(2 * index + 2, 0);
  }
});

test('a dot drawn last belongs to the stems around it', () => {
  const word: Drawing = [
    stem(0),
    stem(2),
    stem(4),
    [
      [0.1, -2.6],
      [0.15, -2.6],
    ],
  ];
  const { pieces, delayed } = cutWord(word);
  expect(pieces).toHaveLength(3);
  expect(delayed.map(({ near }) => near)).toEqual([[0, 1]]);
  const drawings = groupPieces(cutWord(word)).map(({ from, to, drawings: each }) => [
    from,
    to,
    ...each.map((one) => one.length),
  ]);
  expect(drawings).toContainEqual([0, 1, 2, 1]);
  expect(drawings).toContainEqual([2, 3, 1]);
});

/** Three pieces: the first is `t` or, with the second, `k`; the others are letters that look like several. */
function scored(likely: readonly (readonly [from: number, to: number, letters: Readonly<Record<string, number>>])[]) {
  return likely.map(([from, to, letters]): GroupScores => {
    const characters = new Float64Array(FOLDED.length).fill(Math.log(1e-6));
    for (const [letter, probability] of Object.entries(letters))
      characters[FOLDED.indexOf(letter)] = Math.log(probability);
    const group = { from, to, drawings: [], top: 1, bottom: 0, width: 1 };
    return { group, characters, isCharacter: Math.log(0.9), sizes: new Float64Array(FOLDED.length) };
  });
}
const word = {
  groups: scored([
    [0, 1, { c: 0.9, e: 0.1 }],
    [1, 2, { l: 0.9 }],
    [0, 2, { d: 0.6, a: 0.4 }],
    [2, 3, { o: 0.9, a: 0.1 }],
    [3, 4, { g: 0.5, q: 0.5 }],
  ]),
  gaps: [0, 0, 0, 0],
};

test('words of the lexicon are found among all ways to group the pieces, frequent ones first', () => {
  const few = parseLexicon('dog 10\nclog 10\ncat 1000', 'few');
  const texts = decodeGroups(word, few.tree).map(({ text }) => text);
  expect(texts.slice(0, 2).sort()).toEqual(['clog', 'dog']);
  const frequent = parseLexicon('dog 10000\nclog 1', 'frequent');
  expect(decodeGroups(word, frequent.tree)[0]).toMatchObject({ text: 'dog', inLexicon: true });
});

test('strings that are no words are read, and win where no word fits', () => {
  expect(decodeGroups(word, null)[0]!.text).toMatch(/^(clo|do)[gq]$/);
  const none = parseLexicon('zebra', 'none');
  expect(decodeGroups(word, none.tree)[0]).toMatchObject({ inLexicon: false });
});
