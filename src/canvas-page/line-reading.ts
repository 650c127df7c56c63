import type { ServerMessage } from '../core/server/protocol.ts';
import type { Drawing, Stroke } from '../core/strokes/drawing.ts';
import { encodeLine } from './drawing-message.ts';
import { DrawingSender } from './drawing-sender.ts';
import { type LineWord, textOf, type WordChoices } from './line-words.ts';
import type { Sketch } from './sketch.ts';

/** Tells the server that somebody is about to write. No other message has this ID. */
export const ABOUT_TO_WRITE = encodeLine(0, []);

type TextMessage = Extract<ServerMessage, { type: 'text' }>;
export type LineAnswer = Extract<ServerMessage, { type: 'text' | 'text-refused' }>;

/** How the line on the paper is read, after each stroke, and which of its words is selected. */
export class LineReading {
  readonly #sketch: Sketch;
  readonly #choices: WordChoices;
  readonly #sender: DrawingSender;
  /** The latest reading, and the line that was read. */
  #read: { readonly message: TextMessage; readonly drawing: Drawing } | null = null;
  #words: readonly LineWord[] = [];
  #refusal = '';
  /** A stroke of the word that was selected; null for the last word. */
  #selected: Stroke | null = null;
  #finished: Drawing;

  /** @param send sends a message to the server; returns false without a connection */
  constructor(sketch: Sketch, choices: WordChoices, send: (message: string) => boolean) {
    this.#sketch = sketch;
    this.#choices = choices;
    this.#finished = sketch.finished;
    this.#sender = new DrawingSender(send, () => sketch.finished, encodeLine);
  }

  /** The words as they were read or chosen; empty until something was read. */
  get words(): readonly LineWord[] {
    return this.#words;
  }

  get text(): string {
    return textOf(this.#words);
  }

  /** The index of the selected word; -1 without words. */
  get selected(): number {
    const selected = this.#selected;
    const index = selected === null ? -1 : this.#words.findIndex(({ strokes }) => strokes.includes(selected));
    return index === -1 ? this.#words.length - 1 : index;
  }

  /** Why the line was not read, as a sentence; empty if it was. */
  get refusal(): string {
    return this.#refusal;
  }

  /** What read the line, and how fast; null until something was read. */
  get reader(): Pick<TextMessage, 'model' | 'milliseconds'> | null {
    return this.#read?.message ?? null;
  }

  /** Whether the words are those of an earlier line. */
  get isOutdated(): boolean {
    return this.#read !== null && !this.isRead;
  }

  /** Whether the line as it is now was read. */
  get isRead(): boolean {
    return this.#read !== null && this.#read.drawing === this.#sketch.finished;
  }

  /** To be called when the sketch has changed. Returns whether a stroke has come or gone, so that the line is read again. */
  drawn(): boolean {
    const { finished, isEmpty } = this.#sketch;
    if (finished === this.#finished) return false;
    this.#finished = finished;
    this.#selected = null;
    if (isEmpty) {
      this.#sender.ignorePending();
      this.#read = null;
    }
    this.#sender.update(true);
    this.#update();
    return true;
  }

  /** To be called when the server knows nothing of the line yet. */
  restart(): void {
    this.#sender.restart();
  }

  /** Makes the pending answer outdated. */
  ignorePending(): void {
    this.#sender.ignorePending();
  }

  /** To be called for each answer. Returns whether it changes anything. */
  answered(message: LineAnswer): boolean {
    if (message.id === 0 || !this.#sender.answered(message.id)) return false;
    const drawing = this.#sender.read;
    this.#refusal = message.type === 'text-refused' ? message.message : '';
    if (message.type === 'text' && drawing) this.#read = { message, drawing };
    this.#update();
    return true;
  }

  select(index: number): void {
    this.#selected = this.#words[index]?.strokes[0] ?? null;
  }

  /** Chooses a text for the selected word. Returns whether there is one. */
  choose(text: string): boolean {
    const word = this.#words[this.selected];
    if (!word) return false;
    this.#choices.choose(word, text);
    this.#update();
    return true;
  }

  #update(): void {
    this.#words = this.#read ? this.#choices.wordsOf(this.#read.message, this.#read.drawing) : [];
  }
}
