import * as v from 'valibot';
import { type RawData, WebSocket } from 'ws';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import type { DrawUpdate } from './draw-event.ts';
import type { DrawReader, DrawServerOptions, Recognition } from './draw-options.ts';
import { type ClientMessage, clientMessageSchema, PING, type ServerMessage } from './protocol.ts';

/** Maximum number of open pages: enough for a small group, since this is not a public service. */
export const MAX_CLIENTS = 16;
/** The page sends at most 20 messages a second, so a client that keeps exceeding this limit is not our page. */
const MESSAGES_PER_SECOND = 60;
const MESSAGE_BURST = 180;
/** Answers take about 1.5 kB. A client with this much unread data is gone or has stopped reading. */
const MAX_UNREAD_BYTES = 256 * 1024;

interface Client {
  readonly number: number;
  readonly socket: WebSocket;
  /** Has answered the last ping or sent a message since. */
  alive: boolean;
  /** Number of messages that it may send at once (token bucket), as of `countedAt`. */
  allowance: number;
  countedAt: number;
}

/** The connected pages. Recognizes their drawings one at a time, each page in turn. */
export class DrawClients {
  #reader: DrawReader;
  /** The reader that takes over as soon as no drawing is being recognized. */
  #nextReader: { reader: DrawReader; adopted: PromiseWithResolvers<void> } | null = null;
  readonly #report: (update: DrawUpdate) => void;
  readonly #clients = new Set<Client>();
  /** The latest drawing of each client that is waiting to be recognized, longest waiting first. */
  readonly #waiting = new Map<Client, ClientMessage>();
  readonly #heartbeat: NodeJS.Timeout;
  #recognizing: Promise<void> | null = null;
  #count = 0;
  #closed = false;

  readonly #fail: (error: unknown) => void;

  /**
   * @param report called when a client connects or disconnects, and for each answer
   * @param fail called when recognition throws, which is a bug
   */
  constructor(options: DrawServerOptions, report: (update: DrawUpdate) => void, fail: (error: unknown) => void) {
    this.#reader = options;
    this.#report = report;
    this.#fail = fail;
    this.#heartbeat = setInterval(() => this.#dropDead(), options.heartbeatMilliseconds ?? 15_000);
    this.#heartbeat.unref();
  }

  /** Adds a page whose connection has just been opened. */
  add(socket: WebSocket): void {
    // ws itself closes a connection that is cut within a frame or violates the protocol (codes 1002, 1007, 1009).
    socket.on('error', () => {});
    if (this.#clients.size >= MAX_CLIENTS) {
      refuse(socket, 1013, `${MAX_CLIENTS} pages are already open. Close one of them.`);
      return;
    }
    const client: Client = {
      number: ++this.#count,
      socket,
      alive: true,
      allowance: MESSAGE_BURST,
      countedAt: performance.now(),
    };
    this.#clients.add(client);
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('message', (data, isBinary) => this.#receive(client, data, isBinary));
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#waiting.delete(client);
      this.#reportClients();
    });
    this.#greet(client);
    this.#reportClients();
  }

  /** Lets another model read the drawings, after the one being recognized. Resolves when the previous one is not needed. */
  switchReader(reader: DrawReader): Promise<void> {
    const adopted = Promise.withResolvers<void>();
    const overtaken = this.#nextReader?.adopted;
    this.#nextReader = { reader, adopted };
    overtaken?.resolve();
    if (!this.#recognizing) this.#adoptReader();
    return adopted.promise;
  }

  /** Closes all connections and waits for the drawing being recognized, so that the model can be disposed of. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#waiting.clear();
    for (const { socket } of this.#clients) {
      socket.close(1001, 'emnist-tui has stopped');
      socket.terminate();
    }
    await this.#recognizing;
  }

  #receive(client: Client, data: RawData, isBinary: boolean): void {
    if (client.socket.readyState !== WebSocket.OPEN) return;
    client.alive = true;
    if (!this.#allow(client)) {
      refuse(client.socket, 1008, 'The page sent too many messages. Reload it.');
      return;
    }
    if (!isBinary && isPing(data)) {
      send(client.socket, { type: 'pong' });
      return;
    }
    const message = isBinary ? null : parseMessage(data);
    if (!message) {
      refuse(client.socket, 1008, 'The page sent an invalid message. Reload it.');
      return;
    }
    this.#waiting.set(client, message);
    this.#recognizing ??= this.#recognizeWaiting().finally(() => {
      this.#recognizing = null;
      this.#adoptReader();
    });
  }

  #allow(client: Client): boolean {
    const now = performance.now();
    const refill = ((now - client.countedAt) / 1000) * MESSAGES_PER_SECOND;
    client.allowance = Math.min(MESSAGE_BURST, client.allowance + refill) - 1;
    client.countedAt = now;
    return client.allowance >= 0;
  }

  async #recognizeWaiting(): Promise<void> {
    try {
      for (;;) {
        this.#adoptReader();
        const next = this.#waiting.entries().next();
        if (next.done) return;
        const [client, message] = next.value;
        this.#waiting.delete(client);
        const start = performance.now();
        const recognition = await this.#recognize(message);
        if (this.#closed) return;
        this.#answer(client, message, recognition, performance.now() - start);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #adoptReader(): void {
    if (!this.#nextReader) return;
    const { reader, adopted } = this.#nextReader;
    this.#nextReader = null;
    this.#reader = reader;
    if (!this.#closed) {
      for (const client of this.#clients) this.#greet(client);
      this.#report({ event: { event: 'model', ...introduction(reader) } });
    }
    adopted.resolve();
  }

  /** Tells a page which model reads its drawings. */
  #greet({ socket }: Client): void {
    const { name, labels } = this.#reader.model;
    send(socket, { type: 'hello', model: name, labels: [...labels] });
  }

  async #recognize({ strokes }: ClientMessage): Promise<Recognition> {
    if (strokes.length === 0) return { predictions: [], image: new Uint8Array(IMAGE_PIXELS) };
    return await this.#reader.recognize(strokes);
  }

  #answer(client: Client, { id, strokes }: ClientMessage, recognition: Recognition, took: number): void {
    if (client.socket.readyState !== WebSocket.OPEN) return;
    const { predictions, image, notice } = recognition;
    const { name: model, labels } = this.#reader.model;
    const milliseconds = Math.round(took * 100) / 100;
    send(client.socket, {
      type: 'prediction',
      id,
      predictions,
      image: strokes.length === 0 ? '' : Buffer.from(image).toString('base64'),
      milliseconds,
      model,
      notice,
    });
    if (client.socket.bufferedAmount > MAX_UNREAD_BYTES) client.socket.terminate();
    this.#report({
      event: {
        event: 'prediction',
        client: client.number,
        strokes: strokes.length,
        predictions,
        milliseconds,
        model,
        labels: [...labels],
        notice,
      },
      drawing: { strokes, image },
    });
  }

  #dropDead(): void {
    for (const client of this.#clients) {
      if (!client.alive) {
        client.socket.terminate();
        continue;
      }
      client.alive = false;
      client.socket.ping();
    }
  }

  #reportClients(): void {
    if (!this.#closed) this.#report({ event: { event: 'client', clients: this.#clients.size } });
  }
}

/** What events say about a model when it begins to read. */
export function introduction({ model: { name, labels, split = null } }: DrawReader) {
  return { model: name, labels: [...labels], split };
}

function isPing(data: RawData): boolean {
  return Buffer.isBuffer(data) && data.length === PING.length && data.toString() === PING;
}

function parseMessage(data: RawData): ClientMessage | null {
  let json: unknown;
  try {
    json = JSON.parse(data.toString());
  } catch {
    return null; // closes the connection, like any other invalid message
  }
  const { success, output } = v.safeParse(clientMessageSchema, json, { abortEarly: true });
  return success ? output : null;
}

function send(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}

/** Sends a message for the page to show, and closes the connection. */
function refuse(socket: WebSocket, code: number, message: string): void {
  send(socket, { type: 'error', message });
  socket.close(code, message);
}
