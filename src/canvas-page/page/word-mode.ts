import type { ServerMessage } from '../../core/server/protocol.ts';
import type { Drawing, Stroke } from '../../core/strokes/drawing.ts';
import { encodeLine } from '../drawing-message.ts';
import { DrawingSender } from '../drawing-sender.ts';
import { type LineWord, textOf, WordChoices } from '../line-words.ts';
import { formatMilliseconds } from '../prediction-text.ts';
import { SHEET_UNITS, Sheet } from '../sheet.ts';
import { Sketch } from '../sketch.ts';
import { AcceptedLines } from './accepted-lines.ts';
import { element } from './element.ts';
import { keepLineAcrossReloads } from './line-storage.ts';
import type { HelloMessage, Mode, Surroundings } from './mode.ts';
import { WordView } from './word-view.ts';

/** The base line of the paper, relative to its height; the style sheet rules it. */
const BASE_LINE = 0.66;

/** The line is announced to screen readers when it has not changed for this long. */
const ANNOUNCE_AFTER_MILLISECONDS = 700;

/** Tells the server that somebody is about to write. No other message has this ID. */
const ABOUT_TO_WRITE = encodeLine(0, []);

type TextMessage = Extract<ServerMessage, { type: 'text' }>;

/** Words on a line are read, corrected, and accepted into a running text. */
export class WordMode implements Mode {
  readonly sheet = new Sheet(new Sketch(), {
    start: [0.08 * SHEET_UNITS, BASE_LINE * SHEET_UNITS],
    penWidth: 20,
    isStrip: true,
  });
  readonly task = 'Write a word or a line';
  readonly earlier: AcceptedLines;

  readonly #surroundings: Surroundings;
  readonly #view = new WordView();
  readonly #choices = new WordChoices();
  readonly #sender: DrawingSender;
  readonly #acceptButton = element('accept', HTMLButtonElement);
  /** The latest reading, and the line that it is of. */
  #read: { readonly message: TextMessage; readonly drawing: Drawing } | null = null;
  #words: readonly LineWord[] = [];
  /** A stroke of the word that was tapped; null for the last word. */
  #selected: Stroke | null = null;
  /** Why the line was not read, as a sentence. */
  #refusal = '';
  #finished: Drawing;
  /** The line is to be accepted as soon as it is read. */
  #acceptsWhenRead = false;
  #isActive = false;
  #connected = false;
  #announceTimer: number | undefined;

  constructor(surroundings: Surroundings) {
    const { send, paper } = surroundings;
    const { sketch } = this.sheet;
    this.#surroundings = surroundings;
    this.earlier = new AcceptedLines(sketch, this.#choices, surroundings);
    this.earlier.onChange = () => surroundings.onUpdate(this);
    this.#sender = new DrawingSender(
      (message) => this.#isActive && send(message),
      () => sketch.finished,
      encodeLine,
    );
    keepLineAcrossReloads(sketch, this.#choices);
    this.#finished = sketch.finished;
    sketch.onChange = () => this.#drawn();
    this.#view.onSelect = (index) => this.#select(index);
    this.#view.onChoose = (text) => this.#choose(text);
    this.#acceptButton.addEventListener('click', () => this.#accept());
    paper.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
      if (this.#isActive && !ctrlKey && !metaKey && !altKey && /^[1-5]$/.test(key)) this.#view.pick(Number(key) - 1);
    });
    document.addEventListener('keydown', (event) => this.#keyPressed(event));
  }

  setActive(active: boolean): void {
    this.#isActive = active;
    this.#acceptsWhenRead = false;
    if (active) {
      this.#surroundings.send(ABOUT_TO_WRITE);
      this.#sender.restart();
      this.#show();
    } else {
      clearTimeout(this.#announceTimer);
      this.#sender.ignorePending();
      this.#view.leave();
    }
  }

  setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#show();
  }

  greeted(_hello: HelloMessage): void {
    if (this.#isActive) this.#surroundings.send(ABOUT_TO_WRITE);
    this.#sender.restart();
    this.earlier.greeted();
  }

  receive(message: ServerMessage): void {
    if (message.type === 'accepted') this.earlier.answered(message);
    if ((message.type !== 'text' && message.type !== 'text-refused') || message.id === 0) return;
    if (!this.#sender.answered(message.id)) return;
    const drawing = this.#sender.read;
    this.#refusal = message.type === 'text-refused' ? message.message : '';
    if (message.type === 'text' && drawing) this.#read = { message, drawing };
    this.#update();
    if (this.#acceptsWhenRead && this.#isRead) this.#accept();
    else this.#announceLater();
  }

  /** Whether the line as it is now was read. */
  get #isRead(): boolean {
    return this.#read !== null && this.#read.drawing === this.sheet.sketch.finished;
  }

  #drawn(): void {
    const { sketch } = this.sheet;
    if (sketch.finished !== this.#finished) {
      this.#finished = sketch.finished;
      this.#selected = null;
      this.#acceptsWhenRead = false;
      if (sketch.isEmpty) {
        this.#sender.ignorePending();
        this.#read = null;
        clearTimeout(this.#announceTimer);
      }
      this.#sender.update(true);
      this.#update();
    }
    this.#surroundings.onDrawing(this);
    this.#surroundings.onUpdate(this);
    this.#show();
  }

  #update(): void {
    this.#words = this.#read ? this.#choices.wordsOf(this.#read.message, this.#read.drawing) : [];
    this.#show();
  }

  #select(index: number): void {
    this.#selected = this.#words[index]?.strokes[0] ?? null;
    this.#show();
  }

  #choose(text: string): void {
    const word = this.#words[this.#selectedIndex];
    if (!word) return;
    this.#choices.choose(word, text);
    this.#selected = null;
    this.#update();
    this.#surroundings.announce(`Chosen: ${text}.`);
  }

  #accept(): void {
    const { sketch } = this.sheet;
    sketch.end();
    if (sketch.isEmpty) return;
    if (!this.#isRead) {
      this.#acceptsWhenRead = this.#connected;
      return;
    }
    const text = textOf(this.#words);
    if (text !== '') this.earlier.accept(text);
  }

  #keyPressed(event: KeyboardEvent): void {
    const { target, key, repeat, ctrlKey, metaKey, altKey } = event;
    if (!this.#isActive || key !== 'Enter' || repeat || ctrlKey || metaKey || altKey) return;
    // Enter already does something there.
    if (target instanceof Element && target.closest('button, input, select, textarea, a, summary')) return;
    event.preventDefault();
    this.#accept();
  }

  get #selectedIndex(): number {
    const selected = this.#selected;
    const index = selected === null ? -1 : this.#words.findIndex(({ strokes }) => strokes.includes(selected));
    return index === -1 ? this.#words.length - 1 : index;
  }

  #show(): void {
    if (!this.#isActive) return;
    const outdated = this.#read !== null && !this.#isRead && (!this.#connected || this.#refusal !== '');
    const { model = '', milliseconds = 0 } = this.#read?.message ?? {};
    const about = model ? `Model ${model} · read in ${formatMilliseconds(milliseconds)}` : '';
    const [words, selected, status] = [this.#words, this.#selectedIndex, this.#status];
    this.#view.show({ words, selected, status, outdated, about });
    const canAccept = !this.sheet.sketch.isEmpty && this.#words.length > 0 && (this.#connected || this.#isRead);
    this.#acceptButton.setAttribute('aria-disabled', String(!canAccept));
  }

  get #status(): string {
    const { isEmpty } = this.sheet.sketch;
    if (isEmpty) return 'Write on the line. A gap starts the next word.';
    if (!this.#connected && !this.#isRead) return 'The line is read once the page is connected.';
    if (this.#refusal) return this.#refusal;
    if (this.#read?.message.text === '') return 'Nothing was read.';
    return this.#words.length > 1 ? 'Wrong? Tap a word, then the right one.' : 'Wrong? Choose the right one.';
  }

  #announceLater(): void {
    clearTimeout(this.#announceTimer);
    const text = this.#refusal || (this.#words.length > 0 ? `Read as ${textOf(this.#words)}.` : '');
    if (text === '') return;
    this.#announceTimer = setTimeout(() => this.#surroundings.announce(text), ANNOUNCE_AFTER_MILLISECONDS);
  }
}
