import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { qrCode } from '../../src/app/qr-code.ts';

test('has two rows in each line, where characters draw what is light', () => {
  const text = 'http://192.168.178.20:54321/?token=abcdefghijklmnopqrstuvwxyz012345';
  const { data } = encode(text, { border: 2 });
  const light = (line: string, half: '▀' | '▄') =>
    [...line].map((character) => '█'.includes(character) || character === half);
  const rows = qrCode(text).flatMap((line) => [light(line, '▀'), light(line, '▄')]);
  expect(rows.slice(0, data.length)).toEqual(data.map((row) => row.map((isDark) => !isDark)));
  // Phones read it, and it fits a terminal.
  expect(data.length).toBeLessThanOrEqual(45);
});
