import type { InsideMessage } from '../core/server/protocol.ts';

/** What is asked about: the image of a reading, in base64, and the class to explain. */
export type InsideQuestion = Pick<InsideMessage, 'image' | 'label'>;

/** Asks what the network makes of a reading: one question at a time, then the latest. Nothing is asked twice. */
export class InsideQuestions {
  readonly #send: (message: string) => boolean;
  #id = 0;
  #wanted: InsideQuestion | null = null;
  /** The last question; null if it has to be asked again. */
  #asked: InsideQuestion | null = null;
  #awaitsAnswer = false;

  /** @param send sends a message to the server; returns false without a connection */
  constructor(send: (message: string) => boolean) {
    this.#send = send;
  }

  /** The question to ask from now on; null for none. */
  want(question: InsideQuestion | null): void {
    this.#wanted = question;
    if (!question) this.#asked = null;
    this.#askWhenDue();
  }

  /** To be called when another server, or another model, answers from now on. */
  restart(): void {
    this.#asked = null;
    this.#awaitsAnswer = false;
    this.#askWhenDue();
  }

  /**
   * To be called for each answer. Returns the question that it answers, which may no longer be the latest; null for an answer that
   * must not be shown.
   */
  answered(id: number): InsideQuestion | null {
    if (id !== this.#id) return null;
    const answered = this.#asked;
    this.#awaitsAnswer = false;
    this.#askWhenDue();
    return answered;
  }

  #askWhenDue(): void {
    if (!this.#wanted || this.#awaitsAnswer) return;
    const { image, label } = this.#wanted;
    if (this.#asked?.image === image && this.#asked.label === label) return;
    const message: InsideMessage = { type: 'inside', id: this.#id + 1, image, label };
    if (!this.#send(JSON.stringify(message))) return;
    this.#id++;
    this.#asked = this.#wanted;
    this.#awaitsAnswer = true;
  }
}
