import type { DrawUpdate } from './draw-event.ts';

/** Maximum number of updates that wait for a reader. */
const LIMIT = 32;
/** The same for accepted texts alone, none of which replaces another. */
const TEXT_LIMIT = 1000;

/**
 * A queue of updates from the server to its reader. A reader that keeps up gets all of them. For a slower one, a client's
 * latest reading replaces its older ones, so that memory is bounded and the latest is never lost.
 */
export class UpdateQueue implements AsyncIterable<DrawUpdate> {
  readonly #updates: DrawUpdate[] = [];
  readonly #readers: PromiseWithResolvers<void>[] = [];
  #ended = false;
  #error: { thrown: unknown } | null = null;

  push(update: DrawUpdate): void {
    if (this.#ended) return;
    this.#updates.push(update);
    const texts = this.#updates.filter(isAccepted).length;
    if (texts > TEXT_LIMIT) this.#updates.splice(this.#updates.findIndex(isAccepted), 1);
    else if (this.#updates.length - texts > LIMIT) this.#updates.splice(this.#mostExpendable(), 1);
    this.#wake();
  }

  /** Ends the iteration after the updates in the queue. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Like `end`, but the iteration throws `error` at its end. */
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

  /** The index of the oldest update that a later one replaces or, without any, of the oldest after `listening`. */
  #mostExpendable(): number {
    const last = new Map(this.#updates.map((update, index) => [subject(update), index]));
    const outdated = this.#updates.findIndex(
      (update, index) => !isAccepted(update) && last.get(subject(update)) !== index,
    );
    if (outdated !== -1) return outdated;
    return this.#updates.findIndex((update) => update.event.event !== 'listening' && !isAccepted(update));
  }
}

/** A later update with the same subject replaces an earlier one. */
function subject({ event }: DrawUpdate): string {
  return event.event === 'prediction' || event.event === 'text' ? `${event.event} ${event.client}` : event.event;
}

function isAccepted({ event }: DrawUpdate): boolean {
  return event.event === 'accepted';
}
