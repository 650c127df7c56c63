import { expect, test } from 'vitest';
import { columnsOf } from '../../src/app/text-layout.ts';
import { toAscii } from '../../src/tui/ascii-output.ts';

test.each([
  ['plain, \u001B[1mbold\u001B[22m', 'plain, \u001B[1mbold\u001B[22m'],
  ['a long pa…', 'a long pa~'],
  ['the file “x” isn’t a zip — 28×28', 'the file "x" isn\'t a zip - 28x28'],
  ['naïve-cafe\u0301', 'naive-cafe'],
  ['日本語 👩‍🏫', '?????? ??'],
])('%j becomes %j, of the same width', (text, ascii) => {
  expect(toAscii(text)).toBe(ascii);
  expect(columnsOf(toAscii(text))).toBe(columnsOf(text));
});
