import type { Key } from 'ink';
import { graphemes } from '../../app/text-layout.ts';

export interface KeyPress {
  /** As in the keymap: `up`, `enter`, `ctrl+c`, `space`, or the character itself. */
  readonly name: string;
  /** The character typed; empty if the key types none. */
  readonly text: string;
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
  return graphemes(input).map((character) => {
    if (character === ' ') return { name: 'space', text: character };
    if (character >= ' ' && character !== '\u007F') return { name: character, text: character };
    const control = CONTROL[character] ?? `ctrl+${String.fromCharCode(character.charCodeAt(0) + 96)}`;
    return { name: control, text: '' };
  });
}

function nameOf(key: Key): string | undefined {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  return undefined;
}
