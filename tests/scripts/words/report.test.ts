import { expect, test } from 'vitest';
import { linesSection } from '../../../scripts/words/report/line-section.ts';
import type { Outcome } from '../../../scripts/words/report/outcomes.ts';
import { stitchedWords } from '../../../scripts/words/report/stitched-words.ts';
import { byStyle, waysSection } from '../../../scripts/words/report/ways-section.ts';
import { confusionsSection, lengthsSection, stylesSection } from '../../../scripts/words/report/word-sections.ts';
import { GENERATED } from './generated-strokes.ts';

const outcome = (truth: string, texts: readonly string[], more: Partial<Outcome> = {}): Outcome => ({
  ...{ truth, texts, bare: texts[0] ?? '', inkStyle: 'printed', isKnown: true, isSeen: true },
  ...more,
});

const OUTCOMES = [
  outcome('Hello', ['hello', 'Hello']),
  outcome('dog', ['clog', 'dog'], { bare: 'dcg' }),
  outcome('Xq7', ['xa7'], { isKnown: false, isSeen: false, inkStyle: 'mixed' }),
  outcome('minimum', [], { inkStyle: 'cursive' }),
];

/** The cells of a row of the tables of a section, one table after another. */
function rowsOf(text: string, title: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${title} |`));
  return rows.map((row) =>
    row
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()),
  );
}

test('words are counted by style, by lexicon, and by whether others have written them, regardless of case', () => {
  const text = stylesSection(OUTCOMES);
  expect(rowsOf(text, 'Printed')).toEqual([
    ['2', '50.0%', '100.0%', '2', '50.0%', '100.0%'],
    ['2', '50.0%', '0', '-', '0.0%', '12.5%'],
  ]);
  expect(rowsOf(text, 'Mixed')[0]).toEqual(['1', '0.0%', '0.0%', '0', '-', '-']);
  expect(rowsOf(text, 'Joined: mixed and cursive')[0]!.slice(0, 2)).toEqual(['2', '0.0%']);
  // Of 18 characters, one was taken for another in "dcg" and in "xa7", and the last word was not read.
  expect(rowsOf(text, 'All')[1]).toEqual(['3', '33.3%', '1', '0.0%', '0.0%', '50.0%']);
});

test('words are counted by length, and confusions by how often', () => {
  const lengths = lengthsSection(OUTCOMES);
  expect(rowsOf(lengths, '3')).toEqual([['2', '0.0%', '50.0%', '0.0%', '0.0%', '33.3%']]);
  expect(rowsOf(lengths, '5')).toEqual([['1', '100.0%', '100.0%', '100.0%', '-', '0.0%']]);
  const confusions = confusionsSection(OUTCOMES);
  expect(rowsOf(confusions, '`m`')).toEqual([['nothing', '3', '100.0%']]);
  expect(rowsOf(confusions, '`o`')).toEqual([['`c`', '1', '50.0%']]);
});

test('lines are counted by their words', () => {
  const lines = [outcome('the quick fox', ['the quack fox']), outcome('A dog.', ['a dog.'])];
  expect(rowsOf(linesSection(lines), 'Printed')).toEqual([['2', '5', '80.0%', '50.0%', '5.3%', '5.3%']]);
});

test('both ways are compared on the same words', () => {
  const others = OUTCOMES.map((each) => ({ ...each, texts: [each.truth], bare: each.truth }));
  const [, , , , all] = byStyle(OUTCOMES, others);
  const [row] = rowsOf(waysSection([all!], 10), 'All');
  expect(row).toEqual(['4', '25.0%', '50.0%', '50.0%', '100.0%', '100.0%', '0.0%']);
});

test('stitched words are always the same, and frequent words are frequent', () => {
  const words = [
    ['the', 900],
    ["don't", 900],
    ['dog', 100],
  ] as const;
  const stitched = stitchedWords(GENERATED.characters, words, 200);
  expect(stitchedWords(GENERATED.characters, words, 200)).toEqual(stitched);
  const labels = stitched.map(({ label }) => label);
  expect(new Set(labels)).toEqual(new Set(['the', 'dog']));
  expect(labels.filter((label) => label === 'the').length).toBeGreaterThan(150);
  expect(stitched.every(({ label, strokes }) => strokes.length === label.length)).toBe(true);
});
