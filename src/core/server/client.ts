import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Allowance } from './allowance.ts';
import type { ServerMessage } from './protocol.ts';

/** The page sends at most 50 drawings a second, so a client that keeps exceeding this limit is not our page. */
const MESSAGES_PER_SECOND = 100;
const MESSAGE_BURST = 300;
/** A drawing of 5000 points has about 60 kB; who sends more is read more slowly, so that others can be read too. */
const BYTES_PER_SECOND = 1024 * 1024;
const BYTE_BURST = 4 * 1024 * 1024;
/** Nobody labels drawings or accepts texts faster than this for long; each label rewrites the file of samples. */
const LABELS_PER_SECOND = 5;
const LABEL_BURST = 20;
/** Answers take about 1.5 kB. A client with this much unread data is gone or has stopped reading. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** A client that has not answered a ping for this long is gone. */
const PATIENCE_MS = 2000;

export interface ClientEvents {
  message(data: Buffer, isBinary: boolean): void;
  close(): void;
}

/** The connection to an open page. Keeps to what one page may send and leave unread. */
export class Client {
  readonly number: number;
  /** The address that it is connected from. */
  readonly address: string;
  /** When it last sent or labeled a drawing, or else was connected. */
  lastDrawingAt = performance.now();
  hasDrawn = false;
  readonly #socket: WebSocket;
  readonly #messages = new Allowance(MESSAGES_PER_SECOND, MESSAGE_BURST);
  readonly #bytes = new Allowance(BYTES_PER_SECOND, BYTE_BURST);
  readonly #labels = new Allowance(LABELS_PER_SECOND, LABEL_BURST);
  /** Whether it has answered the last ping, or sent anything since. */
  #isAlive = true;
  #pingedAt = 0;
  #resume: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, number: number, address: string, events: ClientEvents) {
    this.#socket = socket;
    this.number = number;
    this.address = address;
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer; // which is the default of `binaryType`
      if (this.#accept(bytes.length)) events.message(bytes, isBinary);
    });
    socket.on('ping', (data) => this.#accept(data.length));
    socket.on('pong', (data) => this.#accept(data.length));
    socket.on('close', () => {
      clearTimeout(this.#resume);
      events.close();
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: ServerMessage): void {
    if (!this.isOpen) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.#socket.terminate();
  }

  /** Counts a label or an accepted text. A page that sends more than it may is read more slowly. */
  countLabel(): void {
    this.#slowDown(this.#labels.use(1));
  }

  /** Sends a message for the page to show, and closes the connection. */
  refuse(code: number, message: string): void {
    refuse(this.#socket, code, message);
  }

  /** Tells the client that the connection is closed, and waits for it to confirm that, for a while. */
  async close(code: number, message: string, milliseconds: number): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.resume();
    this.#socket.close(code, message);
    const timer = setTimeout(() => this.#socket.terminate(), milliseconds);
    await closed;
    clearTimeout(timer);
  }

  /** Ends the connection unless there was a sign of life since the last call, and asks for the next one. */
  checkLife(): void {
    if (this.isSilent) this.#socket.terminate();
    if (!this.isOpen) return;
    if (this.#isAlive) this.#pingedAt = performance.now();
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Whether it should have answered the last ping by now. */
  get isSilent(): boolean {
    // While it is not read, its answers are not either.
    return !this.#isAlive && !this.#socket.isPaused && performance.now() - this.#pingedAt > PATIENCE_MS;
  }

  /** Whether it has sent more than it may, and is therefore not read for now. */
  get isSlowedDown(): boolean {
    return this.#socket.isPaused;
  }

  /** Counts what the client has sent. Returns false when it is to be ignored. */
  #accept(bytes: number): boolean {
    this.#isAlive = true;
    // Also while the connection is being closed, when a client may still be sending.
    this.#slowDown(this.#bytes.use(bytes));
    if (!this.isOpen) return false;
    if (this.#messages.use(1) > 0) {
      this.refuse(1008, 'The page sent too many messages. Reload it.');
      return false;
    }
    // Pings are answered by ws itself.
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.#socket.terminate();
    return true;
  }

  /** Leaves what the client sends to the network, which makes it wait. */
  #slowDown(milliseconds: number): void {
    if (milliseconds === 0 || this.#socket.isPaused) return;
    this.#socket.pause();
    this.#resume = setTimeout(() => this.#socket.resume(), milliseconds);
  }
}

/** Sends a message for the page to show, and closes the connection. */
export function refuse(socket: WebSocket, code: number, message: string): void {
  socket.send(JSON.stringify({ type: 'error', message } satisfies ServerMessage));
  socket.close(code, message);
}
