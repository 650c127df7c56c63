import { Readable } from 'node:stream';

/** Milliseconds after which an escape character that nothing follows is the Esc key. Vim and tmux wait as long. */
const ESCAPE_DELAY = 100;
/** Milliseconds that the rest of a sequence may take. No key of ours sends a part of one, so there is no hurry. */
const SEQUENCE_DELAY = 1000;

const ESCAPE = '\u001B';
/** Esc as the Kitty keyboard protocol encodes it. Unlike the bare character, it cannot be the start of anything. */
const ESCAPE_KEY = '\u001B[27u';
/** Esc and then Enter or the space bar, which Ink would take for keys pressed with Alt; the app has no such keys. */
const ESCAPE_AND_KEY = new RegExp(`${ESCAPE}(?=[\\r ])`, 'g');
/** Escape characters, or a sequence without its final character, at the end of the input. */
const INCOMPLETE = new RegExp(`${ESCAPE}+(?:\\[M[^]{0,2}|\\[\\[?[0-?]*[ -/]*|O[\\d;]*)?$`);
/** Sequences of the mouse: with decimal numbers or, from terminals that support nothing else, three characters. */
const MOUSE = new RegExp(`(${ESCAPE}\\[(?:<[\\d;]*[Mm]|M[^]{3}))`);

const PASTE_START = '\u001B[200~';
const PASTE_END = '\u001B[201~';

/**
 * A terminal's input in which escape sequences are never split. Over a slow connection, the characters of an arrow key can
 * arrive one after the other; Ink waits 20 ms for the next and otherwise takes the first for the Esc key. Ink does not know
 * the mouse, so its sequences are taken out.
 */
export class SequenceStream extends Readable {
  readonly isTTY = true;
  readonly #source: NodeJS.ReadStream;
  readonly #onMouse: (sequence: string) => void;
  /** Text and sequences of the mouse, in the order in which they arrived. */
  readonly #waiting: { readonly text: string; readonly isMouse: boolean }[] = [];
  #isReading = false;
  #held = '';
  #isPasting = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** @param onMouse receives each sequence of the mouse, once all that arrived before it has been read */
  constructor(source: NodeJS.ReadStream, onMouse: (sequence: string) => void = () => {}) {
    super();
    this.#source = source;
    this.#onMouse = onMouse;
  }

  override read(size?: number): unknown {
    const chunk: unknown = super.read(size);
    if (chunk === null) this.#passOn();
    return chunk;
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
    const whole = text.slice(0, text.length - this.#held.length);
    const complete = whole.includes(PASTE_START) ? whole : whole.replace(ESCAPE_AND_KEY, ESCAPE_KEY);
    // Odd parts are what the expression matches.
    complete.split(MOUSE).forEach((part, index) => {
      if (part !== '') this.#waiting.push({ text: part, isMouse: index % 2 === 1 });
    });
    this.#passOn();
    if (this.#held) {
      this.#timer = setTimeout(this.#onTimeout, isEscapesOnly(this.#held) ? ESCAPE_DELAY : SEQUENCE_DELAY);
    }
  }

  /** Passes on what has arrived: the mouse only when the keys before it have been read, since they may lead to another screen. */
  #passOn(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (next.isMouse && this.readableLength > 0) return;
      this.#waiting.shift();
      if (next.isMouse) this.#onMouse(next.text);
      else this.push(next.text);
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
