import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import fastStringWidth from 'fast-string-width';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  ASCII_BAR,
  alignLeft,
  alignRight,
  BLOCK_BAR,
  bar,
  clip,
  columnsOf,
  printable,
  table,
} from '../../src/app/text-layout.ts';

describe('widths are columns of the terminal', () => {
  test.each([
    ['digits', 6],
    ['日本語', 6],
    ['café', 4],
    ['🖋', 1],
    ['✍️ model', 8],
    ['👩‍🏫', 2],
    ['\u001B[1mbold\u001B[22m', 4],
  ])('%j takes %d', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  test.each([
    '日本語',
    'ｶﾞ',
    '각',
    'क्षि',
    'é',
    '✍️',
    '🖋',
    '👩‍🏫',
    '🇩🇪',
    '👍🏽',
    '1️⃣',
    '→ ‹ › ❯ ● ○ ✓ · … ─ █ ▏ ░ ▀ ⠿',
    '\u001B[1mx\u001B[22m',
  ])('%j is as wide for the replacement of string-width in the bundle', (text) => {
    expect(fastStringWidth(text)).toBe(stringWidth(text));
  });

  test.each([
    ['日本語のモデル', 8, '日本語…'],
    // The third character would need two columns: the line ends one column early.
    ['日本語のモデル', 6, '日本…'],
    ['/home/me/👩‍🏫/models', 12, '/home/me/👩‍🏫…'],
    ['plain', 5, 'plain'],
    ['plain', 4, 'pla…'],
    ['plain', 0, ''],
  ])('%j is clipped to %d columns as %j', (text, width, clipped) => {
    expect(clip(text, width, '…')).toBe(clipped);
  });

  test('text is aligned to exactly the width, whatever it contains', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('日', '本', '👩‍🏫', '✍️', 'é', 'a', ' '), fc.string()) });
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 30 }), fc.constantFrom('…', '~', ''), (raw, width, ellipsis) => {
        const line = printable(raw);
        expect(stringWidth(alignLeft(line, width, ellipsis))).toBe(width);
        expect(stringWidth(alignRight(line, width, ellipsis))).toBe(width);
        expect(stringWidth(clip(line, width, ellipsis))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('a table of CJK and emoji is aligned', () => {
    const lines = table(
      [
        ['model', 'accuracy', 'note'],
        ['日本語', '9%', 'a'],
        ['✍️ mine', '100%', 'b'],
      ],
      [1],
    ).split('\n');
    expect(lines).toEqual(['model    accuracy  note', '日本語         9%  a', '✍️ mine      100%  b']);
    expect(lines.map((line) => stringWidth(line.slice(0, line.search(/\S+$/))))).toEqual([19, 19, 19]);
  });
});

test('printable text moves no cursor, starts no sequence and keeps emoji whole', () => {
  expect(printable('a\u001B[31mb\u001B]0;title\u0007c\r\n\u202Ed')).toBe('abc   d');
  expect(printable('👩‍🏫')).toBe('👩‍🏫');
  expect(stripVTControlCharacters(printable('\u009B31m'))).toBe(printable('\u009B31m'));
});

test('a bar is as long as requested and as full as its share', () => {
  expect(bar(0.5, 8, BLOCK_BAR)).toBe('████░░░░');
  expect(bar(1 / 16, 8, BLOCK_BAR)).toBe('▌░░░░░░░');
  expect(bar(0.5, 8, ASCII_BAR)).toBe('####....');
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 0, max: 200 }), (share, width) => {
      expect(columnsOf(bar(share, width, BLOCK_BAR))).toBe(width);
    }),
  );
});
