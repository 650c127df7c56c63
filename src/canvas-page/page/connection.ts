import * as v from 'valibot';
import { type ServerMessage, serverMessageSchema } from '../../core/server/protocol.ts';

/** `lost`: several attempts to reconnect have failed, so the server is probably gone. Attempts continue at a slower rate. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'lost';

const FIRST_DELAY = 250;
const LAST_DELAY = 5000;
const ATTEMPTS_UNTIL_LOST = 4;
/** The connection counts as broken when there is no answer for this long. */
const ANSWER_MILLISECONDS = 10_000;

/** The WebSocket to the server. Reconnects by itself. */
export class Connection {
  onState: (state: ConnectionState) => void = () => {};
  onMessage: (message: ServerMessage) => void = () => {};

  readonly #url: URL;
  #socket: WebSocket | null = null;
  #failures = 0;
  #retry: number | undefined;
  #unanswered: number | undefined;

  /** @param page the URL of the page with its token, which is also that of the WebSocket */
  constructor(page: string) {
    this.#url = new URL(page);
    this.#url.protocol = 'ws:';
    this.#url.hash = '';
    addEventListener('online', () => this.#retryNow());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#retryNow();
    });
  }

  /** Whether the connection is open and everything sent before is on its way. */
  get ready(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.#socket.bufferedAmount === 0;
  }

  /** Whether the connection is open, but still sending. */
  get busy(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.#socket.bufferedAmount > 0;
  }

  connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (socket === this.#socket) this.onState('open');
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#receive(String(data));
    });
    socket.addEventListener('close', () => this.#lost(socket));
    this.#expectAnswer(socket);
  }

  send(message: string): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.send(message);
    this.#expectAnswer(socket);
  }

  #expectAnswer(socket: WebSocket): void {
    this.#unanswered ??= setTimeout(() => this.#abandon(socket), ANSWER_MILLISECONDS);
  }

  #receive(text: string): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
    const message = v.safeParse(serverMessageSchema, parseJson(text));
    if (!message.success) {
      this.onMessage({
        type: 'error',
        message: 'emnist-tui sent a message that this page does not understand. Reload it.',
      });
      return;
    }
    // Not on `open`, since a server with too many clients opens the connection just to say so.
    if (message.output.type === 'hello') this.#failures = 0;
    this.onMessage(message.output);
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
    this.#socket = null;
    this.#failures++;
    this.onState(this.#failures > ATTEMPTS_UNTIL_LOST ? 'lost' : 'reconnecting');
    const delay = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (this.#failures - 1));
    // Jitter, so that the pages of a classroom do not all reconnect at the same moment.
    this.#retry = setTimeout(() => this.#retryNow(), delay * (0.75 + Math.random() / 2));
  }

  /** Does not wait for the closing handshake with a server that is gone. */
  #abandon(socket: WebSocket): void {
    socket.close();
    this.#lost(socket);
  }

  #retryNow(): void {
    if (this.#socket) return;
    clearTimeout(this.#retry);
    this.connect();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // rejected by the schema
  }
}
