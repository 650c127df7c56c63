import type { NewSample, Sample } from '../core/samples/sample.ts';
import type { SampleBook, SampleState } from '../core/server/draw-options.ts';
import type { OpenSampleBook } from './sample-book.ts';

/**
 * The user's samples, whose listeners are called once readings are adapted to a change. When `add` resolves, readings are adapted
 * to the sample.
 */
export class AdaptedSamples implements SampleBook {
  readonly #book: OpenSampleBook;
  readonly #adapt: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  /** The adaptations so far. Never rejects. */
  #adapted: Promise<void> = Promise.resolve();
  #failure: { thrown: unknown } | null = null;

  /** `adapt`: adapts readings to the current samples; called immediately, and after each change. */
  constructor(book: OpenSampleBook, adapt: () => Promise<void>) {
    this.#book = book;
    this.#adapt = adapt;
    this.#unsubscribe = book.onChange(() => this.#changed());
    this.#changed();
  }

  get state(): SampleState {
    return this.#book.state;
  }

  has(id: string): boolean {
    return this.#book.has(id);
  }

  async add(sample: NewSample): Promise<Sample> {
    const added = await this.#book.add(sample);
    await this.#adapted;
    return added;
  }

  async remove(id: string): Promise<Sample | null> {
    const removed = await this.#book.remove(id);
    await this.#adapted;
    return removed;
  }

  onChange(listener: () => void): () => void {
    const subscription = () => listener();
    this.#listeners.add(subscription);
    return () => this.#listeners.delete(subscription);
  }

  /** Throws the error of the first adaptation that failed. */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.thrown;
  }

  /** Resolves once no adaptation is running or waiting. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#listeners.clear();
    this.#book.close();
    await this.#adapted;
  }

  #changed(): void {
    this.#adapted = this.#adapted.then(async () => {
      try {
        await this.#adapt();
      } catch (error) {
        // The change itself is stored.
        this.#failure ??= { thrown: error };
      }
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
