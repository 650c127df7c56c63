import type { LineReader } from '../core/server/draw-options.ts';
import type { Drawing, Point } from '../core/strokes/drawing.ts';
import type { Lexicon } from '../core/text/lexicon.ts';
import type { TextReader } from '../core/text/text-reader.ts';

/** Words that were accepted, in small letters, with how often. */
export type AcceptedWords = Map<string, number>;

/** How many different words are kept, so that a session of days takes no more memory than one of hours. */
const MAX_WORDS = 10_000;

/** The first readings take several times as long as later ones, and somebody waits for them, so this many are made in advance. */
const WARM_UP_ROUNDS = 3;
const LETTERS = 8;
/** Circles, bars, and arches, which can be read in many ways, so that much of the decoder is used. Each stroke is a letter. */
const WARM_UP_LINE: Drawing = Array.from({ length: LETTERS }, (_, letter) =>
  Array.from({ length: 25 }, (_, point): Point => {
    const [left, part] = [60 * letter, point / 24];
    const angle = 2 * Math.PI * part;
    if (letter % 3 === 0) return [left + 25 + 25 * Math.cos(angle), 75 + 25 * Math.sin(angle)];
    if (letter % 3 === 1) return [left + 25 + 10 * Math.sin(2 * angle), 100 * part];
    return [left + 50 * part, 75 + 25 * Math.abs(Math.sin(angle))];
  }),
);

/** Reads the lines of the canvas page with the word model, which is loaded when it is first needed. */
export class LoadingLineReader implements LineReader {
  readonly #lexicon: Lexicon | null | undefined;
  readonly #accepted: AcceptedWords;
  #reader: Promise<TextReader> | null = null;
  #disposed = false;

  /**
   * @param lexicon as in `TextOptions`
   * @param accepted what was accepted so far in this session; what is accepted later is added
   */
  constructor(lexicon: Lexicon | null | undefined, accepted: AcceptedWords) {
    this.#lexicon = lexicon;
    this.#accepted = accepted;
  }

  /** Loads the model. Throws `installation-damaged` if it is missing. */
  async load(): Promise<void> {
    await this.#load();
  }

  prepare(): void {
    this.#load().catch(() => {}); // thrown again by `read`
  }

  async read(strokes: Drawing) {
    const reader = await this.#load();
    const { text, candidates, characters, words } = await reader.readStrokes(strokes, this.#options);
    return {
      text,
      candidates,
      characters: characters.map(({ label, probability, strokes = [] }) => ({ label, probability, strokes })),
      words: words.map(({ text, candidates, strokes = [] }) => ({ text, candidates, strokes })),
      model: reader.model,
    };
  }

  accept(text: string): void {
    for (const word of wordsOf(text)) {
      if (this.#accepted.size >= MAX_WORDS && !this.#accepted.has(word)) continue;
      this.#accepted.set(word, (this.#accepted.get(word) ?? 0) + 1);
    }
  }

  /** Waits until a model that is being loaded can be disposed of. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const reader = await this.#reader?.catch(() => null);
    await reader?.dispose();
  }

  get #options() {
    return { ...(this.#lexicon !== undefined && { lexicon: this.#lexicon }), accepted: this.#accepted };
  }

  #load(): Promise<TextReader> {
    if (this.#disposed) return Promise.reject(new Error('The reader has been disposed of.'));
    this.#reader ??= this.#create().catch((error) => {
      // Tried again when something is to be read.
      this.#reader = null;
      throw error;
    });
    return this.#reader;
  }

  async #create(): Promise<TextReader> {
    const { createTextReader } = await import('../core/text/text-reader.ts');
    const reader = await createTextReader();
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      for (let letters = 1; letters <= LETTERS; letters++) {
        await reader.readStrokes(WARM_UP_LINE.slice(0, letters), this.#options);
      }
    }
    return reader;
  }
}

/** The words of a text in small letters, without the punctuation around them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}](?:[\p{L}\p{N}'-]*[\p{L}\p{N}])?/gu) ?? [];
}
