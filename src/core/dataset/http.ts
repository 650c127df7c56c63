import { setTimeout as delay } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { errorOfFailure, errorOfStatus, NetworkError } from './network-errors.ts';

/** Timeouts and retries of a download. */
export interface NetworkOptions {
  /** How long a connection may be idle, in milliseconds. Default 30,000. */
  idleTimeout?: number;
  /** How often to retry without progress. Default 4. */
  retries?: number;
  /** The delay before the first retry, in milliseconds, which doubles with each. Default 500. */
  retryDelay?: number;
}

/** A response whose body has not been read. Either iterate over `body` or call `cancel`. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): Promise<void>;
}

const MAX_RETRY_AFTER_MS = 60_000;

/** Requests a URL, with timeouts and retries. Redirects are followed. */
export class HttpClient {
  readonly url: string;
  readonly #signal: AbortSignal;
  readonly #network: Required<NetworkOptions>;
  readonly #headers: Record<string, string>;
  /** Whether the server ever responded: only then is a retry worthwhile if it cannot be reached. */
  #reached = false;

  constructor(url: string, authorization: string | null, signal: AbortSignal, network: NetworkOptions = {}) {
    this.url = url;
    this.#signal = signal;
    this.#network = { idleTimeout: 30_000, retries: 4, retryDelay: 500, ...network };
    this.#headers = {
      'User-Agent': `emnist-tui/${VERSION} (+node)`,
      Accept: '*/*',
      // Ranges and sizes are those of the archive itself.
      'Accept-Encoding': 'identity',
      ...(authorization ? { Authorization: authorization } : {}),
    };
  }

  /** Sends a GET request. Throws `NetworkError` if the connection fails or the status is not 200, 206 or 416. */
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
   * Repeats an attempt until it succeeds or there are no retries left, and yields its values. Retries are not counted
   * as long as there is progress, that is, as long as the number that `progress` returns grows.
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

  /** Limits the time that a promise may take. The time between promises, which the consumer takes, does not count. */
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
