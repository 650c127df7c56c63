import type { Bytes } from '../progress.ts';
import type { ImageStore } from './image-store.ts';
import type { OwnDetails } from './own-details.ts';
import { invalidData } from './own-errors.ts';

/** What a source has, as it was read: nothing has been turned or inverted. */
export interface SourceImages {
  format: OwnDetails['format'];
  train: ImageStore;
  /** Null if the source has no test part. */
  test: ImageStore | null;
  /** What the numbers of numbered labels stand for, if the source says so. */
  mapping: ReadonlyMap<number, string> | null;
  /** How images are stored if nothing else is known; null for pictures, which are read as they are seen. */
  likelyOrientation: 'upright' | 'transposed' | null;
  /** Only of pictures: how many have been inverted, and their sizes. */
  inverted: number;
  sizes: OwnDetails['sizes'];
  skipped: Skipped;
  notes: string[];
}

/** What every reader is given. */
export interface ReadContext {
  signal: AbortSignal;
  /** Creates a folder to unpack archives into. */
  unpackInto: () => Promise<string>;
}

/** A reader yields how many bytes of the source it has read. */
export type SourceReader = AsyncGenerator<Bytes, SourceImages>;

/** How many of them are named. */
const MAX_NAMED = 20;
/** The share of pictures or rows that may be left out. */
const MAX_SHARE = 0.1;

/** Pictures or rows that could not be read. */
export class Skipped {
  readonly first: { source: string; reason: string }[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(source: string, reason: string): void {
    this.#count++;
    if (this.first.length < MAX_NAMED) this.first.push({ source, reason });
  }

  /** Throws `data-invalid` if more than a tenth of all had to be left out. `what`: `pictures`. */
  check(source: string, total: number, what: string): void {
    if (this.#count === 0 || this.#count <= MAX_SHARE * total) return;
    const [{ source: named, reason }] = this.first as [{ source: string; reason: string }];
    throw invalidData(
      source,
      'too-many-unreadable',
      `has ${this.#count} of ${total} ${what} that cannot be read, more than a tenth; the first is ${named}: ${reason}`,
    );
  }
}
