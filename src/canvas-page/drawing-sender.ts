import type { Expectation } from '../core/server/expectation.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { encodeDrawing } from './drawing-message.ts';

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
  readonly #expected: () => Expectation;
  #id = 0;
  #shownId = 0;
  /** The strokes that the server has received last and what was expected, as JSON. */
  #received: string | null = NOTHING;
  #awaitsAnswer = false;
  #changed = false;
  #urgent = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param send sends a message to the server; returns false without a connection */
  constructor(send: (message: string) => boolean, drawing: () => Drawing, expected: () => Expectation = () => ({})) {
    this.#send = send;
    this.#drawing = drawing;
    this.#expected = expected;
  }

  /**
   * To be called when the drawing, or what is expected, has changed. `urgent`: the pen is up, so there will be no other change
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
    this.#awaitsAnswer = false;
    this.update(true);
  }

  /** Makes the answers to everything sent so far outdated. */
  ignorePending(): void {
    this.#shownId = this.#id;
    this.#received = null;
  }

  /** To be called for each answer. Returns whether to show it: not after a later answer or `ignorePending`. */
  answered(id: number): boolean {
    const isCurrent = id > this.#shownId;
    if (isCurrent) this.#shownId = id;
    if (id === this.#id) {
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
    const message = encodeDrawing(this.#id + 1, this.#drawing(), this.#expected());
    // They come last, with what is expected.
    const strokes = message.slice(message.indexOf('['), -1);
    // Without a connection, the drawing is sent after reconnecting.
    if (strokes === this.#received || !this.#send(message)) return;
    this.#id++;
    this.#received = strokes;
    this.#awaitsAnswer = true;
    this.#sentAt = performance.now();
  }
}
