import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { type KeyPress, parseKeyPresses } from '../../src/tui/keys/key-presses.ts';
import { KeyQueue } from '../../src/tui/keys/key-queue.ts';

describe('keys', () => {
  const plain = {} as Key;

  test('an input of several characters is several keys', () => {
    expect(parseKeyPresses('q ü\r\u007F\u0003', plain).map(({ name }) => name)).toEqual([
      'q',
      'space',
      'ü',
      'enter',
      'backspace',
      'ctrl+c',
    ]);
    // Backspace in the Windows console, Enter in some Windows terminals.
    expect(parseKeyPresses('\b\n', plain).map(({ name }) => name)).toEqual(['backspace', 'enter']);
    expect(parseKeyPresses('', { pageDown: true } as Key)).toEqual([{ name: 'pageDown', text: '' }]);
    expect(parseKeyPresses('', { upArrow: true } as Key)).toEqual([{ name: 'up', text: '' }]);
    expect(parseKeyPresses('c', { ctrl: true } as Key)).toEqual([{ name: 'ctrl+c', text: '' }]);
  });

  test('a slash, letters and Enter at once are text; fewer keys, or one that is held down, are not', () => {
    const isText = (input: string) => parseKeyPresses(input, plain).map(({ run }) => run !== undefined);
    expect(isText('home\r')).toEqual([true, true, true, true, true]);
    expect(isText('\t99.zip')).toEqual([false, true, true, true, true, true, true]);
    expect(isText('/cnn')).toEqual([false, true, true, true]);
    expect(isText('mdq')).toEqual([false, false, false]);
    expect(isText('jjjjjjjj')).toEqual(Array(8).fill(false));
    expect(isText('\r\r\t\t\r')).toEqual(Array(5).fill(false));
  });

  test('a key waits until the effect of the previous one is rendered', () => {
    const queue = new KeyQueue();
    const seen: string[] = [];
    queue.subscribe(({ name }: KeyPress) => seen.push(name));
    const handled = () => {};
    queue.push(parseKeyPresses('ab', plain), handled);
    queue.push(parseKeyPresses('c', plain), handled);
    expect(seen).toEqual(['a']);
    queue.next(handled);
    queue.next(handled);
    expect(seen).toEqual(['a', 'b', 'c']);
    queue.next(handled);
    queue.push(parseKeyPresses('d', plain), handled);
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });
});
