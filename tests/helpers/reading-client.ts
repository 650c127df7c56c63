import { setTimeout as delay } from 'node:timers/promises';
import { type RawData, WebSocket } from 'ws';

/** A capital T, as a page sends it. */
const STROKES = [
  Array.from({ length: 30 }, (_, index) => [200 + 20 * index, 200.5]),
  Array.from({ length: 40 }, (_, index) => [500.5, 200 + 15 * index]),
];

/** Waits between readings, as between the movements of a pen. */
const PAUSE_MS = 30;

/** A page of a well-behaved user that measures how long each reading takes. */
export class ReadingClient {
  readonly milliseconds: number[] = [];
  readonly #socket: WebSocket;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects within `timeout` milliseconds, or throws. */
  static async connect(url: string, timeout = 10_000): Promise<ReadingClient> {
    const socket = new WebSocket(url.replace('http', 'ws'), { handshakeTimeout: timeout });
    // As in a page: a lost connection is noticed by the reading that gets no answer.
    socket.on('error', () => {});
    const client = new ReadingClient(socket);
    await client.#message('hello', timeout);
    return client;
  }

  /** Draws the same character again and again, and returns how long each took to be read. */
  async read(count: number, timeout = 30_000): Promise<number[]> {
    const taken: number[] = [];
    for (let reading = 0; reading < count; reading++) {
      const start = performance.now();
      const answer = this.#message('prediction', timeout);
      this.#socket.send(JSON.stringify({ type: 'drawing', id: ++this.#id, strokes: STROKES }));
      await answer;
      taken.push(performance.now() - start);
      await delay(PAUSE_MS);
    }
    this.milliseconds.push(...taken);
    return taken;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Waits for a message of this type. */
  #message(type: string, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (outcome: () => void) => {
        clearTimeout(timer);
        this.#socket.off('message', onMessage).off('close', onClose);
        outcome();
      };
      const onMessage = (data: RawData) => {
        if (JSON.parse(String(data)).type === type) end(resolve);
      };
      const onClose = (code: number) => end(() => reject(new Error(`the connection was closed (${code})`)));
      const timer = setTimeout(() => end(() => reject(new Error(`no ${type} within ${timeout} ms`))), timeout);
      this.#socket.on('message', onMessage).on('close', onClose);
    });
  }
}

/** The value below which a share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
