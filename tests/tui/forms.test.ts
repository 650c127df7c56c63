import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { reduceList } from '../../src/tui/components/list-form.ts';
import {
  editText,
  fieldLine,
  insertText,
  pastedPath,
  type TextField,
  textField,
  textOf,
} from '../../src/tui/components/text-field.ts';
import { type KeyPress, KeyQueue, keyPresses } from '../../src/tui/keys.ts';
import { initialForm, reduceForm as reduceFetch, sourceOf } from '../../src/tui/screens/fetch-state.ts';
import {
  ARCHITECTURES,
  focusedField,
  INITIAL_FORM,
  optionsOf,
  reduceForm,
  type TrainForm,
} from '../../src/tui/screens/train-form.ts';
import { createTheme, hasUnicode } from '../../src/tui/theme.ts';
import { fakeModel } from '../helpers/fake-services.ts';

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

  test('keeps the cursor inside and its line as wide as allowed, whatever is done', () => {
    const theme = createTheme({ colors: '16', unicode: true });
    fc.assert(
      fc.property(edits, fc.integer({ min: 1, max: 60 }), fc.boolean(), (list, width, focused) => {
        const field = applied(list);
        expect(field.cursor).toBeGreaterThanOrEqual(0);
        expect(field.cursor).toBeLessThanOrEqual(field.characters.length);
        const line = stripVTControlCharacters(fieldLine(field, width, focused, 'a placeholder', theme));
        expect([...new Intl.Segmenter().segment(line)].length).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('edits like a shell', () => {
    const field = insertText(textField(), '/data/my archive.zip');
    expect(textOf(editText(field, 'ctrl+w'))).toBe('/data/my ');
    expect(textOf(editText(textField('C:\\data\\archive.zip'), 'ctrl+w'))).toBe('C:\\data\\');
    expect(textOf(editText(editText(field, 'home'), 'delete'))).toBe('data/my archive.zip');
    expect(textOf(editText(editText(editText(field, 'left'), 'left'), 'ctrl+k'))).toBe('/data/my archive.z');
  });

  test('takes no control characters and no line ends', () => {
    expect(textOf(insertText(textField(), '/a\u001B[31m/b\n'))).toBe('/a/b');
  });
});

describe('a list with fields', () => {
  test('passing over the list on the way to the fields changes no choice', () => {
    let form = { focus: 1, choice: 1 };
    for (let step = 0; step < 5; step++) form = reduceList(form, { type: 'move', by: 1 }, 4, 2);
    expect(form).toEqual({ focus: 5, choice: 1 });
  });

  test('Tab chooses the entry, goes through the fields and back to it', () => {
    const tab = { type: 'tab', by: 1 } as const;
    const first = reduceList({ focus: 2, choice: 0 }, tab, 4, 2);
    expect(first).toEqual({ focus: 4, choice: 2 });
    expect(reduceList(reduceList(first, tab, 4, 2), tab, 4, 2)).toEqual({ focus: 2, choice: 2 });
    expect(reduceList(first, { type: 'tab', by: -1 }, 4, 2)).toEqual({ focus: 2, choice: 2 });
  });
});

test('the fetch form takes what is pasted as the source, from any row', () => {
  const form = reduceFetch(initialForm('digits'), { type: 'paste', text: ' https://example.org/gzip.zip \n' });
  expect(sourceOf(form)).toBe('https://example.org/gzip.zip');
  expect(form.choice).toBe(4);
  expect(sourceOf(initialForm('digits'))).toBeUndefined();
});

test.each([
  // As the Explorer copies a path, and Windows Terminal takes one that is dropped on it.
  ['win32', '"C:\\Users\\me\\my archive.zip"', 'C:\\Users\\me\\my archive.zip'],
  ['win32', 'C:\\gzip.zip', 'C:\\gzip.zip'],
  // As Terminal.app and GNOME's terminal take one that is dropped on them.
  ['darwin', '/Users/me/my\\ archive\\ \\(1\\).zip ', '/Users/me/my archive (1).zip'],
  ['linux', "'/home/me/my archive.zip' ", '/home/me/my archive.zip'],
  ['linux', '/home/me/"my" archive.zip', '/home/me/"my" archive.zip'],
])('on %s the path %j is pasted as %j', (platform, pasted, meant) => {
  expect(pastedPath(pasted, platform)).toBe(meant);
});

test('the fetch form takes a dropped file without its quotes', () => {
  expect(sourceOf(reduceFetch(initialForm('digits'), { type: 'paste', text: '"/data/gzip.zip"\n' }))).toBe(
    '/data/gzip.zip',
  );
});

describe('train form', () => {
  const present = (models = [fakeModel()]): TrainForm =>
    reduceForm(INITIAL_FORM, { type: 'present', splits: ['balanced', 'digits'], models });
  const onEpochs = () => {
    let form = present();
    while (focusedField(form) !== 'epochs') form = reduceForm(form, { type: 'move', by: 1 });
    return form;
  };
  const typed = (...digits: number[]) =>
    digits.reduce((form, digit) => reduceForm(form, { type: 'digit', digit }), onEpochs()).epochs;

  test('the first digit replaces the number, the next are appended, within 1 to 200', () => {
    expect(typed(3)).toBe(3);
    expect(typed(3, 0)).toBe(30);
    expect(typed(0)).toBe(1);
    expect(typed(1, 2, 5)).toBe(125);
    expect(typed(9, 9, 9)).toBe(9);
    expect(reduceForm(onEpochs(), { type: 'change', by: 1 }).epochs).toBe(11);
  });

  test('Enter on a row of the list trains with that row', () => {
    const form = reduceForm(present(), { type: 'move', by: 1 });
    expect(optionsOf(form)).toMatchObject({ split: 'digits', epochs: 10 });
  });

  test('offers to go on only where that very model has a checkpoint', () => {
    const cut = { name: 'balanced-vgg', resumable: true };
    expect(optionsOf(present([fakeModel(cut)]))).toEqual({ split: 'balanced', architecture: 'vgg', resume: true });
    const cnn = { ...present([fakeModel(cut)]), architecture: ARCHITECTURES.findIndex(({ name }) => name === 'cnn') };
    expect(optionsOf(cnn)).toEqual({ split: 'balanced', architecture: 'cnn', epochs: 10 });
    expect(optionsOf({ ...present([fakeModel(cut)]), resume: false })).not.toHaveProperty('resume');
  });

  test('asks for nothing where there is nothing to train with', () => {
    expect(optionsOf(INITIAL_FORM)).toBeUndefined();
  });
});

describe('keys', () => {
  const plain = {} as Key;

  test('several characters in one input are several keys', () => {
    expect(keyPresses('q ü\r\u007F\u0003', plain).map(({ name }) => name)).toEqual([
      'q',
      'space',
      'ü',
      'enter',
      'backspace',
      'ctrl+c',
    ]);
    // Backspace in the console of Windows, Enter in some of its terminals.
    expect(keyPresses('\b\n', plain).map(({ name }) => name)).toEqual(['backspace', 'enter']);
    expect(keyPresses('', { upArrow: true } as Key)).toEqual([{ name: 'up', text: '' }]);
    expect(keyPresses('c', { ctrl: true } as Key)).toEqual([{ name: 'ctrl+c', text: '' }]);
  });

  test('a key waits until what the one before it did is shown', () => {
    const queue = new KeyQueue();
    const seen: string[] = [];
    queue.subscribe(({ name }: KeyPress) => seen.push(name));
    const handled = () => {};
    queue.push(keyPresses('ab', plain), handled);
    queue.push(keyPresses('c', plain), handled);
    expect(seen).toEqual(['a']);
    queue.next(handled);
    queue.next(handled);
    expect(seen).toEqual(['a', 'b', 'c']);
    queue.next(handled);
    queue.push(keyPresses('d', plain), handled);
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });
});

test.each<[string, boolean, NodeJS.ProcessEnv]>([
  ['win32', true, { WT_SESSION: '0b4e' }],
  ['win32', true, { TERM_PROGRAM: 'vscode' }],
  ['win32', true, { TERM: 'xterm-256color' }],
  ['win32', false, {}],
  ['win32', false, { LANG: 'en_US.UTF-8' }],
  ['darwin', true, { TERM: 'xterm-256color', LC_CTYPE: 'UTF-8' }],
  ['darwin', true, { TERM: 'xterm-256color' }],
  ['linux', false, { TERM: 'xterm-256color', LC_ALL: 'C', LANG: 'C.UTF-8' }],
  ['linux', false, { TERM: 'linux', LANG: 'C.UTF-8' }],
])('on %s more than ASCII is shown: %s, with %j', (platform, expected, env) => {
  expect(hasUnicode(env, platform)).toBe(expected);
});
