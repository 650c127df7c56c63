import { fileURLToPath } from 'node:url';
import { parseOptions } from '../app/options/parse.ts';
import { recognizeTextOptions } from '../app/options/predict.ts';
import { readLexicon } from '../app/read-lexicon.ts';
import { readPicture } from '../core/images/picture-file.ts';
import { expandHome } from '../core/paths.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { checkDrawing } from '../core/strokes/stroke-file.ts';
import { type Lexicon, parseLexicon } from '../core/text/lexicon.ts';
import { pictureLines } from '../core/text/picture-lines.ts';
import { readPictureLine } from '../core/text/read-picture-line.ts';
import { createTextReader, joinLines, type TextReader } from '../core/text/text-reader.ts';
import type { TextReading } from '../core/text/text-reading.ts';

/** How text is read. */
export interface RecognizeTextOptions {
  /** Candidates for the text. At least 1. Default: `5`. */
  top?: number;
  /**
   * Words that are preferred; other words can still be read. `english`, `none`, the path of a file with a word on each line and its
   * count if it is known, a list of words, or a Map of words with counts. A list or Map is read only once, so pass a new one if its
   * words change. Default: `english`.
   */
  lexicon?: 'english' | 'none' | (string & {}) | Iterable<string> | ReadonlyMap<string, number>;
}

/** Reads text with the word model, which is loaded when it is first needed. */
export class TextRecognizer {
  #reader: Promise<TextReader> | null = null;
  #pending: Promise<unknown> = Promise.resolve();
  readonly #lexicons = new WeakMap<object, Lexicon>();

  /** Reads a drawing or a picture: see `Recognizer.recognizeText`. */
  recognize(input: Drawing | string | URL | Uint8Array, options: RecognizeTextOptions = {}): Promise<TextReading> {
    const result = this.#recognize(input, options);
    this.#pending = Promise.allSettled([this.#pending, result]);
    return result;
  }

  /** Frees the model once pending calls are answered. */
  async dispose(): Promise<void> {
    await this.#pending;
    const reader = await this.#reader?.catch(() => null); // reported to whoever asked for it
    await reader?.dispose();
  }

  async #recognize(input: Drawing | string | URL | Uint8Array, options: RecognizeTextOptions): Promise<TextReading> {
    const { top, lexicon: given } = parseOptions(recognizeTextOptions, options);
    const lexicon = typeof given === 'string' ? await readLexicon(given) : this.#lexiconOf(given);
    const reading = { top, lexicon };
    if (Array.isArray(input)) {
      const drawing = checkDrawing(input);
      return (await this.#load()).readStrokes(drawing, reading);
    }
    const lines = await readLines(input as string | URL | Uint8Array);
    const reader = await this.#load();
    return joinLines(await Promise.all(lines.map((line) => readPictureLine(reader, line, reading))), top);
  }

  #load(): Promise<TextReader> {
    this.#reader ??= createTextReader().catch((error) => {
      this.#reader = null;
      throw error;
    });
    return this.#reader;
  }

  #lexiconOf(words: Iterable<string> | ReadonlyMap<string, number>): Lexicon {
    const known = this.#lexicons.get(words);
    if (known) return known;
    const lines = words instanceof Map ? Array.from(words, ([word, count]) => `${word} ${count}`) : [...words];
    const lexicon = parseLexicon(lines.join('\n'), 'the lexicon');
    this.#lexicons.set(words, lexicon);
    return lexicon;
  }
}

async function readLines(picture: string | URL | Uint8Array) {
  if (picture instanceof Uint8Array) return pictureLines(picture, 'the picture');
  const file = picture instanceof URL ? fileURLToPath(picture) : expandHome(picture);
  return pictureLines(await readPicture(file), file);
}
