import type { Key } from 'ink';
import { graphemes } from './text.ts';

/** One press of a key. */
export interface KeyPress {
  /** As the keymap writes it: `up`, `enter`, `ctrl+c`, `space`, or the character itself. */
  readonly name: string;
  /** The character that was typed; empty where the key types none. */
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
 * The keys in what Ink reports as one input: when the program is busy or the typist fast, several characters come at once,
 * control characters among them.
 */
export function keyPresses(input: string, key: Key): KeyPress[] {
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

type Listener = (press: KeyPress) => void;

/**
 * Hands key presses to whoever has the keys, one at a time: the next only after `next` said that the screen shows what the
 * last one did. Else two keys that arrive together would both act on what was there before.
 */
export class KeyQueue {
  readonly #listeners = new Set<Listener>();
  readonly #waiting: KeyPress[] = [];
  #busy = false;

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `onHandled` is called after each key; it has to lead to `next`. */
  push(presses: readonly KeyPress[], onHandled: () => void): void {
    this.#waiting.push(...presses);
    if (!this.#busy) this.next(onHandled);
  }

  next(onHandled: () => void): void {
    const press = this.#waiting.shift();
    this.#busy = press !== undefined;
    if (!press) return;
    // Those who come or go meanwhile have no part in this press.
    for (const listener of [...this.#listeners]) listener(press);
    onHandled();
  }
}
