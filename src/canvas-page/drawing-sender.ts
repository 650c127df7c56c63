import type { Drawing } from '../core/strokes/drawing.ts';

/** At most 50 drawings a second while the pen moves, whatever the rate of the screen: the server refuses floods. */
const INTERVAL_MILLISECONDS = 20;
const NOTHING = '[]';

/**
 * Sends the drawing as it changes. A change is sent immediately unless the answer to the previous one is still to come;
 * then the latest state follows that answer. What the server has already read is not sent again.
 */
export class DrawingSender {
  readonly #send: (message: string) => boolean;
  readonly #drawing: () => Drawing;
  readonly #encode: (id: number, drawing: Drawing) => string;
  #id = 0;
  #shownId = 0;
  /** The strokes that the server received last, with how to read them, as JSON. */
  #received: string | null = NOTHING;
  /** The drawing that the server received last. */
  #receivedDrawing: Drawing | null = null;
  #read: Drawing | null = null;
  #awaitsAnswer = false;
  #changed = false;
  #urgent = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param send sends a message to the server; returns false without a connection
   * @param encode the message for a drawing: its strokes come last, followed by how to read them
   */
  constructor(
    send: (message: string) => boolean,
    drawing: () => Drawing,
    encode: (id: number, drawing: Drawing) => string,
  ) {
    this.#send = send;
    this.#drawing = drawing;
    this.#encode = encode;
  }

  /** The drawing that was read last; null if it needs to be read again. */
  get read(): Drawing | null {
    return this.#read;
  }

  /**
   * To be called when the drawing, or how to read it, has changed. `urgent`: the pen is up, so no other change will follow
   * soon.
   */
  update(urgent: boolean): void {
    this.#changed = true;
    this.#urgent ||= urgent;
    this.#sendWhenDue();
  }

  /** To be called when a server, or another model, knows nothing of the drawing yet. */
  restart(): void {
    this.#received = NOTHING;
    this.#read = null;
    this.#awaitsAnswer = false;
    this.update(true);
  }

  /** Makes the answers to everything sent so far outdated. */
  ignorePending(): void {
    this.#shownId = this.#id;
    this.#received = null;
    this.#read = null;
  }

  /** To be called for each answer. Returns whether to show it: not after a later answer or `ignorePending`. */
  answered(id: number): boolean {
    const isCurrent = id > this.#shownId;
    if (isCurrent) this.#shownId = id;
    if (id === this.#id) {
      this.#read = isCurrent ? this.#receivedDrawing : null;
      this.#awaitsAnswer = false;
      this.#sendWhenDue();
    }
    return isCurrent;
  }

  #sendWhenDue(): void {
    if (!this.#changed || this.#awaitsAnswer) return;
    const wait = this.#urgent ? 0 : this.#sentAt + INTERVAL_MILLISECONDS - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#sendWhenDue();
      }, wait);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed = false;
    this.#urgent = false;
    const drawing = this.#drawing();
    const message = this.#encode(this.#id + 1, drawing);
    const strokes = message.slice(message.indexOf('['), -1);
    if (strokes === this.#received) {
      // The same as before, such as after undoing and redoing.
      if (this.#read) this.#read = drawing;
      return;
    }
    // Without a connection, the drawing is sent after reconnecting.
    if (!this.#send(message)) return;
    this.#id++;
    this.#received = strokes;
    this.#receivedDrawing = drawing;
    this.#awaitsAnswer = true;
    this.#sentAt = performance.now();
  }
}
