import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type ReadLine, savedChoicesSchema, textOf, WordChoices } from '../../src/canvas-page/line-words.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';

/** A line of this many strokes. */
const line = (strokes: number): Drawing => Array.from({ length: strokes }, (_, index) => [[index, 0]]);

/** A reading of words with their strokes: `read('hi you', [0, 1], [2])`. */
function read(text: string, ...strokes: number[][]): ReadLine {
  const words = text.split(/\s+/).map((word, index) => ({
    text: word,
    candidates: [
      { text: word, probability: 0.5 },
      { text: word.toUpperCase(), probability: 0.25 },
    ],
    strokes: strokes[index] ?? [],
  }));
  return { text, words };
}

describe('the words of a line', () => {
  test('are those that were read, with their strokes and the white space between them', () => {
    const drawing = line(3);
    const words = new WordChoices().wordsOf(read('hi\nyou', [0, 1], [2]), drawing);
    expect(words.map(({ text, before, isChosen }) => [text, before, isChosen])).toEqual([
      ['hi', '', false],
      ['you', '\n', false],
    ]);
    expect(words.map(({ strokes }) => strokes)).toEqual([drawing.slice(0, 2), drawing.slice(2)]);
    expect(textOf(words)).toBe('hi\nyou');
  });

  test('are separated by spaces where the text does not say how', () => {
    const { words } = read('a b c');
    expect(textOf(new WordChoices().wordsOf({ text: 'x', words }, []))).toBe('a b c');
  });
});

describe('a chosen word', () => {
  /** `hi you`, of which `hi` was chosen to be `HI`. */
  function chosen() {
    const choices = new WordChoices();
    const drawing = line(6);
    choices.choose(choices.wordsOf(read('hi you', [0, 1], [2]), drawing)[0]!, 'HI');
    const show = (reading: ReadLine, of = drawing) => textOf(choices.wordsOf(reading, of));
    return { choices, drawing, show };
  }

  test('stays while more is written, also if it is read differently then', () => {
    const { show, choices, drawing } = chosen();
    expect(show(read('hi you', [0, 1], [2]))).toBe('HI you');
    expect(show(read('lu your', [0, 1], [2, 3]))).toBe('HI your');
    const [first] = choices.wordsOf(read('lu your', [0, 1], [2, 3]), drawing);
    expect(first).toMatchObject({ isChosen: true, candidates: [{ text: 'hi' }, { text: 'HI' }] });
  });

  test('also stays if it is read as two words', () => {
    expect(chosen().show(read('h i you', [0], [1], [2]))).toBe('HI you');
  });

  test('is read again when strokes are added or missing, and comes back when they are as before', () => {
    const { show, drawing } = chosen();
    expect(show(read('hit you', [0, 1, 3], [2]))).toBe('hit you');
    expect(show(read('hiyou', [0, 1, 2]))).toBe('hiyou');
    expect(show(read('h', [0]), drawing.slice(0, 1))).toBe('h');
    expect(show(read('hi', [0, 1]), drawing.slice(0, 2))).toBe('HI');
  });

  test('is about these strokes, not about others at the same place in the list', () => {
    expect(chosen().show(read('hi', [0, 1]), line(2))).toBe('hi');
  });

  test('can be chosen again, and does not keep its neighbors from being chosen, even if they share a stroke', () => {
    const { show, choices, drawing } = chosen();
    choices.choose(choices.wordsOf(read('hi you', [0, 1], [2]), drawing)[0]!, 'ha');
    expect(show(read('hi you', [0, 1], [2]))).toBe('ha you');
    const joined = read('hi you', [0, 1], [1, 2]);
    choices.choose(choices.wordsOf(joined, drawing)[1]!, 'YOU');
    expect(show(joined)).toBe('ha YOU');
  });

  test('is forgotten when the line is cleared', () => {
    const { show, choices } = chosen();
    choices.clear();
    expect(show(read('hi you', [0, 1], [2]))).toBe('hi you');
  });

  test('survives being saved as plain data, for the strokes that are there', () => {
    const { choices, drawing } = chosen();
    const saved = v.parse(savedChoicesSchema, JSON.parse(JSON.stringify(choices.save(drawing))));
    expect(saved).toMatchObject([{ text: 'HI', strokes: [0, 1] }]);
    const again = line(6);
    const restored = new WordChoices();
    restored.restore(saved, again);
    expect(textOf(restored.wordsOf(read('hi you', [0, 1], [2]), again))).toBe('HI you');
    expect(choices.save(drawing.slice(1))).toEqual([]);
    restored.restore(saved, again.slice(0, 1));
    expect(restored.save(again)).toEqual([]);
  });
});
