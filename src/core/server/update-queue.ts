import type { DrawUpdate } from './draw-options.ts';

/** How many updates wait for a reader before older ones give way. */
const LIMIT = 32;

/**
 * Updates on their way from the server to whoever iterates. A reader that keeps up sees each of them; for one that does
 * not, a client's newer prediction replaces its older ones, so that memory stays bounded and the latest is never lost.
 */
export class UpdateQueue implements AsyncIterable<DrawUpdate> {
  readonly #updates: DrawUpdate[] = [];
  readonly #readers: PromiseWithResolvers<void>[] = [];
  #ended = false;
  #error: { thrown: unknown } | null = null;

  push(update: DrawUpdate): void {
    if (this.#ended) return;
    this.#updates.push(update);
    if (this.#updates.length > LIMIT) this.#updates.splice(this.#leastWorth(), 1);
    this.#wake();
  }

  /** Lets readers take what is there and then end. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Like `end`, but the iteration ends by throwing `error`. */
  fail(error: unknown): void {
    if (!this.#ended) this.#error = { thrown: error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DrawUpdate, void, undefined> {
    for (;;) {
      const update = this.#updates.shift();
      if (update) yield update;
      else if (this.#error) {
        const { thrown } = this.#error;
        this.#error = null;
        throw thrown;
      } else if (this.#ended) return;
      else {
        const reader = Promise.withResolvers<void>();
        this.#readers.push(reader);
        await reader.promise;
      }
    }
  }

  #wake(): void {
    for (const { resolve } of this.#readers.splice(0)) resolve();
  }

  /** The oldest update that a later one makes out of date; failing that, the oldest after `listening`. */
  #leastWorth(): number {
    const last = new Map(this.#updates.map((update, index) => [subject(update), index]));
    const outdated = this.#updates.findIndex((update, index) => last.get(subject(update)) !== index);
    if (outdated !== -1) return outdated;
    return this.#updates.findIndex(({ event }) => event.event !== 'listening');
  }
}

/** Updates on the same subject replace each other. */
function subject({ event }: DrawUpdate): string {
  return event.event === 'prediction' ? `prediction ${event.client}` : event.event;
}
