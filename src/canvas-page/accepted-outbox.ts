import * as v from 'valibot';
import { type AcceptMessage, MAX_TEXT_LENGTH, type ServerMessage } from '../core/server/protocol.ts';

/**
 * The most texts that wait. There are more only if the server has been gone for long; the oldest are then dropped, but the page
 * still has their text.
 */
const MAX_WAITING = 1000;

export const savedAcceptedSchema = v.array(v.strictObject({ key: v.string(), text: v.string() }));
type Waiting = v.InferOutput<typeof savedAcceptedSchema>[number];

/** Tells the server which texts were accepted, each once, in order, and again after a lost connection. */
export class AcceptedOutbox {
  /** Called when the waiting texts have changed. */
  onChange: () => void = () => {};

  readonly #send: (message: string) => boolean;
  readonly #createKey: () => string;
  #waiting: Waiting[] = [];
  #id = 0;
  /** The ID of the message that has not been answered yet. */
  #inFlight: number | null = null;

  /**
   * @param send sends a message to the server; returns false without a connection
   * @param createKey returns a key that no other text has
   */
  constructor(send: (message: string) => boolean, createKey: () => string) {
    this.#send = send;
    this.#createKey = createKey;
  }

  /** How many texts the server may not know yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(text: string): void {
    this.#waiting.push({ key: this.#createKey(), text: text.slice(0, MAX_TEXT_LENGTH) });
    this.#waiting = this.#waiting.slice(-MAX_WAITING);
    this.#sendNext();
    this.onChange();
  }

  /** To be called when the server has accepted the page. The answer to the last message may have been lost. */
  connected(): void {
    this.#inFlight = null;
    this.#sendNext();
  }

  answered({ id }: Extract<ServerMessage, { type: 'accepted' }>): void {
    if (id !== this.#inFlight) return;
    this.#inFlight = null;
    this.#waiting.shift();
    this.#sendNext();
    this.onChange();
  }

  save(): Waiting[] {
    return this.#waiting;
  }

  restore(saved: readonly Waiting[]): void {
    this.#waiting = [...saved];
  }

  #sendNext(): void {
    const next = this.#waiting[0];
    if (!next || this.#inFlight !== null) return;
    const message: AcceptMessage = { type: 'accept', id: this.#id + 1, ...next };
    if (!this.#send(JSON.stringify(message))) return;
    this.#id++;
    this.#inFlight = this.#id;
  }
}
