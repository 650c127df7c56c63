/** What a client may still use of something that is refilled at a constant rate (token bucket). */
export class Allowance {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at = performance.now();

  /** @param most how much may be used at once */
  constructor(perSecond: number, most: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
  }

  /** Uses some. Returns the milliseconds until nothing is owed, 0 if there was enough. */
  use(amount: number): number {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1000) * this.#perSecond) - amount;
    this.#at = now;
    return Math.max(0, (-this.#left / this.#perSecond) * 1000);
  }
}
