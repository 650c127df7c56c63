import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  editText,
  fieldLine,
  fieldText,
  insertText,
  pastedPath,
  type TextField,
  textField,
  typeInto,
} from '../../src/tui/components/text-field.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';

const theme = createTheme({ colors: '16', background: 'dark', unicode: true });
const line = (field: TextField, width: number, focused = true) =>
  stripVTControlCharacters(fieldLine(field, width, focused, 'a placeholder', theme));

describe('text field', () => {
  const edits = fc.array(
    fc.oneof(
      fc.record({
        key: fc.constantFrom('left', 'right', 'home', 'end', 'backspace', 'delete', 'ctrl+u', 'ctrl+k', 'ctrl+w', 'f1'),
      }),
      fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 6 }) }),
    ),
  );
  const applied = (list: ({ key: string } | { text: string })[]): TextField =>
    list.reduce(
      (field, edit) => ('key' in edit ? editText(field, edit.key) : insertText(field, edit.text)),
      textField(),
    );

  test('keeps the cursor inside the text and fits its width, whatever is typed', () => {
    fc.assert(
      fc.property(edits, fc.integer({ min: 2, max: 60 }), fc.boolean(), (list, width, focused) => {
        const field = applied(list);
        expect(field.cursor).toBeGreaterThanOrEqual(0);
        expect(field.cursor).toBeLessThanOrEqual(field.characters.length);
        expect(stringWidth(line(field, width, focused))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('measures CJK and emoji in columns', () => {
    const field = textField('/data/日本語/👩‍🏫.zip');
    expect(line(field, 30)).toBe('/data/日本語/👩‍🏫.zip ');
    expect(line(field, 12)).toBe('本語/👩‍🏫.zip ');
    expect(line(editText(field, 'home'), 9)).toBe('/data/日');
    expect(line(field, 9, false)).toBe('/data/日…');
  });

  test('edits like a shell', () => {
    const field = insertText(textField(), '/data/my archive.zip');
    expect(fieldText(editText(field, 'ctrl+w'))).toBe('/data/my ');
    expect(fieldText(editText(textField('C:\\data\\archive.zip'), 'ctrl+w'))).toBe('C:\\data\\');
    expect(fieldText(editText(editText(field, 'home'), 'delete'))).toBe('data/my archive.zip');
    expect(fieldText(editText(editText(editText(field, 'left'), 'left'), 'ctrl+k'))).toBe('/data/my archive.z');
  });

  test('drops control characters and line breaks', () => {
    expect(fieldText(insertText(textField(), '/a\u001B[31m/b\n'))).toBe('/a/b');
  });
});

test('what is pasted is unquoted only in a field for a path, and keys that type nothing edit', () => {
  const quoted = { name: 'paste', text: "'/a b'" };
  expect(fieldText(typeInto(textField(), quoted, 'path'))).toBe('/a b');
  expect(fieldText(typeInto(textField(), quoted))).toBe("'/a b'");
  expect(fieldText(typeInto(textField('/a'), { name: "'", text: "'" }, 'path'))).toBe("/a'");
  expect(fieldText(typeInto(textField('/a'), { name: 'backspace', text: '' }, 'path'))).toBe('/');
});

test.each([
  // Copied in Explorer, or dropped on Windows Terminal.
  ['win32', '"C:\\Users\\me\\my archive.zip"', 'C:\\Users\\me\\my archive.zip'],
  ['win32', 'C:\\gzip.zip', 'C:\\gzip.zip'],
  // Dropped on Terminal.app or GNOME Terminal.
  ['darwin', '/Users/me/my\\ archive\\ \\(1\\).zip ', '/Users/me/my archive (1).zip'],
  ['linux', "'/home/me/my archive.zip' ", '/home/me/my archive.zip'],
  ['linux', '/home/me/"my" archive.zip', '/home/me/"my" archive.zip'],
])('on %s, pasting %j inserts %j', (platform, pasted, inserted) => {
  expect(pastedPath(pasted, platform)).toBe(inserted);
});
