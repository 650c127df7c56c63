import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import type { DrawServerOptions, Recognition } from '../../../src/core/server/draw-options.ts';
import { type DrawServer, startDrawServer } from '../../../src/core/server/draw-server.ts';
import type { ServerMessage } from '../../../src/core/server/protocol.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';

export const model = { name: 'test-model', labels: ['1', '2', '3'] };

/** Recognizes a drawing as its number of strokes. */
export async function countStrokes(strokes: { length: number }): Promise<Recognition> {
  return { predictions: [{ label: String(strokes.length), probability: 1 }], image: new Uint8Array(784).fill(7) };
}

/** A reader like `countStrokes` that reads nothing until it is released. `began`: it was given the first drawing. */
export function heldReader(onRead: (strokes: Drawing) => void = () => {}) {
  const began = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    began: began.promise,
    release: released.resolve,
    async recognize(strokes: Drawing): Promise<Recognition> {
      began.resolve();
      await released.promise;
      onRead(strokes);
      return await countStrokes(strokes);
    },
  };
}

/** Starts a server on a free port. It is closed when the test ends. */
export async function startServer(options: Partial<DrawServerOptions> = {}): Promise<DrawServer> {
  const server = await startDrawServer({ recognize: countStrokes, model, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Sends an HTTP request as given, without normalizing Host, path, or method. */
export async function send(
  url: string,
  options: { method?: string; path?: string; headers?: Record<string, string> | string[] } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const { hostname, port, pathname, search } = new URL(url);
  const sent = request({ host: hostname, port, path: pathname + search, agent: false, ...options }).end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The status with which a WebSocket is refused, or `open`. */
export async function upgradeStatus(url: string, headers: Record<string, string> = {}): Promise<number | 'open'> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  return await new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode!));
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('error', reject);
  });
}

/** A page as the server sees it. Keeps received messages in order, and how the connection ended. */
export class Page {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: (() => void)[] = [];

  constructor(url: string, options: { autoPong?: boolean; localAddress?: string } = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), options);
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    // Thrown when writing to a closed connection; `closed` has how it ended.
    this.socket.on('error', () => {});
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
    onTestFinished(() => this.socket.terminate());
  }

  /** The next message of this type, which may have been received already. */
  async next<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> {
    for (;;) {
      const index = this.messages.findIndex((message) => message.type === type);
      if (index !== -1) return this.messages.splice(index, 1)[0] as Extract<ServerMessage, { type: T }>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Sends a drawing with this number of dots. */
  draw(id: number, strokes: number): void {
    const dots = Array.from({ length: strokes }, (_, index) => [[index, index]]);
    this.socket.send(JSON.stringify({ type: 'drawing', id, strokes: dots }));
  }
}

/** Opens a page and waits for the server's `hello`. */
export async function openPage(
  url: string,
  options: { autoPong?: boolean; localAddress?: string } = {},
): Promise<Page> {
  const page = new Page(url, options);
  await page.next('hello');
  return page;
}

export const isPrediction = ({ event }: DrawUpdate): boolean => event.event === 'prediction';

/** Whether an update says that this many pages are open. */
export function hasClients(count: number): (update: DrawUpdate) => boolean {
  return ({ event }) => event.event === 'client' && event.clients === count;
}

/** Reads updates until one matches, and returns all of them. */
export async function updatesUntil(
  updates: AsyncIterator<DrawUpdate>,
  fits: (update: DrawUpdate) => boolean,
): Promise<DrawUpdate[]> {
  const read: DrawUpdate[] = [];
  for (;;) {
    const { value, done } = await updates.next();
    if (done) throw new Error(`The updates ended without the one waited for: ${JSON.stringify(read)}`);
    read.push(value);
    if (fits(value)) return read;
  }
}
