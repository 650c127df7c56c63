import { expect, test } from 'vitest';
import { readOutputs } from '../../../src/core/text/decode-line.ts';
import { mergeReadings } from '../../../src/core/text/merge-readings.ts';
import { logitsOf, spelled } from './spelled.ts';

test('what two readings agree on wins over what each prefers', () => {
  const first = readOutputs(spelled('clock', { 0: { c: 0.52, b: 0.47 } }), { lexicon: null });
  const second = readOutputs(spelled('dlock', { 0: { d: 0.52, b: 0.47 } }), { lexicon: null });
  expect([first, second].map(({ candidates }) => candidates[0]!.text)).toEqual(['clock', 'dlock']);
  const { candidates, words, characters } = mergeReadings([first, second], 5);
  expect(candidates[0]!.text).toBe('block');
  expect(candidates.map(({ text }) => text)).toEqual(expect.arrayContaining(['clock', 'dlock']));
  // Also if it was the best candidate of neither, its characters and words are known.
  expect(characters.map(({ label }) => label).join('')).toBe('block');
  expect(words).toMatchObject([{ text: 'block', from: 0, to: 5, candidates }]);
});

test('places are those of the reading that is surest of the best candidate', () => {
  const sure = readOutputs(spelled('   to'));
  const unsure = readOutputs(spelled('to', { 0: { t: 0.6, l: 0.39 } }));
  const merged = mergeReadings([unsure, sure], 5);
  expect(merged.source).toBe(sure);
  expect(merged.characters.map(({ from }) => from)).toEqual([6, 8]);
});

test('each word of a line has the mean of its candidates', () => {
  const first = readOutputs(spelled('see it', { 4: { i: 0.7, a: 0.29 } }));
  const second = readOutputs(spelled('see it', { 4: { i: 0.9, a: 0.09 } }));
  const [see, it] = mergeReadings([first, second], 5).words;
  const probability = (reading: typeof first) => reading.detailsOf('see it').words[1]!.candidates[0]!.probability;
  expect(see!.candidates[0]).toMatchObject({ text: 'see' });
  expect(it!.candidates[0]).toMatchObject({ text: 'it' });
  expect(it!.candidates[0]!.probability).toBeCloseTo((probability(first) + probability(second)) / 2, 10);
});

test('a single reading stays as it is, with fewer candidates if fewer are asked for', () => {
  const reading = readOutputs(spelled('clock', { 0: { c: 0.5, b: 0.4 } }));
  const merged = mergeReadings([reading], 1);
  expect(merged.candidates).toEqual(reading.candidates.slice(0, 1));
  expect(merged.characters).toEqual(reading.detailsOf(reading.candidates[0]!.text).characters);
  expect(merged.words[0]!.candidates).toEqual(merged.candidates);
});

test('readings in which there is nothing have no candidates; in one of two, it counts as half', () => {
  const nothing = readOutputs(logitsOf([{}, {}, {}]));
  expect(mergeReadings([nothing], 5)).toMatchObject({ candidates: [], characters: [], words: [] });
  const something = readOutputs(spelled('clock', { 0: { c: 0.5, b: 0.4 } }));
  const { candidates } = mergeReadings([something, nothing], 5);
  expect(candidates[0]!.probability).toBeCloseTo(something.candidates[0]!.probability / 2, 10);
});
