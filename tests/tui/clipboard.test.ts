import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { copySequence, createClipboard, MAX_COPIED_BYTES } from '../../src/tui/clipboard.ts';

const TEXT = 'Grüße, “see you”';
const BASE64 = 'R3LDvMOfZSwg4oCcc2VlIHlvdeKAnQ==';
const PLAIN = `\u001b]52;c;${BASE64}\u0007`;

/** A terminal that keeps what is written to it. */
function terminal() {
  const written: string[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { written, stdout: stdout as unknown as NodeJS.WriteStream };
}

test('text is sent in UTF-8 and Base64, in one piece', () => {
  const { written, stdout } = terminal();
  expect(createClipboard(stdout, { TERM: 'xterm-256color' }).copy(TEXT)).toBe('sent');
  expect(written).toEqual([PLAIN]);
  expect(Buffer.from(BASE64, 'base64').toString('utf8')).toBe(TEXT);
});

test('over SSH it is the same', () => {
  expect(copySequence(TEXT, { TERM: 'xterm', SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' })).toBe(PLAIN);
});

test('GNU screen gets pieces that it passes on', () => {
  const sequence = copySequence('x'.repeat(1000), { TERM: 'screen', STY: '1234.pts-0.host' });
  const pieces = sequence.split('\u001b\\').slice(0, -1);
  expect(pieces.length).toBeGreaterThan(2);
  for (const piece of pieces) {
    expect(piece.startsWith('\u001bP')).toBe(true);
    expect(piece.length).toBeLessThanOrEqual(768);
  }
  expect(pieces.map((piece) => piece.slice(2)).join('')).toBe(copySequence('x'.repeat(1000), {}));
});

test('what terminals do not accept is not sent: neither in part nor at all', () => {
  const { written, stdout } = terminal();
  const fits = 'x'.repeat(MAX_COPIED_BYTES);
  expect(createClipboard(stdout, {}).copy(`${fits.slice(1)}ü`)).toBe('too-long');
  expect(createClipboard(stdout, { TERM: 'linux' }).copy(TEXT)).toBe('unsupported');
  expect(createClipboard(stdout, { TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }).copy(TEXT)).toBe(
    'unsupported',
  );
  expect(written).toEqual([]);
  expect(createClipboard(stdout, {}).copy(fits)).toBe('sent');
  expect(written[0]!.length).toBeLessThanOrEqual(100_000);
});
