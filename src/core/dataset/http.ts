import { setTimeout as delay } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { errorOfFailure, errorOfStatus, NetworkError } from './network-errors.ts';

export interface NetworkOptions {
  /** Give up on a connection that brings no byte for so long, in milliseconds. Default 30,000. */
  idleTimeout?: number;
  /** How often to try again without getting any further. Default 4. */
  retries?: number;
  /** The wait before the first retry in milliseconds; it doubles with each. Default 500. */
  retryDelay?: number;
}

/** An answer whose body has not been read yet. Either iterate over `body` or `cancel`. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): Promise<void>;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** Requests to one URL: who asks, how long to wait, when to try again. Redirects are followed. */
export class HttpClient {
  readonly url: string;
  readonly #signal: AbortSignal;
  readonly #network: Required<NetworkOptions>;
  readonly #headers: Record<string, string>;
  /** A server that once answered is worth another try when it cannot be reached; a mistyped name is not. */
  #reached = false;

  constructor(url: string, authorization: string | null, signal: AbortSignal, network: NetworkOptions = {}) {
    this.url = url;
    this.#signal = signal;
    this.#network = { idleTimeout: 30_000, retries: 4, retryDelay: 500, ...network };
    this.#headers = {
      'User-Agent': `emnist-tui/${VERSION} (+node)`,
      Accept: '*/*',
      // The bytes counted, resumed and checked are those of the archive itself.
      'Accept-Encoding': 'identity',
      ...(authorization ? { Authorization: authorization } : {}),
    };
  }

  /** Sends a GET. Throws `NetworkError` for a failed connection and for any status but 200, 206 and 416. */
  async get(headers: Record<string, string> = {}): Promise<Reply> {
    const connection = new AbortController();
    const signal = AbortSignal.any([this.#signal, connection.signal]);
    const wait = <T>(promise: Promise<T>) => this.#withTimeout(promise, connection);
    const response = await wait(fetch(this.url, { headers: { ...this.#headers, ...headers }, signal }));
    this.#reached = true;
    const cancel = async () => connection.abort();
    if (![200, 206, 416].includes(response.status)) {
      await cancel();
      throw errorOfStatus(response.status, this.url, response.headers.get('Retry-After'));
    }
    const reader = response.body?.getReader();
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          const chunk = await wait(reader?.read() ?? Promise.resolve({ done: true, value: undefined }));
          if (chunk.done) return;
          yield chunk.value as Uint8Array;
        }
      } finally {
        connection.abort();
      }
    }
    return { status: response.status, headers: response.headers, body: body(), cancel };
  }

  /**
   * Runs `attempt` until it succeeds, as long as it gets further (`progress` grows) or retries are left.
   * What it yields is passed on.
   */
  async *retrying<T, R>(attempt: () => AsyncGenerator<T, R>, progress: () => number): AsyncGenerator<T, R> {
    let best = progress();
    let failures = 0;
    for (;;) {
      try {
        return yield* attempt();
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof NetworkError) || !error.transient) throw error;
        if (progress() > best) {
          best = progress();
          failures = 0;
        }
        if (++failures > this.#network.retries) throw error;
        const backoff = this.#network.retryDelay * 2 ** (failures - 1);
        await this.#pause(Math.min(Math.max(backoff, error.retryAfterMs), MAX_RETRY_AFTER_MS));
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#signal }).catch((error) => {
      this.#signal.throwIfAborted();
      throw error;
    });
  }

  /** Counts only the time in which something is awaited: a consumer that takes its time is no stalled server. */
  async #withTimeout<T>(promise: Promise<T>, connection: AbortController): Promise<T> {
    const { idleTimeout } = this.#network;
    const stalled = new NetworkError(
      'download-stalled',
      `${this.url} sent nothing for ${idleTimeout / 1000} seconds`,
      { url: this.url, seconds: idleTimeout / 1000 },
      { transient: true },
    );
    const timer = setTimeout(() => connection.abort(stalled), idleTimeout);
    try {
      return await promise;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof EmnistError) throw error;
      throw errorOfFailure(error, this.url, this.#reached);
    } finally {
      clearTimeout(timer);
    }
  }
}
