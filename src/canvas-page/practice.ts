/** A label that has been written or skipped is not asked for again before this many others. */
const REST = 5;
/** How many samples of a label practice aims for. */
export const ENOUGH_SAMPLES = 5;

/** Chooses the labels that practice asks for. */
export class Practice {
  #asked: string | null = null;
  /** The most useful first. */
  #useful: readonly string[] = [];
  /** What was asked for last, latest first. */
  #recent: string[] = [];
  #skipped = new Set<string>();
  #written = 0;

  /** The label that is asked for; null if there is none to ask for. */
  get asked(): string | null {
    return this.#asked;
  }

  /** How many drawings were written since practice began. */
  get written(): number {
    return this.#written;
  }

  /** `useful`: the labels worth asking for, the most useful first. The one that is asked for now stays. */
  update(useful: readonly string[]): void {
    this.#useful = useful;
    if (this.#asked === null) this.#askNext();
  }

  /** Begins, with this label if one is given. */
  begin(asked: string | null = null): void {
    this.#recent = [];
    this.#skipped.clear();
    this.#written = 0;
    this.#asked = asked;
    if (asked === null) this.#askNext();
  }

  /** The label was written: asks for the next one. */
  advance(): void {
    this.#written++;
    this.#askNext();
  }

  /** Asks for the next label, and for this one again only when all others have been skipped too. */
  skip(): void {
    if (this.#asked !== null) this.#skipped.add(this.#asked);
    this.#askNext();
  }

  /** A label was undone: asks for it again. */
  goBack(label: string): void {
    this.#written = Math.max(0, this.#written - 1);
    this.#asked = label;
  }

  #askNext(): void {
    if (this.#asked !== null) this.#recent = [this.#asked, ...this.#recent.filter((label) => label !== this.#asked)];
    if (this.#useful.every((label) => this.#skipped.has(label))) this.#skipped.clear();
    const candidates = this.#useful.filter((label) => !this.#skipped.has(label));
    const recent = this.#recent.filter((label) => candidates.includes(label));
    const resting = recent.slice(0, Math.min(REST, candidates.length - 1));
    this.#asked = candidates.find((label) => !resting.includes(label)) ?? null;
  }
}
