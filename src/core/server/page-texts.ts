import { EmnistError } from '../errors.ts';
import type { Client } from './client.ts';
import type { DrawUpdate, TextRecognition } from './draw-event.ts';
import type { DrawServerOptions, LineReader } from './draw-options.ts';
import { pageMessage } from './page-message.ts';
import type { AcceptMessage, PageMode, TextMessage } from './protocol.ts';

/** How many accepted texts are remembered, so that one that is sent again does not count twice. */
const MAX_KEYS = 1000;

const NOTHING: TextRecognition = { text: '', candidates: [], characters: [], words: [], model: '' };

/** Reads the lines that pages write, and passes on the texts that their users accept. */
export class PageTexts {
  /** In which mode pages start. */
  mode: PageMode;
  readonly #reader: LineReader | undefined;
  readonly #report: (update: DrawUpdate) => void;
  /** The pages with strokes in their latest line. */
  readonly #writing = new WeakSet<Client>();
  /** The keys of the latest accepted texts, oldest first. */
  readonly #keys = new Set<string>();

  /** Without a reader of text, no page can write. */
  constructor(
    { text, mode = 'character' }: Pick<DrawServerOptions, 'text' | 'mode'>,
    report: (update: DrawUpdate) => void,
  ) {
    this.#reader = text;
    this.mode = mode;
    this.#report = report;
  }

  /** What pages are told. */
  get offer(): { text?: true; mode?: 'word' } {
    if (!this.#reader) return {};
    return { text: true, ...(this.mode === 'word' && { mode: 'word' }) };
  }

  /** Reads a line and answers the page. Throws what the reader throws, unless it is an EmnistError. */
  async read(client: Client, { id, strokes }: TextMessage): Promise<void> {
    const start = performance.now();
    let line: TextRecognition;
    try {
      line = await this.#recognize(strokes);
    } catch (error) {
      if (!(error instanceof EmnistError)) throw error;
      client.send({ type: 'text-refused', id, message: pageMessage(error) });
      return;
    }
    if (!client.isOpen) return;
    const milliseconds = Math.round((performance.now() - start) * 100) / 100;
    const { text, candidates, characters, words, model } = line;
    client.send({ type: 'text', id, text, candidates, words, characters, milliseconds, model });
    if (strokes.length > 0) this.#writing.add(client);
    // An empty line is news only where there was something before.
    else if (!this.#writing.delete(client)) return;
    this.#report({
      event: {
        event: 'text',
        client: client.number,
        strokes: strokes.length,
        text,
        candidates,
        characters,
        words,
        milliseconds,
        model,
      },
      line: strokes,
    });
  }

  /** The user of a page has accepted a line. */
  accept(client: Client, { id, key, text }: AcceptMessage): void {
    if (!this.#keys.has(key)) {
      this.#keys.add(key);
      const [oldest] = this.#keys;
      if (this.#keys.size > MAX_KEYS) this.#keys.delete(oldest!);
      this.#reader?.accept(text);
      this.#report({ event: { event: 'accepted', client: client.number, text } });
    }
    client.send({ type: 'accepted', id });
  }

  async #recognize(strokes: TextMessage['strokes']): Promise<TextRecognition> {
    if (!this.#reader) throw new EmnistError('usage', 'words cannot be read here', {});
    if (strokes.length > 0) return await this.#reader.read(strokes);
    this.#reader.prepare();
    return NOTHING;
  }
}
