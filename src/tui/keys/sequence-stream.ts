import { Readable } from 'node:stream';

/** Milliseconds after which an escape character that nothing follows is the Esc key. Vim and tmux wait as long. */
const ESCAPE_DELAY = 100;
/** Milliseconds that the rest of a sequence may take. No key of ours sends a part of one, so there is no hurry. */
const SEQUENCE_DELAY = 1000;

const ESCAPE = '\u001B';
/** Esc as the Kitty keyboard protocol encodes it. Unlike the bare character, it cannot be the start of anything. */
const ESCAPE_KEY = '\u001B[27u';
/** Escape characters, or a sequence without its final character, at the end of the input. */
const INCOMPLETE = new RegExp(`${ESCAPE}+(?:\\[\\[?[0-?]*[ -/]*|O[\\d;]*)?$`);

const PASTE_START = '\u001B[200~';
const PASTE_END = '\u001B[201~';

/**
 * A terminal's input in which escape sequences are never split. Over a slow connection, the characters of an arrow key can
 * arrive one after the other; Ink waits 20 ms for the next and otherwise takes the first for the Esc key.
 */
export class SequenceStream extends Readable {
  readonly isTTY = true;
  readonly #source: NodeJS.ReadStream;
  #isReading = false;
  #held = '';
  #isPasting = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(source: NodeJS.ReadStream) {
    super();
    this.#source = source;
  }

  override _read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#source.setEncoding('utf8');
    this.#source.on('data', this.#onData);
  }

  setRawMode(isRaw: boolean): this {
    this.#source.setRawMode(isRaw);
    return this;
  }

  ref(): this {
    this.#source.ref();
    return this;
  }

  unref(): this {
    this.#source.unref();
    return this;
  }

  /** Stops reading from the terminal. */
  close(): void {
    this.#cancelTimer();
    if (!this.#isReading) return;
    this.#source.off('data', this.#onData);
    this.#source.pause();
  }

  readonly #onData = (data: Buffer | string): void => {
    this.#cancelTimer();
    const chunk = data.toString();
    const held = this.#held;
    // Esc and then another key, typed faster than the delay.
    const isEsc = held !== '' && isEscapesOnly(held) && !/^[[O]/.test(chunk);
    this.#forward(isEsc ? escapeKeys(held) + chunk : held + chunk);
  };

  #forward(text: string): void {
    this.#isPasting = this.#isPasting
      ? text.lastIndexOf(PASTE_END) === -1 || text.lastIndexOf(PASTE_START) > text.lastIndexOf(PASTE_END)
      : text.lastIndexOf(PASTE_START) > text.lastIndexOf(PASTE_END);
    // Ink assembles pasted text by itself, whatever it contains.
    this.#held = this.#isPasting ? '' : (INCOMPLETE.exec(text)?.[0] ?? '');
    const complete = text.slice(0, text.length - this.#held.length);
    if (complete) this.push(complete);
    if (this.#held) {
      this.#timer = setTimeout(this.#onTimeout, isEscapesOnly(this.#held) ? ESCAPE_DELAY : SEQUENCE_DELAY);
    }
  }

  /** After a busy moment, timers run before input that has long arrived is read: read it first. */
  readonly #onTimeout = (): void => {
    this.#immediate = setImmediate(() => {
      const held = this.#held;
      this.#held = '';
      if (isEscapesOnly(held)) this.push(escapeKeys(held));
    });
  };

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }
}

function isEscapesOnly(text: string): boolean {
  return text.replaceAll(ESCAPE, '') === '';
}

function escapeKeys(escapes: string): string {
  return ESCAPE_KEY.repeat(escapes.length);
}
