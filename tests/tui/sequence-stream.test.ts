import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SequenceStream } from '../../src/tui/keys/sequence-stream.ts';

const ESC = '\u001B';
/** Esc as it is passed on. */
const ESC_KEY = `${ESC}[27u`;

let source: PassThrough;
let stream: SequenceStream;
/** What the mouse did. */
let mouse: string[];
/** What was passed on since the last call. */
const passedOn = (): string => String(stream.read() ?? '');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
  source = new PassThrough();
  mouse = [];
  stream = new SequenceStream(source as unknown as NodeJS.ReadStream, (sequence) => mouse.push(sequence));
  stream.setEncoding('utf8');
  stream.read();
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
});

/** The parts of a terminal's input, with the milliseconds between them. */
function type(...parts: (string | number)[]): void {
  for (const part of parts) {
    if (typeof part === 'number') vi.advanceTimersByTime(part);
    else source.emit('data', part);
  }
}

describe('a sequence in parts is passed on as a whole', () => {
  test.each([
    ['an arrow key', [ESC, 30, '[A']],
    ['an arrow key, slowly', [ESC, 90, '[', 90, 'A']],
    ['an arrow key in application mode', [ESC, 30, 'O', 30, 'A']],
    ['PgUp', [`${ESC}[`, 300, '5', 300, '~']],
    ['with modifiers', [`${ESC}[1;`, 30, '5C']],
    ['after text', [`ab${ESC}`, 30, '[B']],
  ])('%s', (_name, parts) => {
    type(...parts);
    expect(passedOn()).toBe(parts.filter((part) => typeof part === 'string').join(''));
    vi.runAllTimers();
    expect(passedOn()).toBe('');
  });

  test('pasted text', () => {
    type(`${ESC}[200`, 30, `~ab${ESC}`, 30, '[20', 300, '1~');
    expect(passedOn()).toBe(`${ESC}[200~ab${ESC}[201~`);
  });
});

describe('Esc', () => {
  test('and a key that arrives with it are two keys', () => {
    type(`${ESC}\r`, `${ESC} `);
    expect(passedOn()).toBe(`${ESC_KEY}\r${ESC_KEY} `);
    type(`${ESC}[200~a${ESC} b${ESC}[201~`);
    expect(passedOn()).toBe(`${ESC}[200~a${ESC} b${ESC}[201~`);
  });

  test('is passed on after a moment without anything else', () => {
    type(ESC);
    expect(passedOn()).toBe('');
    vi.runAllTimers();
    expect(passedOn()).toBe(ESC_KEY);
  });

  test('is passed on at once when another key follows', () => {
    type(ESC, 30, 'q');
    expect(passedOn()).toBe(`${ESC_KEY}q`);
    type(ESC, 30, `${ESC}[A`);
    expect(passedOn()).toBe(`${ESC_KEY}${ESC}[A`);
  });

  test('twice is twice', () => {
    type(ESC + ESC);
    vi.runAllTimers();
    expect(passedOn()).toBe(ESC_KEY + ESC_KEY);
  });

  test('is not what has arrived before a busy moment ended', () => {
    type(ESC, 100);
    // The timer has run, but not what waits for the input that has arrived meanwhile.
    type('[A');
    vi.runAllTimers();
    expect(passedOn()).toBe(`${ESC}[A`);
  });

  test('with a letter in one piece is Alt and the letter', () => {
    type(`${ESC}f`);
    expect(passedOn()).toBe(`${ESC}f`);
  });
});

test('a part of a sequence that never ends is dropped', () => {
  type(`${ESC}[1`);
  vi.runAllTimers();
  type('x');
  expect(passedOn()).toBe('x');
});

test('text is passed on at once', () => {
  type('é', 'ダ', '\r');
  expect(passedOn()).toBe('éダ\r');
});

describe('the mouse', () => {
  const press = `${ESC}[<0;10;5M`;
  const release = `${ESC}[<0;10;5m`;

  test.each([
    ['as a whole', [press, release]],
    ['at once', [press + release]],
    ['in parts', [ESC, 30, '[<0;', 300, '10;5', 300, `M${ESC}[<`, 30, '0;10;5m']],
  ])('is taken out: %s', (_name, parts) => {
    type(...parts);
    vi.runAllTimers();
    expect(passedOn()).toBe('');
    expect(mouse).toEqual([press, release]);
  });

  test('waits for the keys before it to be read, and is read before those after it', () => {
    type(`ab${press}c${release}${ESC}[A`);
    expect(mouse).toEqual([]);
    expect(passedOn()).toBe('ab');
    expect(mouse).toEqual([]);
    // A reader continues until there is nothing left.
    const reads = [passedOn(), passedOn(), passedOn(), passedOn()];
    expect(reads.filter(Boolean)).toEqual(['c', `${ESC}[A`]);
    expect(mouse).toEqual([press, release]);
  });

  test('of an old terminal is dropped, whatever its characters look like', () => {
    type(`a${ESC}[M !q`, `${ESC}[M `, 30, '"#b');
    expect([passedOn(), passedOn(), passedOn()].join('')).toBe('ab');
  });

  test('a part that never ends is dropped', () => {
    type(`${ESC}[<0;1`);
    vi.runAllTimers();
    type('x');
    expect(passedOn()).toBe('x');
    expect(mouse).toEqual([]);
  });
});
