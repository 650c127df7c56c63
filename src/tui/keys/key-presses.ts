import type { Key } from 'ink';
import { graphemes } from '../../app/text-layout.ts';
import type { MouseInput } from '../mouse/mouse-input.ts';

export interface KeyPress {
  /** As in the keymap: `up`, `enter`, `ctrl+c`, `space`, or the character itself; `paste` for pasted text. */
  readonly name: string;
  /** The character typed or the text pasted; empty if the key types none. */
  readonly text: string;
  /** The text that it arrived in, if it did. */
  readonly run?: TextRun;
  /** No key, but the mouse, which is handled in turn with the keys. */
  readonly mouse?: MouseInput;
}

/** Text that arrived all at once: a terminal without bracketed paste has pasted it, or another program types it. */
export interface TextRun {
  /** A text field has received it, so the keys at its end are meant as such. */
  isTaken: boolean;
}

const CONTROL: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007F': 'backspace',
};

/**
 * Splits one of Ink's inputs into key presses. Keys that arrive together, from a fast typist or while the program is busy,
 * are one input, control characters included.
 */
export function parseKeyPresses(input: string, key: Key): KeyPress[] {
  const named = nameOf(key);
  if (named) return [{ name: named, text: '' }];
  if (key.ctrl) return [{ name: `ctrl+${input}`, text: '' }];
  if (key.meta) return [];
  const presses = graphemes(input).map(parseCharacter);
  if (!isText(presses)) return presses;
  const run: TextRun = { isTaken: false };
  const first = presses.findIndex(({ text }) => text !== '');
  // A slash starts a filter or a path, and is never the key for anything else.
  const start = presses[first]!.text === '/' ? first + 1 : first;
  return presses.map((press, index) => (index < start ? press : { ...press, run }));
}

function parseCharacter(character: string): KeyPress {
  if (character === ' ') return { name: 'space', text: character };
  if (character >= ' ' && character !== '\u007F') return { name: character, text: character };
  const control = CONTROL[character] ?? `ctrl+${String.fromCharCode(character.charCodeAt(0) + 96)}`;
  return { name: control, text: '' };
}

/** Nobody types four characters at once. A key that is held down repeats a single one. */
function isText(presses: readonly KeyPress[]): boolean {
  const typed = presses.filter(({ text }) => text !== '');
  return typed.length >= 4 && new Set(typed.map(({ name }) => name)).size >= 3;
}

function nameOf(key: Key): string | undefined {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageUp';
  if (key.pageDown) return 'pageDown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return undefined;
}
