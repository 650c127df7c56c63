import * as v from 'valibot';
import { type ServerMessage, serverMessageSchema } from '../../core/server/protocol.ts';

/** `lost`: tried again several times in vain, so the server has probably ended; it is still tried now and then. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'lost';

const FIRST_DELAY = 250;
const LAST_DELAY = 5000;
const TRIES_UNTIL_LOST = 4;
/** Without an answer for this long, to the call or to a drawing, the network has gone away without a word. */
const ANSWER_MILLISECONDS = 10_000;

/** The WebSocket to the server, which comes back by itself after a failure. */
export class Connection {
  onState: (state: ConnectionState) => void = () => {};
  onMessage: (message: ServerMessage) => void = () => {};

  readonly #url: URL;
  #socket: WebSocket | null = null;
  #failures = 0;
  #retry: number | undefined;
  #unanswered: number | undefined;

  /** @param page the page's own address with its token; the WebSocket has the same */
  constructor(page: string) {
    this.#url = new URL(page);
    this.#url.protocol = 'ws:';
    this.#url.hash = '';
    addEventListener('online', () => this.#retryNow());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#retryNow();
    });
  }

  /** Whether a message can be sent now without queueing behind others. */
  get ready(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.#socket.bufferedAmount === 0;
  }

  /** Whether it is open, but what was sent before is still on its way. */
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
      this.onMessage({ type: 'error', message: 'This page does not fit the running program: reload it.' });
      return;
    }
    // Not on `open`: a server that is full opens the connection only to say so.
    if (message.output.type === 'hello') this.#failures = 0;
    this.onMessage(message.output);
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
    this.#socket = null;
    this.#failures++;
    this.onState(this.#failures > TRIES_UNTIL_LOST ? 'lost' : 'reconnecting');
    const delay = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (this.#failures - 1));
    // Spread, so that a classroom's pages do not all come back in the same moment.
    this.#retry = setTimeout(() => this.#retryNow(), delay * (0.75 + Math.random() / 2));
  }

  /** A closing handshake would wait for the other end, which is gone. */
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
    return null; // no message of ours is null: the caller rejects it with the rest
  }
}
