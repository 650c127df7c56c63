import { expect, onTestFinished, test } from 'vitest';
import { TWO_LINES } from '../../src/app/draw-reader.ts';
import { LoadingLineReader, wordsOf } from '../../src/app/line-reader.ts';

test('the words of an accepted text are counted in small letters, without the punctuation around them', () => {
  expect(wordsOf("“Don’t” — it's Well-known, no. 7!")).toEqual(['don', 't', "it's", 'well-known', 'no', '7']);
  expect(wordsOf('?! -')).toEqual([]);
  const accepted = new Map([['hello', 2]]);
  const reader = new LoadingLineReader(undefined, accepted);
  reader.accept('Hello, hello world');
  expect(accepted).toEqual(
    new Map([
      ['hello', 4],
      ['world', 1],
    ]),
  );
});

test('reads with the model that ships, which is loaded once, by whoever comes first', async () => {
  const reader = new LoadingLineReader(undefined, new Map());
  onTestFinished(() => reader.dispose());
  reader.prepare();
  await reader.load();
  const { text, words, characters, model } = await reader.read(TWO_LINES);
  expect(model).not.toBe('');
  expect(text).not.toBe('');
  expect(words.map((word) => word.text).join(' ')).toBe(text);
  expect(characters.length).toBeGreaterThan(0);
  for (const index of words.flatMap(({ strokes }) => strokes)) expect(TWO_LINES[index]).toBeDefined();
});

test('after it was disposed of, nothing is loaded anymore', async () => {
  const reader = new LoadingLineReader(undefined, new Map());
  reader.prepare();
  await reader.dispose();
  reader.prepare();
  await expect(reader.read(TWO_LINES)).rejects.toThrow('disposed');
});
