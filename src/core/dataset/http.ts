import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { DownloadWait } from './fetch-event.ts';
import { sendRequest } from './http-request.ts';
import { errorOfFailure, errorOfStatus, NetworkError } from './network-errors.ts';

/** Timeouts and retries of a download, in milliseconds. */
export interface NetworkOptions {
  /** How long connecting may take. Default 30,000. */
  connectTimeout?: number;
  /**
   * How long the first byte of a response may take. Default 300,000: some virus scanners download all of it before they send
   * any.
   */
  responseTimeout?: number;
  /** How long a response may pause. Default 60,000. */
  idleTimeout?: number;
  /** How often to retry without progress. Default 4. */
  retries?: number;
  /** The delay before the first retry, which doubles with each. Default 500. */
  retryDelay?: number;
}

export interface HttpClientOptions {
  url: string;
  /** The value of the Authorization header, if there is one. */
  authorization: string | null;
  signal: AbortSignal;
  /** Names the proxies. Default: this process's. */
  env?: NodeJS.ProcessEnv;
  network?: NetworkOptions;
  /** Called when something takes more than a second, and again every ten seconds. */
  onWait?: (wait: DownloadWait) => void;
}

/** A response whose body has not been read. Either iterate over `body` or call `cancel`. */
export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The bytes as sent, without decoding a Content-Encoding. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): Promise<void>;
}

const DEFAULTS: Required<NetworkOptions> = {
  connectTimeout: 30_000,
  responseTimeout: 300_000,
  idleTimeout: 60_000,
  retries: 4,
  retryDelay: 500,
};
const MAX_RETRY_AFTER_MS = 60_000;
/** Waiting that is longer is reported. */
const SILENCE_MS = 1000;
const REMINDER_MS = 10_000;

/** Requests a URL, with timeouts and retries. Redirects are followed, and proxies are used. */
export class HttpClient {
  readonly url: string;
  readonly #options: HttpClientOptions;
  readonly #network: Required<NetworkOptions>;
  readonly #headers: Record<string, string>;
  /** Whether the server ever responded: only then is a retry worthwhile if it cannot be reached. */
  #reached = false;

  constructor(options: HttpClientOptions) {
    const { url, authorization, network } = options;
    this.url = url;
    this.#options = options;
    this.#network = { ...DEFAULTS, ...network };
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
    const { signal, env = process.env } = this.#options;
    const { connectTimeout, responseTimeout, idleTimeout } = this.#network;
    const connection = new AbortController();
    const response = await this.#limited(responseTimeout, connection, () =>
      sendRequest(this.url, {
        headers: { ...this.#headers, ...headers },
        signal: AbortSignal.any([signal, connection.signal]),
        env,
        connectTimeout,
      }),
    );
    this.#reached = true;
    const cancel = async () => connection.abort();
    const replyHeaders = headersOf(response);
    if (![200, 206, 416].includes(response.statusCode!)) {
      await cancel();
      throw errorOfStatus(response.statusCode!, this.url, replyHeaders.get('Retry-After'));
    }
    const chunks = response[Symbol.asyncIterator]();
    const next = () => this.#limited(idleTimeout, connection, () => chunks.next());
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          const chunk = await next();
          if (chunk.done) return;
          yield chunk.value;
        }
      } finally {
        connection.abort();
      }
    }
    return { status: response.statusCode!, headers: replyHeaders, body: body(), cancel };
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
        this.#options.signal.throwIfAborted();
        if (!(error instanceof NetworkError) || !error.transient) throw error;
        const hasProgressed = progress() > best;
        if (hasProgressed) {
          best = progress();
          failures = 0;
        }
        if (++failures > this.#network.retries) throw error;
        // A server that ends each response early is no busier for being asked for the rest at once.
        const backoff = hasProgressed ? this.#network.retryDelay / 10 : this.#network.retryDelay * 2 ** (failures - 1);
        await this.#pause(Math.min(Math.max(backoff, error.retryAfterMs), MAX_RETRY_AFTER_MS), error);
      }
    }
  }

  async #pause(milliseconds: number, { message: reason }: NetworkError): Promise<void> {
    const { signal, onWait } = this.#options;
    if (milliseconds >= SILENCE_MS) onWait?.({ for: 'retry', host: this.#host, seconds: milliseconds / 1000, reason });
    await delay(milliseconds, undefined, { signal }).catch((error) => {
      signal.throwIfAborted();
      throw error;
    });
  }

  get #host(): string {
    return new URL(this.url).host;
  }

  /**
   * Limits the time that a promise may take, and reports when it takes long. The time between promises, which the consumer takes,
   * does not count.
   */
  async #limited<T>(timeout: number, connection: AbortController, start: () => Promise<T>): Promise<T> {
    const { signal, onWait } = this.#options;
    const stalled = new NetworkError(
      'download-stalled',
      `${this.url} sent nothing for ${timeout / 1000} seconds`,
      { url: this.url, seconds: timeout / 1000 },
      // To wait that long for a server that has never answered is enough.
      { transient: this.#reached },
    );
    const limit = setTimeout(() => connection.abort(stalled), timeout);
    const started = performance.now();
    const remind = (after: number): NodeJS.Timeout =>
      setTimeout(() => {
        reminder = remind(REMINDER_MS);
        onWait?.({ for: 'server', host: this.#host, seconds: Math.round((performance.now() - started) / 1000) });
      }, after);
    let reminder = remind(SILENCE_MS);
    try {
      return await start();
    } catch (error) {
      signal.throwIfAborted();
      // Node wraps the reason of an abort.
      if (connection.signal.reason === stalled) throw stalled;
      if (error instanceof EmnistError) throw error;
      throw errorOfFailure(error, this.url, this.#reached);
    } finally {
      clearTimeout(limit);
      clearTimeout(reminder);
    }
  }
}

function headersOf({ headers }: IncomingMessage): Reply['headers'] {
  return {
    get(name) {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
  };
}
