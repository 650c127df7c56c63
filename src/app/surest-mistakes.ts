import type { Mistake } from '../core/evaluation/mistake.ts';

/** About 25 MB; a good model misreads fewer images of the largest test part. */
const LIMIT = 16_000;

/** Collects misread images. If there are too many to keep, those with the surest wrong answers stay. */
export class SurestMistakes {
  readonly #limit: number;
  #mistakes: Mistake[] = [];

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  add(mistake: Mistake): void {
    this.#mistakes.push(mistake);
    // Not after each one, since sorting takes time.
    if (this.#mistakes.length >= 2 * this.#limit) this.#mistakes = this.list();
  }

  /** The surest first; of equally sure ones, in the order of the images. */
  list(): Mistake[] {
    return this.#mistakes.toSorted((a, b) => sureness(b) - sureness(a) || a.index - b.index).slice(0, this.#limit);
  }
}

/** The probability of the wrong answer. */
function sureness({ predictions: [best] }: Mistake): number {
  return best?.probability ?? 0;
}
