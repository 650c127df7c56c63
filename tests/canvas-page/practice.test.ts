import { describe, expect, test } from 'vitest';
import { Practice } from '../../src/canvas-page/practice.ts';

const USEFUL = [...'abcdefgh'];

function begin(useful: readonly string[] = USEFUL): Practice {
  const practice = new Practice();
  practice.update(useful);
  practice.begin();
  return practice;
}

/** The next labels that are asked for, if each is written. */
function written(practice: Practice, count: number): (string | null)[] {
  return Array.from({ length: count }, () => {
    const { asked } = practice;
    practice.advance();
    return asked;
  });
}

describe('practice', () => {
  test('asks for the most useful first, and for the same again after some others', () => {
    expect(written(begin(), 8)).toEqual([...'abcdefab']);
    expect(written(begin(['a', 'b']), 4)).toEqual([...'abab']);
    expect(written(begin(['a']), 3)).toEqual([...'aaa']);
  });

  test('keeps asking for the same while it is written, whatever has become useful', () => {
    const practice = begin();
    practice.update([...'zyx']);
    expect(practice.asked).toBe('a');
    practice.advance();
    expect(practice.asked).toBe('z');
  });

  test('does not ask for what was skipped, until everything was', () => {
    const practice = begin([...'abc']);
    practice.skip();
    expect(practice.asked).toBe('b');
    expect(written(practice, 3)).toEqual([...'bcb']);
    practice.skip();
    expect(practice.asked).toBe('b');
    practice.skip();
    expect(practice.asked).toBe('a');
  });

  test('counts what was written, and asks again for what was undone', () => {
    const practice = begin();
    written(practice, 3);
    expect(practice.written).toBe(3);
    practice.goBack('c');
    expect([practice.asked, practice.written]).toEqual(['c', 2]);
    practice.advance();
    expect(practice.asked).toBe('d');
  });

  test('has nothing to ask for without useful labels', () => {
    const practice = begin([]);
    expect(practice.asked).toBe(null);
    practice.update(['x']);
    expect(practice.asked).toBe('x');
  });

  test('can begin with what was asked for before', () => {
    const practice = begin();
    practice.begin('q');
    expect(practice.asked).toBe('q');
  });
});
