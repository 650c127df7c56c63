import { describe, expect, test } from 'vitest';
import { joinLines } from '../../../src/core/text/text-reader.ts';
import type { TextReading } from '../../../src/core/text/text-reading.ts';

/** A line with these candidates, and nothing else. */
function line(...candidates: (readonly [text: string, probability: number])[]): TextReading {
  return {
    text: candidates[0]?.[0] ?? '',
    candidates: candidates.map(([text, probability]) => ({ text, probability })),
    characters: [...(candidates[0]?.[0] ?? '')].map((label) => ({ label, probability: 1 })),
    words: [],
  };
}

describe('lines as one text', () => {
  test('have the most probable combinations as candidates, the text first', () => {
    const { text, candidates, characters } = joinLines(
      [line(['cat', 0.6], ['cut', 0.3]), line(['on', 0.8], ['or', 0.1])],
      3,
    );
    expect(text).toBe('cat\non');
    expect(candidates).toEqual([
      { text: 'cat\non', probability: expect.closeTo(0.48) },
      { text: 'cut\non', probability: expect.closeTo(0.24) },
      { text: 'cat\nor', probability: expect.closeTo(0.06) },
    ]);
    expect(characters.map(({ label }) => label).join('')).toBe('caton');
  });

  test('keep a line in which nothing was read', () => {
    const { text, candidates } = joinLines([line(['a', 0.5]), line(), line(['b', 0.5])]);
    expect(text).toBe('a\n\nb');
    expect(candidates).toEqual([{ text: 'a\n\nb', probability: 0.25 }]);
  });

  test('are as they were if there is one, and empty if there is none', () => {
    const one = line(['a', 0.5]);
    expect(joinLines([one])).toEqual(one);
    expect(joinLines([])).toEqual({ text: '', candidates: [], characters: [], words: [] });
    expect(joinLines([line(), line()]).candidates).toEqual([]);
  });
});
