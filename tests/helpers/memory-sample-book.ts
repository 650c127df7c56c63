import { compareLabels } from '../../src/core/label-text.ts';
import { checkSample } from '../../src/core/samples/check-sample.ts';
import type { NewSample, Sample } from '../../src/core/samples/sample.ts';
import type { SampleBook, SampleState } from '../../src/core/server/draw-options.ts';

/** A sample book in memory, for tests of what uses one. */
export class MemorySampleBook implements SampleBook {
  readonly samples: Sample[] = [];
  /** Called before each change, for delays and errors. */
  beforeChange: () => Promise<void> = async () => {};
  readonly #practice: readonly string[];
  readonly #listeners = new Set<() => void>();
  #count = 0;

  /** @param practice what to write in practice, where the labels with the fewest samples come first */
  constructor(practice: readonly string[] = []) {
    this.#practice = practice;
  }

  get state(): SampleState {
    const counts = new Map<string, number>();
    for (const { label } of this.samples) counts.set(label, (counts.get(label) ?? 0) + 1);
    const labels = [...counts].sort(([a], [b]) => compareLabels(a, b)).map(([label, count]) => ({ label, count }));
    const rarest = this.#practice.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    return { samples: this.samples.length, labels, practice: rarest };
  }

  /** The labels in the order in which the samples were added. */
  get labels(): string[] {
    return this.samples.map(({ label }) => label);
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  has(id: string): boolean {
    return this.samples.some((sample) => sample.id === id);
  }

  async add(added: NewSample): Promise<Sample> {
    await this.beforeChange();
    const stored = this.samples.find(({ id }) => id === added.id);
    if (stored) return stored;
    const sample = {
      ...checkSample(added),
      id: added.id ?? `sample-${++this.#count}`,
      date: '2026-01-01T00:00:00.000Z',
    };
    this.samples.push(sample);
    this.tell();
    return sample;
  }

  async remove(id: string): Promise<Sample | null> {
    await this.beforeChange();
    const index = this.samples.findIndex((sample) => sample.id === id);
    if (index === -1) return null;
    const [removed] = this.samples.splice(index, 1);
    this.tell();
    return removed!;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of a change. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
