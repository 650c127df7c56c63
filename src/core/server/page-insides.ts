import { setImmediate } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { DrawReader } from './draw-options.ts';
import type { InsideMessage } from './protocol.ts';

/** Enough to tell two values of an influence map apart. */
const PRECISION = 1000;

/** Answers pages that ask what the network makes of their drawing: one at a time, and only the latest question of each. */
export class PageInsides {
  #inspect: DrawReader['inspect'];
  readonly #fail: (error: unknown) => void;
  /** The latest question of each page. A page that asks again keeps its turn. */
  readonly #waiting = new Map<Client, InsideMessage>();
  #current: { readonly client: Client; readonly controller: AbortController } | null = null;
  #answering: Promise<void> | null = null;

  /** @param fail called when an inspection throws, which is a bug */
  constructor({ inspect }: DrawReader, fail: (error: unknown) => void) {
    this.#inspect = inspect;
    this.#fail = fail;
  }

  /** What pages are told. */
  get offer(): { inside?: true } {
    return this.#inspect ? { inside: true } : {};
  }

  ask(client: Client, message: InsideMessage): void {
    this.#waiting.set(client, message);
    this.#answering ??= this.#answerAll().finally(() => {
      this.#answering = null;
    });
  }

  /** Lets another model answer. Pages ask again when they are told of it. */
  switchReader({ inspect }: DrawReader): void {
    this.stop();
    this.#inspect = inspect;
  }

  /** Forgets what a page has asked. */
  leave(client: Client): void {
    this.#waiting.delete(client);
    if (this.#current?.client === client) this.#current.controller.abort();
  }

  /** Forgets all questions. */
  stop(): void {
    this.#waiting.clear();
    this.#current?.controller.abort();
  }

  /** Resolves when nothing is being answered. */
  get stopped(): Promise<void> {
    return this.#answering ?? Promise.resolve();
  }

  async #answerAll(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) {
      const controller = new AbortController();
      this.#current = { client: next.client, controller };
      try {
        await this.#answer(next.client, next.message, controller.signal);
      } catch (error) {
        // The page has left, or another model reads now.
        if (!controller.signal.aborted) this.#fail(error);
      }
      this.#current = null;
      // Lets drawings be read in between.
      await setImmediate();
    }
  }

  #next(): { client: Client; message: InsideMessage } | null {
    for (const [client, message] of this.#waiting) {
      this.#waiting.delete(client);
      return { client, message };
    }
    return null;
  }

  async #answer(client: Client, { id, image, label }: InsideMessage, signal: AbortSignal): Promise<void> {
    const inspection = await this.#inspect?.(Buffer.from(image, 'base64'), { label, signal });
    if (!inspection || signal.aborted) return;
    const { layers, influence, probability, without } = inspection;
    client.send({
      type: 'inside',
      id,
      label: inspection.label,
      probability,
      without,
      influence: Array.from(influence, (value) => Math.round(value * PRECISION) / PRECISION),
      layers: layers.map(({ name, kind, pools, shape, size, channels, maps }) => ({
        ...{ name, kind, pools, shape: [...shape], size: [...size], channels: [...channels] },
        maps: maps.map((map) => Buffer.from(map).toString('base64')),
      })),
    });
  }
}
