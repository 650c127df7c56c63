/** What has been used counts half after this time. */
const HALF_LIFE_MS = 2000;

/** How much has been used lately. */
export class Usage {
  #amount: number;
  #at = performance.now();

  constructor(amount = 0) {
    this.#amount = amount;
  }

  get now(): number {
    return this.#amount * 2 ** ((this.#at - performance.now()) / HALF_LIFE_MS);
  }

  add(amount: number): void {
    this.#amount = this.now + amount;
    this.#at = performance.now();
  }
}
