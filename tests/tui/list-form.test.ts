import { describe, expect, test } from 'vitest';
import { markedEntry, reduceList } from '../../src/tui/components/list-form.ts';

describe('a list with fields', () => {
  test('moving through the list to the fields keeps the selection', () => {
    let form = { focus: 1, choice: 1 };
    for (let step = 0; step < 5; step++) form = reduceList(form, { type: 'move', by: 1 }, 4, 2);
    expect(form).toEqual({ focus: 5, choice: 1 });
  });

  test('the focused entry is the one that Enter takes; while a field has the focus, the selected one is', () => {
    expect(markedEntry({ focus: 3, choice: 1 }, 4)).toBe(3);
    expect(markedEntry({ focus: 4, choice: 1 }, 4)).toBe(1);
  });

  test('Home and End go to the first and the last row', () => {
    const form = reduceList({ focus: 3, choice: 1 }, { type: 'move', by: Number.POSITIVE_INFINITY }, 4, 2);
    expect(form).toEqual({ focus: 5, choice: 1 });
    expect(reduceList(form, { type: 'move', by: Number.NEGATIVE_INFINITY }, 4, 2).focus).toBe(0);
  });

  test('Tab selects the entry, moves through the fields and back to it', () => {
    const tab = { type: 'tab', by: 1 } as const;
    const first = reduceList({ focus: 2, choice: 0 }, tab, 4, 2);
    expect(first).toEqual({ focus: 4, choice: 2 });
    expect(reduceList(reduceList(first, tab, 4, 2), tab, 4, 2)).toEqual({ focus: 2, choice: 2 });
    expect(reduceList(first, { type: 'tab', by: -1 }, 4, 2)).toEqual({ focus: 2, choice: 2 });
  });
});
