import * as v from 'valibot';
import { PING, type ServerMessage, serverMessageSchema } from '../../core/server/protocol.ts';
import type { Credentials } from './credentials.ts';

/**
 * - `silent`: the server has not answered for a while, so it is stopped, busy, or out of reach.
 * - `lost`: several attempts to reconnect have failed, so the server is probably gone, or it has no room for the page.
 *   Attempts continue at a slower rate.
 * - `refused`: the server is there, but the page may not use it: it was restarted with another token. Attempts continue,
 *   since a cookie from another tab may let the page in.
 */
export type ConnectionState = 'connecting' | 'open' | 'silent' | 'reconnecting' | 'lost' | 'refused';

const FIRST_DELAY = 250;
const LAST_DELAY = 5000;
const ATTEMPTS_UNTIL_LOST = 4;
/** The server is asked for a sign of life when it has sent nothing for this long. */
const PING_MILLISECONDS = 1500;
/** It is `silent` when there is no answer for this long. */
const SILENT_MILLISECONDS = 1500;
/** The connection counts as broken when there is no answer for this long. */
const ANSWER_MILLISECONDS = 10_000;
/** The code with which the server closes a connection because it has no room for the page, or needs it for another. */
const NO_ROOM = 1013;

/** The WebSocket to the server. Reconnects by itself, and notices when the server stops answering. */
export class Connection {
  onState: (state: ConnectionState) => void = () => {};
  onMessage: (message: ServerMessage) => void = () => {};

  readonly #credentials: Credentials;
  #state: ConnectionState = 'connecting';
  #socket: WebSocket | null = null;
  /** Whether the server has accepted the page on this connection. */
  #greeted = false;
  /** Another page has taken the place of this one, which must not take it back unless it is used. */
  #replaced = false;
  #failures = 0;
  #retry: number | undefined;
  #ping: number | undefined;
  #silent: number | undefined;
  #unanswered: number | undefined;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    addEventListener('online', () => this.#check());
    addEventListener('offline', () => this.#check());
    addEventListener('pageshow', () => this.#check());
    // A page with an open connection cannot be kept for the Back button.
    addEventListener('pagehide', ({ persisted }) => {
      if (persisted) this.#abandon();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#stopWaiting();
      else this.#check();
    });
  }

  connect(): void {
    clearTimeout(this.#retry);
    this.#replaced = false;
    const socket = new WebSocket(this.#credentials.socketUrl());
    this.#socket = socket;
    this.#greeted = false;
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#receive(String(data));
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return;
      this.#replaced = this.#greeted && code === NO_ROOM;
      this.#lost(code === NO_ROOM);
    });
    this.#unanswered = setTimeout(() => this.#abandon(), ANSWER_MILLISECONDS);
  }

  /** Returns false without a connection. */
  send(message: string): boolean {
    if (this.#replaced) this.connect();
    if (!this.#greeted) return false;
    this.#socket!.send(message);
    this.#awaitAnswer();
    return true;
  }

  #awaitAnswer(): void {
    clearTimeout(this.#ping);
    if (document.hidden) return; // where timers are late
    this.#silent ??= setTimeout(() => this.#setState('silent'), SILENT_MILLISECONDS);
    this.#unanswered ??= setTimeout(() => this.#abandon(), ANSWER_MILLISECONDS);
  }

  #stopWaiting(): void {
    for (const timer of [this.#ping, this.#silent, this.#unanswered]) clearTimeout(timer);
    this.#ping = this.#silent = this.#unanswered = undefined;
  }

  #receive(text: string): void {
    this.#stopWaiting();
    const message = v.safeParse(serverMessageSchema, parseJson(text));
    // Not on `open`, since a server with too many clients opens the connection just to say so.
    if (message.success && message.output.type === 'hello') {
      this.#greeted = true;
      this.#failures = 0;
    }
    if (this.#greeted) {
      this.#setState('open');
      if (!document.hidden) this.#ping = setTimeout(() => this.send(PING), PING_MILLISECONDS);
    }
    this.onMessage(
      message.success
        ? message.output
        : { type: 'error', message: 'emnist-tui sent a message that this page does not understand. Reload it.' },
    );
  }

  /** Finds out at once whether the server is there. */
  #check(): void {
    if (!this.#socket) this.connect();
    else if (this.#greeted) this.send(PING);
    else this.#unanswered ??= setTimeout(() => this.#abandon(), ANSWER_MILLISECONDS);
  }

  #lost(hasNoRoom = false): void {
    this.#stopWaiting();
    const wasGreeted = this.#greeted;
    this.#socket = null;
    this.#greeted = false;
    if (this.#replaced) {
      this.#setState('lost');
      return;
    }
    this.#failures++;
    this.#setState(hasNoRoom || this.#failures > ATTEMPTS_UNTIL_LOST ? 'lost' : 'reconnecting');
    const delay = Math.min(LAST_DELAY, FIRST_DELAY * 2 ** (this.#failures - 1));
    // Jitter, so that the pages of a classroom do not all reconnect at the same moment.
    this.#retry = setTimeout(() => this.connect(), delay * (0.75 + Math.random() / 2));
    // A WebSocket does not say why it was refused.
    if (!wasGreeted) void this.#explain();
  }

  async #explain(): Promise<void> {
    if ((await this.#credentials.check()) === 'refused' && !this.#greeted) this.#setState('refused');
  }

  /** Does not wait for the closing handshake with a server that is gone. */
  #abandon(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close();
    this.#lost();
  }

  #setState(state: ConnectionState): void {
    // While attempts continue, the page keeps saying what is wrong.
    if (this.#state === 'refused' && (state === 'reconnecting' || state === 'lost')) return;
    if (state === this.#state) return;
    this.#state = state;
    this.onState(state);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // rejected by the schema
  }
}
