import { isEmnistError } from '../core/errors.ts';
import type { Paths } from '../core/paths.ts';
import type { Expectation } from '../core/server/expectation.ts';
import type { PageMode } from '../core/server/protocol.ts';
import { type Drawing, startDrawing } from './draw.ts';
import type { AcceptedWords } from './line-reader.ts';
import type { DrawOptions } from './options/draw.ts';

/**
 * Canvas servers one after the other, for as long as the program runs. Each takes the port and the token of the one before,
 * so that pages that are still open connect to it. If the port is not free, it gets another one. What pages are to expect is
 * remembered, also for models that cannot answer it, and so are their mode and the words that were accepted.
 */
export class DrawSession {
  readonly #paths: Paths;
  #address: { port: number; token: string } | null = null;
  #expected: Expectation = {};
  #mode: PageMode | null = null;
  /** The words that were accepted on pages. */
  readonly #accepted: AcceptedWords = new Map();
  /** Settles when the servers so far that were asked to close have done so. */
  #closed: Promise<unknown> = Promise.resolve();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  async start(options: Pick<DrawOptions, 'model' | 'host' | 'adapt' | 'text'>): Promise<Drawing> {
    await this.#closed;
    const server = await this.#listen(options);
    this.#address = { port: server.port, token: server.token };
    server.setExpected(this.#expected);
    if (this.#mode) server.setMode(this.#mode);
    return {
      ...server,
      expected: this.#expected,
      mode: this.#mode ?? server.mode,
      setExpected: (expected) => {
        this.#expected = expected;
        server.setExpected(expected);
      },
      setMode: (mode) => {
        this.#mode = mode;
        server.setMode(mode);
      },
      close: () => {
        const closed = server.close();
        this.#closed = Promise.allSettled([this.#closed, closed]);
        return closed;
      },
    };
  }

  async #listen(options: DrawOptions): Promise<Drawing> {
    const context = { paths: this.#paths, accepted: this.#accepted };
    if (!this.#address) return startDrawing(options, context);
    const { port, token } = this.#address;
    try {
      return await startDrawing({ ...options, port, token }, context);
    } catch (error) {
      if (!isEmnistError(error, 'port-taken')) throw error;
      return startDrawing({ ...options, token }, context);
    }
  }
}
