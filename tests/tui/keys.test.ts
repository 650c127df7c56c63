import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { keyList } from '../../src/tui/keys/key-list.ts';
import { type KeyPress, parseKeyPresses } from '../../src/tui/keys/key-presses.ts';
import { KeyQueue } from '../../src/tui/keys/key-queue.ts';
import { KEYMAP, type KeyContext } from '../../src/tui/keys/keymap.ts';
import { MouseParser } from '../../src/tui/mouse/mouse-input.ts';
import { mouseDrag, mousePress, mouseRelease } from '../helpers/mouse.ts';

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

  test('the cells that the mouse is dragged over need not wait for each other', () => {
    const queue = new KeyQueue();
    const seen: (string | undefined)[] = [];
    queue.subscribe(({ mouse }: KeyPress) => seen.push(mouse && `${mouse.type} ${mouse.column}`));
    const parser = new MouseParser();
    const sequences = [mousePress(1, 1), mouseDrag(2, 1), mouseDrag(3, 1), mouseDrag(4, 1), mouseRelease(4, 1)];
    const presses = sequences.map((sequence) => ({ name: 'mouse', text: '', mouse: parser.parse(sequence, 0)! }));
    queue.push(presses, () => {});
    expect(seen).toEqual(['press 1']);
    queue.next(() => {});
    expect(seen).toEqual(['press 1', 'drag 2', 'drag 3', 'drag 4']);
    queue.next(() => {});
    expect(seen.at(-1)).toBe('release 4');
  });
});

describe('the list of keys', () => {
  test('has all keys, also those without a hint; a key means what the first context says', () => {
    const keys = keyList(['readingAfterLabel', 'drawing']);
    expect(keys).toContainEqual({ key: '1-5', label: 'correct' });
    expect(keys.filter(({ key }) => key === 'Enter')).toEqual([{ key: 'Enter', label: 'confirm' }]);
    expect(keyList(['drawModels'])).toContainEqual({ key: 'Home, g', label: 'to the first' });
    expect(keyList(['trainForm'])).toContainEqual({ key: 'Shift-Tab', label: 'previous field' });
  });

  test.each(Object.keys(KEYMAP) as KeyContext[])(
    'g and G jump where Home and End do, unless letters are text: %s',
    (context) => {
      const bindings: readonly { keys: readonly string[] }[] = KEYMAP[context];
      const jumps = bindings.filter(({ keys }) => keys.includes('home') && keys.length > 1);
      for (const { keys } of jumps) expect(keys).toEqual(['home', 'g']);
      const isText = ['pathForm', 'ownDataSets', 'trainForm', 'text', 'filtering'].includes(context);
      const hasJumps = bindings.some(({ keys }) => keys.includes('home') && keys.includes('g'));
      if (isText) expect(hasJumps).toBe(false);
    },
  );
});
