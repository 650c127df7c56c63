import type { Drawing } from '../../core/strokes/drawing.ts';
import { encodeDrawing } from '../drawing-message.ts';
import type { Connection } from './connection.ts';

/** At most 20 drawings a second, which is as fast as the eye follows the bars. */
const INTERVAL = 50;

/** Sends the drawing while it grows: the newest state, never more often than the server likes, and never a stale one. */
export class Sender {
  readonly #connection: Connection;
  readonly #drawing: () => Drawing;
  #id = 0;
  #shownId = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: number | undefined;

  constructor(connection: Connection, drawing: () => Drawing) {
    this.#connection = connection;
    this.#drawing = drawing;
  }

  /** The drawing has changed, or the server does not know it yet. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#send(), Math.max(0, this.#sentAt + INTERVAL - performance.now()));
  }

  /** No answer to what was sent until now is to be shown any more. */
  forgetSent(): void {
    this.#shownId = this.#id;
  }

  /** Whether an answer with this id is news: answers that a later one or a cleared canvas overtook are not. */
  isNews(id: number): boolean {
    if (id <= this.#shownId) return false;
    this.#shownId = id;
    return true;
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    if (this.#connection.ready) this.#connection.send(encodeDrawing(++this.#id, this.#drawing()));
    else if (this.#connection.busy) this.changed();
    // Otherwise there is no connection; the drawing is sent when there is one again.
  }
}
