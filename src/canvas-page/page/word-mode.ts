import type { ServerMessage } from '../../core/server/protocol.ts';
import { ABOUT_TO_WRITE, LineReading } from '../line-reading.ts';
import { WordChoices } from '../line-words.ts';
import { formatMilliseconds } from '../prediction-text.ts';
import { SHEET_UNITS, Sheet } from '../sheet.ts';
import { Sketch } from '../sketch.ts';
import { AcceptedLines } from './accepted-lines.ts';
import { SettledAnnouncement } from './announcements.ts';
import { element } from './element.ts';
import { onEnter } from './enter-key.ts';
import { keepLineAcrossReloads } from './line-storage.ts';
import type { HelloMessage, Mode, Surroundings } from './mode.ts';
import { WordView } from './word-view.ts';

/** The base line of the paper, relative to its height; the style sheet rules it. */
const BASE_LINE = 0.66;

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
  readonly #reading: LineReading;
  readonly #view = new WordView();
  readonly #announcement: SettledAnnouncement;
  readonly #acceptButton = element('accept', HTMLButtonElement);
  /** The line is to be accepted as soon as it is read. */
  #acceptsWhenRead = false;
  #isActive = false;
  #connected = false;

  constructor(surroundings: Surroundings) {
    const { send, paper, announce } = surroundings;
    const { sketch } = this.sheet;
    const choices = new WordChoices();
    this.#surroundings = surroundings;
    this.#announcement = new SettledAnnouncement(announce);
    this.earlier = new AcceptedLines(sketch, choices, surroundings);
    this.earlier.onChange = () => surroundings.onUpdate(this);
    keepLineAcrossReloads(sketch, choices);
    this.#reading = new LineReading(sketch, choices, (message) => this.#isActive && send(message));
    sketch.onChange = () => this.#drawn();
    this.#view.onSelect = (index) => this.#select(index);
    this.#view.onChoose = (text) => this.#choose(text);
    this.#acceptButton.addEventListener('click', () => this.#accept());
    paper.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
      if (this.#isActive && !ctrlKey && !metaKey && !altKey && /^[1-5]$/.test(key)) this.#view.pick(Number(key) - 1);
    });
    onEnter(
      () => this.#isActive,
      () => this.#accept(),
    );
  }

  setActive(active: boolean): void {
    this.#isActive = active;
    this.#acceptsWhenRead = false;
    if (active) {
      this.#surroundings.send(ABOUT_TO_WRITE);
      this.#reading.restart();
      this.#show();
    } else {
      this.#announcement.cancel();
      this.#reading.ignorePending();
      this.#view.leave();
    }
  }

  setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#show();
  }

  greeted(_hello: HelloMessage): void {
    if (this.#isActive) this.#surroundings.send(ABOUT_TO_WRITE);
    this.#reading.restart();
    this.earlier.greeted();
  }

  receive(message: ServerMessage): void {
    if (message.type === 'accepted') this.earlier.answered(message);
    if (message.type !== 'text' && message.type !== 'text-refused') return;
    if (!this.#reading.answered(message)) return;
    this.#show();
    const { isRead, refusal, words, text } = this.#reading;
    if (this.#acceptsWhenRead && isRead) this.#accept();
    else this.#announcement.set(refusal || (words.length > 0 ? `Read as ${text}.` : ''));
  }

  #drawn(): void {
    if (this.#reading.drawn()) this.#acceptsWhenRead = false;
    if (this.sheet.sketch.isEmpty) this.#announcement.cancel();
    this.#surroundings.onDrawing(this);
    this.#surroundings.onUpdate(this);
    this.#show();
  }

  #select(index: number): void {
    this.#reading.select(index);
    this.#show();
  }

  #choose(text: string): void {
    if (!this.#reading.choose(text)) return;
    this.#show();
    this.#surroundings.announce(`Chosen: ${text}.`);
  }

  #accept(): void {
    const { sketch } = this.sheet;
    sketch.end();
    if (sketch.isEmpty) return;
    const { isRead, text } = this.#reading;
    if (!isRead) this.#acceptsWhenRead = this.#connected;
    else if (text !== '') this.earlier.accept(text);
  }

  #show(): void {
    if (!this.#isActive) return;
    const { words, selected, reader, refusal, isRead, isOutdated } = this.#reading;
    const about = reader?.model ? `Model ${reader.model} · read in ${formatMilliseconds(reader.milliseconds)}` : '';
    const outdated = isOutdated && (!this.#connected || refusal !== '');
    this.#view.show({ words, selected, status: this.#status, outdated, about });
    const canAccept = !this.sheet.sketch.isEmpty && words.length > 0 && (this.#connected || isRead);
    this.#acceptButton.setAttribute('aria-disabled', String(!canAccept));
  }

  /** A sentence about the line. */
  get #status(): string {
    const { words, text, reader, refusal, isRead } = this.#reading;
    if (this.sheet.sketch.isEmpty) return 'Write on the line. A gap starts the next word.';
    if (!this.#connected && !isRead) return 'The line is read once the page is connected.';
    if (refusal) return refusal;
    if (reader && text === '') return 'Nothing was read.';
    return words.length > 1 ? 'Wrong? Tap a word, then the right one.' : 'Wrong? Choose the right one.';
  }
}
