import { describe, expect, test } from 'vitest';
import { LineReading } from '../../src/canvas-page/line-reading.ts';
import { WordChoices } from '../../src/canvas-page/line-words.ts';
import { Sketch } from '../../src/canvas-page/sketch.ts';
import type { TextMessage } from '../../src/core/server/protocol.ts';

/** A line on paper, and what was sent of it. */
function paper() {
  const sketch = new Sketch();
  const sent: TextMessage[] = [];
  const reading = new LineReading(sketch, new WordChoices(), (message) => sent.push(JSON.parse(message)) > 0);
  sketch.onChange = () => void reading.drawn();
  const write = (x: number) => {
    sketch.begin([x, 0]);
    sketch.extend([[x, 100]]);
    sketch.end();
  };
  /** Answers what was sent last with a word for each stroke. */
  const answer = (...texts: string[]) => {
    const words = texts.map((text, index) => ({ text, candidates: [{ text, probability: 1 }], strokes: [index] }));
    const { id } = sent.at(-1)!;
    const text = texts.join(' ');
    const how = { characters: [], milliseconds: 2, model: 'words' };
    return reading.answered({ type: 'text', id, text, candidates: [], words, ...how });
  };
  return { sketch, sent, reading, write, answer };
}

describe('the reading of a line', () => {
  test('follows the strokes: it is outdated until the answer to the last one has come, and empty without strokes', () => {
    const { sketch, sent, reading, write, answer } = paper();
    expect([reading.isRead, reading.text, reading.selected]).toEqual([false, '', -1]);
    write(0);
    expect(sent).toHaveLength(1);
    answer('a');
    expect([reading.isRead, reading.isOutdated, reading.text]).toEqual([true, false, 'a']);
    write(100);
    expect([reading.isRead, reading.isOutdated, reading.text]).toEqual([false, true, 'a']);
    answer('a', 'b');
    expect([reading.isRead, reading.text, reading.reader?.model]).toEqual([true, 'a b', 'words']);
    sketch.clear();
    expect([reading.isRead, reading.text, reading.reader]).toEqual([false, '', null]);
    expect(sent.at(-1)!.strokes).toEqual([]);
  });

  test('keeps the selected word while its text is chosen, until more is written; then the last word is selected', () => {
    const { reading, write, answer } = paper();
    expect(reading.choose('x')).toBe(false);
    write(0);
    answer('a');
    write(100);
    answer('a', 'b');
    expect(reading.selected).toBe(1);
    reading.select(0);
    expect(reading.choose('A')).toBe(true);
    expect([reading.selected, reading.text]).toEqual([0, 'A b']);
    write(200);
    answer('a', 'b', 'c');
    expect([reading.selected, reading.text]).toEqual([2, 'A b c']);
  });

  test('says why a line was refused until one is read, and ignores answers to earlier lines', () => {
    const { sent, reading, write, answer } = paper();
    write(0);
    const { id } = sent.at(-1)!;
    reading.answered({ type: 'text-refused', id, message: 'Too long.' });
    expect([reading.refusal, reading.isRead]).toEqual(['Too long.', false]);
    write(100);
    answer('a', 'b');
    expect(reading.refusal).toBe('');
    expect(reading.answered({ type: 'text-refused', id, message: 'Too long.' })).toBe(false);
    expect(reading.refusal).toBe('');
  });
});
