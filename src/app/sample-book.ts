import { unwatchFile, watchFile } from 'node:fs';
import { compareLabels } from '../core/label-text.ts';
import { DIGITS, LOWERCASE, UPPERCASE } from '../core/labels.ts';
import type { Paths } from '../core/paths.ts';
import { practiceOrder } from '../core/samples/practice-order.ts';
import type { LabelCount, NewSample, Sample } from '../core/samples/sample.ts';
import { SampleStore } from '../core/samples/sample-store.ts';
import type { SampleBook, SampleState } from '../core/server/draw-options.ts';

/** How often the file is checked for changes by other processes, in milliseconds. */
const POLL_INTERVAL = 500;

/** What to practice until it is known what the model can read. */
const ALL_CHARACTERS = [...DIGITS, ...UPPERCASE, ...LOWERCASE];

/** The user's samples while they are in use. */
export interface OpenSampleBook extends SampleBook, Disposable {
  /** In the order they were labeled. A new array after each change. */
  readonly samples: readonly Sample[];
  /** Practices the characters that these classes of a model stand for. Default: digits and letters of both cases. */
  practice(labels: readonly string[]): void;
  /** Stops noticing the changes of other processes. */
  close(): void;
}

/**
 * Opens the samples of the user, of which there may be none yet. While somebody listens, changes by other processes are
 * noticed within a second; this does not keep the process alive. Throws `samples-invalid`, and the errors of `fileError`.
 */
export async function openSampleBook(paths: Pick<Paths, 'samples'>): Promise<OpenSampleBook> {
  return new FileSampleBook(paths.samples, await SampleStore.open(paths.samples));
}

/** The number of samples of each label, in the order of labels. */
export function countLabels(samples: readonly Pick<Sample, 'label'>[]): LabelCount[] {
  const counts = new Map<string, number>();
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => compareLabels(a.label, b.label));
}

class FileSampleBook implements OpenSampleBook {
  readonly #file: string;
  readonly #store: SampleStore;
  readonly #listeners = new Set<() => void>();
  /** The samples that listeners know of. */
  #known: readonly Sample[];
  #practiceLabels: readonly string[] = ALL_CHARACTERS;
  #state: SampleState | null = null;
  #isWatching = false;
  #startTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(file: string, store: SampleStore) {
    this.#file = file;
    this.#store = store;
    this.#known = store.samples;
  }

  get samples(): readonly Sample[] {
    return this.#store.samples;
  }

  get state(): SampleState {
    const { samples } = this.#store;
    this.#state ??= {
      samples: samples.length,
      labels: countLabels(samples),
      practice: practiceOrder(this.#practiceLabels, samples),
    };
    return this.#state;
  }

  has(id: string): boolean {
    return this.#store.samples.some((sample) => sample.id === id);
  }

  async add(sample: NewSample): Promise<Sample> {
    const [added] = await this.#change(() => this.#store.add([sample]));
    return added!;
  }

  async remove(id: string): Promise<Sample | null> {
    const [removed = null] = await this.#change(() => this.#store.remove((sample) => sample.id === id));
    return removed;
  }

  practice(labels: readonly string[]): void {
    if (labels.join('\n') === this.#practiceLabels.join('\n')) return;
    this.#practiceLabels = [...labels];
    this.#changed();
  }

  onChange(listener: () => void): () => void {
    // A function of its own, so that subscribing twice with the same listener means two subscriptions.
    const subscription = () => listener();
    this.#listeners.add(subscription);
    this.#watch();
    return () => {
      this.#listeners.delete(subscription);
      if (this.#listeners.size === 0) this.#unwatch();
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#unwatch();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Polls: there may be no file or folder yet, and other ways to watch miss changes on network drives. */
  #watch(): void {
    if (this.#isWatching || this.#isClosed) return;
    this.#isWatching = true;
    watchFile(this.#file, { interval: POLL_INTERVAL, persistent: false }, this.#onFileChange);
    // Something may have changed while nobody was listening, or before the file was first looked at to compare it later.
    void this.#refresh();
    this.#startTimer = setTimeout(() => this.#refresh(), POLL_INTERVAL).unref();
  }

  #unwatch(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    clearTimeout(this.#startTimer);
    unwatchFile(this.#file, this.#onFileChange);
  }

  readonly #onFileChange = (): void => void this.#refresh();

  /** A change that fails may have found those of others. */
  async #change<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } finally {
      if (this.#store.samples !== this.#known) this.#changed();
    }
  }

  async #refresh(): Promise<void> {
    try {
      await this.#change(() => this.#store.refresh());
    } catch {
      // The samples stay as they were. Whoever changes them next is told what is wrong with the file.
    }
  }

  #changed(): void {
    this.#known = this.#store.samples;
    this.#state = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
