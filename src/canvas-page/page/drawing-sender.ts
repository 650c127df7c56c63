import type { Drawing } from '../../core/strokes/drawing.ts';
import { encodeDrawing } from '../drawing-message.ts';
import type { Connection } from './connection.ts';

/** At most 20 drawings a second, as fast as the eye can follow the bars. */
const INTERVAL_MILLISECONDS = 50;

/** Sends the drawing as it changes: always its latest state, and no more often than the server allows. */
export class DrawingSender {
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

  /** Sends the drawing soon. */
  schedule(): void {
    this.#timer ??= setTimeout(
      () => this.#send(),
      Math.max(0, this.#sentAt + INTERVAL_MILLISECONDS - performance.now()),
    );
  }

  /** Makes the answers to everything sent so far outdated. */
  ignorePending(): void {
    this.#shownId = this.#id;
  }

  /** Whether the answer with this id should be shown. It is outdated after a later answer or `ignorePending`. */
  isCurrent(id: number): boolean {
    if (id <= this.#shownId) return false;
    this.#shownId = id;
    return true;
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentAt = performance.now();
    if (this.#connection.ready) this.#connection.send(encodeDrawing(++this.#id, this.#drawing()));
    else if (this.#connection.busy) this.schedule();
    // Without a connection, the drawing is sent after reconnecting.
  }
}
