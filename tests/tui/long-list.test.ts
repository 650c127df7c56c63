import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/app/text-layout.ts';
import { matching, NO_FILTER, reduceFilter } from '../../src/tui/components/filter.ts';
import { longListLines } from '../../src/tui/components/long-list.ts';
import { textField } from '../../src/tui/components/text-field.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';

const theme = createTheme({ colors: 'none', background: 'dark', unicode: true });
const lines = (length: number, focus: number, height: number, width = 60) =>
  longListLines({ length, focus }, { width, height }, (index) => `row ${index}`, theme);

describe('a long list', () => {
  test('has no position if all of it fits', () => {
    expect(lines(4, 0, 4)).toEqual(['row 0', 'row 1', 'row 2', 'row 3']);
    expect(lines(0, 0, 4)).toEqual([]);
  });

  test('never has more lines than there is room, always shows the focused row, and counts right', () => {
    for (let length = 1; length <= 30; length++) {
      for (let height = 1; height <= 12; height++) {
        for (let focus = 0; focus < length; focus++) {
          const shown = lines(length, focus, height);
          const rows = shown.filter((line) => line.startsWith('row'));
          expect(shown.length).toBeLessThanOrEqual(height);
          expect(rows).toContain(`row ${focus}`);
          if (length <= height || height < 2) continue;
          const position = shown.at(-1)!;
          expect(position).toContain(`${focus + 1} of ${length}`);
          const above = Number(/↑ (\d+) more/.exec(position)?.[1] ?? 0);
          const below = Number(/↓ (\d+) more/.exec(position)?.[1] ?? 0);
          expect(above + rows.length + below).toBe(length);
        }
      }
    }
  });

  test('with a filter, says how many match', () => {
    const filter = { field: textField('cnn'), isTyping: true };
    const list = (length: number, width: number) =>
      longListLines({ length, focus: 0, filter }, { width, height: 5 }, (index) => `row ${index}`, theme);
    expect(list(2, 60)).toEqual(['row 0', 'row 1', '/cnn_  1 of 2 matching']);
    expect(list(0, 60)).toEqual(['/cnn_  no matches']);
    for (const line of list(300, 30)) expect(columnsOf(line)).toBeLessThanOrEqual(30);
  });
});

describe('a filter', () => {
  const names = ['digits-cnn', 'Digits-VGG', 'letters', 'ｗｉｄｅ'].map((name) => ({ name }));
  const found = (text: string) => matching(names, { field: textField(text), isTyping: false }).map(({ name }) => name);

  test('looks for a part of the name, regardless of case and width', () => {
    expect(found('')).toHaveLength(4);
    expect(found(' digits ')).toEqual(['digits-cnn', 'Digits-VGG']);
    expect(found('vgg')).toEqual(['Digits-VGG']);
    expect(found('wide')).toEqual(['ｗｉｄｅ']);
    expect(found('.*')).toEqual([]);
  });

  test('is edited like a text field; Backspace at its beginning closes it', () => {
    const press = (name: string, text = '') => ({ type: 'filterText', press: { name, text } }) as const;
    let filter = reduceFilter(NO_FILTER, { type: 'filter', to: 'open' });
    filter = reduceFilter(filter, press('a', 'a'));
    filter = reduceFilter(filter, press('paste', 'bc\n'));
    expect(filter.field.characters.join('')).toBe('abc');
    expect(reduceFilter(filter, { type: 'filter', to: 'accept' })).toEqual({ field: filter.field, isTyping: false });
    filter = reduceFilter(reduceFilter(filter, press('ctrl+u')), press('backspace'));
    expect(filter).toEqual(NO_FILTER);
  });
});
