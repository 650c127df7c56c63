import { EmnistError } from '../../errors.ts';
import type { Paths } from '../../paths.ts';
import { checkDatasetName } from '../dataset-name.ts';
import type { FetchEvent } from '../fetch-event.ts';
import { FetchWaits } from '../fetch-waits.ts';
import { ProgressMeter } from '../progress.ts';
import { openStaging, type Staging } from '../staging.ts';
import { datasetFolder, readOwnManifest } from './own-manifest.ts';
import { prepareImages, type TryOrientation } from './prepare-images.ts';
import { readSource } from './read-source.ts';
import type { SourceImages, SourceReader } from './source-images.ts';
import { writeDataset } from './write-dataset.ts';

export interface TakeOverOptions {
  /** The absolute path of the file or folder to read. */
  from: string;
  /** That of a file with the test part. */
  test?: string;
  /** What to call the data set. */
  name: string;
  /** How the source stores images. Default: it is tried, or assumed. */
  orientation?: 'upright' | 'transposed';
  /** Replace an existing data set of this name. */
  overwrite?: boolean;
  paths: Paths;
  signal?: AbortSignal;
  tryOrientation: TryOrientation;
}

/**
 * Takes over a data set of one's own: reads its source, makes the images upright and light on dark, holds out a test part if
 * the source has none, and installs it under `paths.datasets/<name>` with one rename. Yields `start`, `progress`,
 * `waiting`, and `end`. If it fails or is aborted, nothing is left.
 *
 * Throws `dataset-name-invalid`, `dataset-exists`, `data-invalid`, the errors of files, and the signal's reason.
 */
export async function* takeOver(options: TakeOverOptions): AsyncGenerator<FetchEvent> {
  const { from, test, name, orientation, tryOrientation } = options;
  checkDatasetName(name);
  await rejectExisting(options);
  options.signal?.throwIfAborted();
  yield { event: 'start', split: name, source: from };
  await using work = new Work(options);
  const staging = yield* work.during(work.openStaging());
  const { signal } = staging;
  const meter = new ProgressMeter(name);
  const reader = readSource({ from, test }, { signal, unpackInto: () => staging.createFolder('archive') });
  const source = yield* work.reading(reader, meter);
  const { labels, parts, details } = yield* work.doing(
    'checking',
    prepareImages(source, { from, orientation, tryOrientation, signal }),
  );
  const folder = await staging.createFolder('new');
  const description = { name, labels, source: from, date: new Date().toISOString(), details };
  const { files } = yield* work.doing('saving', writeDataset(folder, parts, description, signal));
  // Another process may have installed one meanwhile.
  await rejectExisting(options);
  await staging.install(folder, name);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  yield meter.finish(bytes);
  const counts = { trainImages: parts.train.length, testImages: parts.test.length };
  yield { event: 'end', split: name, ...counts, bytes, own: details };
}

async function rejectExisting({ name, paths, overwrite }: TakeOverOptions): Promise<void> {
  const existing = await readOwnManifest(paths, name);
  if (existing === 'missing') return;
  if (existing === 'foreign') {
    const message = `${datasetFolder(paths, name)} is not the folder of a data set`;
    throw new EmnistError('dataset-name-invalid', message, { dataset: name, reason: 'taken' });
  }
  if (!overwrite) throw new EmnistError('dataset-exists', `the data set "${name}" already exists`, { dataset: name });
}

/** The asynchronous steps. Each yields an event while it waits. */
class Work implements AsyncDisposable {
  readonly #options: TakeOverOptions;
  readonly #abandoned = new AbortController();
  readonly #waits = new FetchWaits();
  #staging: Staging | null = null;

  constructor(options: TakeOverOptions) {
    this.#options = options;
  }

  async openStaging(): Promise<Staging> {
    const { paths, signal } = this.#options;
    const { datasets: folder } = paths;
    // Kept at once, so that it is closed even if the iteration has been left meanwhile.
    this.#staging = await openStaging(folder, {
      signal: signal ? AbortSignal.any([signal, this.#abandoned.signal]) : this.#abandoned.signal,
      onWait: (holder, isRunning) => this.#waits.add({ for: 'process', folder, ...holder, isRunning }),
    });
    return this.#staging;
  }

  /** Yields what is waited for until a promise settles. */
  async *during<T>(promise: Promise<T>): AsyncGenerator<FetchEvent, T> {
    const waits = this.#waits.during(promise, () => this.#abandoned.abort());
    try {
      for (;;) {
        const next = await waits.next();
        if (next.done) return next.value;
        yield { event: 'waiting', split: this.#options.name, ...next.value };
      }
    } finally {
      await waits.return(undefined as T);
    }
  }

  /** Yields that files are being worked on, if that takes long. */
  async *doing<T>(work: 'checking' | 'saving', promise: Promise<T>): AsyncGenerator<FetchEvent, T> {
    using _working = this.#waits.working(work);
    return yield* this.during(promise);
  }

  /** Yields the progress of a reader, at most ten times a second. */
  async *reading(reader: SourceReader, meter: ProgressMeter): AsyncGenerator<FetchEvent, SourceImages> {
    try {
      for (;;) {
        const step = yield* this.during(reader.next());
        this.#staging!.signal.throwIfAborted();
        if (step.done) return step.value;
        const event = meter.update(step.value);
        if (event) yield event;
      }
    } finally {
      // Closes open files if the iteration ends early.
      await reader.return(undefined as never);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#staging?.close();
  }
}
