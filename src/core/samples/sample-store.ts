import { createHash, randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../errors.ts';
import { targetName, writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { listReadable } from '../files/folders.ts';
import { acquireLock, isLockFile, isStillHeld, type LockOptions } from '../files/lock.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { MAX_CLASSES } from '../label-text.ts';
import { checkSample } from './check-sample.ts';
import type { NewSample, Sample } from './sample.ts';
import { decodeSamples, encodeSamples, lineCount, looksLikeSamples, sampleLines } from './sample-lines.ts';

/** The file, next to that of the samples, that locks them. */
export const SAMPLES_LOCK = 'samples.lock';
/** The most samples that are kept: 300 for each of the characters from 0 to z. */
export const MAX_SAMPLES = 20_000;
/** The most bytes that their file may have. A usual sample has 500 to 2000. */
export const MAX_SAMPLES_BYTES = 128 * 1024 * 1024;

/** Whether and how to wait for another process that is changing the samples. */
export type SampleChangeOptions = Pick<LockOptions, 'signal' | 'onWait'>;

/**
 * The drawings that the user has labeled, in a stroke file. Each change rewrites the file under a lock, atomically: after a
 * crash, there is either the old file or the new one, and several processes can label at once. Changes of one store are made
 * one after the other.
 *
 * A new sample is appended to what was read before, so that neither this process nor others encode or parse the old ones
 * again. With 10,000 samples, which have 9 MB if they are as simple as usual characters, storing one takes some 50 ms,
 * nearly all for writing, and opening the store takes 300 ms; without any, storing one takes 20 ms.
 */
export class SampleStore {
  readonly #file: string;
  #samples: readonly Sample[] = [];
  /** What the file contained when it was read or written, and what it looked like. */
  #content: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #stamp = '';
  /** Settles when the last of the changes has been made. */
  #queue: Promise<unknown> = Promise.resolve();
  #isTidy = false;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Opens the store; there need not be a file yet. Throws `samples-invalid`, and the errors of `fileError`. */
  static async open(file: string): Promise<SampleStore> {
    const store = new SampleStore(file);
    await store.refresh();
    return store;
  }

  /** In the order they were labeled, as of the last change or refresh. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Reads the file if another process has changed it. Returns whether it had. Throws like `open`. */
  refresh(): Promise<boolean> {
    return this.#inTurn(() => this.#read());
  }

  /**
   * Adds samples, all or none, and returns them with their IDs once they are on disk. `onlyNew`: except those whose drawing
   * and label are there already. One whose ID is there already is returned as it was stored. Throws `label-invalid`,
   * `strokes-invalid`, `samples-full`, `too-many-labels`, the errors of `open`, and the signal's reason.
   */
  async add(added: readonly NewSample[], options: SampleChangeOptions & { onlyNew?: boolean } = {}): Promise<Sample[]> {
    const checked = added.map(checkSample);
    return this.#change(options, () => {
      const date = new Date().toISOString();
      const chosen = options.onlyNew ? newOnes(checked, this.#samples) : checked;
      const stored = new Map(this.#samples.map((sample) => [sample.id, sample]));
      const result = chosen.map(({ id = randomUUID(), ...sample }) => stored.get(id) ?? { ...sample, id, date });
      const samples = result.filter(({ id }) => !stored.has(id));
      const all = [...this.#samples, ...samples];
      if (all.length > MAX_SAMPLES) {
        const message = `there can be at most ${MAX_SAMPLES.toLocaleString('en-US')} samples`;
        throw new EmnistError('samples-full', message, { file: this.#file, limit: MAX_SAMPLES, unit: 'samples' });
      }
      const labels = new Set(all.map(({ label }) => label)).size;
      if (labels > MAX_CLASSES) {
        const message = `the samples can have at most ${MAX_CLASSES} distinct labels`;
        throw new EmnistError('too-many-labels', message, { file: this.#file, labels, maximum: MAX_CLASSES });
      }
      // Someone may have edited the file, and left the last line without a break.
      const end = this.#content.length > 0 && this.#content.at(-1) !== 10 ? '\n' : '';
      const content = Buffer.concat([this.#content, Buffer.from(end), encodeSamples(samples)]);
      return { result, samples: all, content };
    });
  }

  /**
   * Removes samples, also those that other processes have added. Returns those that were removed. Throws the errors of
   * `open`, and the signal's reason.
   */
  remove(isRemoved: (sample: Sample) => boolean, options: SampleChangeOptions = {}): Promise<Sample[]> {
    return this.#change(options, () => {
      const removed = new Set(this.#samples.filter(isRemoved));
      const isKept = this.#samples.map((sample) => !removed.has(sample));
      const content = Buffer.concat([...sampleLines(this.#content)].filter((_, index) => isKept[index]));
      return { result: [...removed], samples: this.#samples.filter((_, index) => isKept[index]), content };
    });
  }

  /** Makes a change to the samples as they are on disk. `change` returns the new ones and, unless nothing changes, their file. */
  #change<T>(
    options: SampleChangeOptions,
    change: () => { result: T; samples: readonly Sample[]; content: Buffer<ArrayBuffer> },
  ): Promise<T> {
    return this.#inTurn(async () => {
      for (;;) {
        options.signal?.throwIfAborted();
        await using lock = await acquireLock(path.join(path.dirname(this.#file), SAMPLES_LOCK), {
          ...options,
          wait: true,
        });
        await this.#read();
        const { result, samples, content } = change();
        if (samples.length === this.#samples.length) return result;
        if (content.length > MAX_SAMPLES_BYTES) {
          const message = `the samples would have more than ${MAX_SAMPLES_BYTES / 2 ** 20} MB`;
          throw new EmnistError('samples-full', message, { file: this.#file, limit: MAX_SAMPLES_BYTES, unit: 'bytes' });
        }
        // A process that was suspended may find that another one has taken the lock over, and changed the samples.
        if (!(await isStillHeld(lock))) continue;
        await this.#tidy();
        await this.#write(content);
        this.#samples = samples;
        this.#content = content;
        this.#stamp = await stampOf(this.#file);
        return result;
      }
    });
  }

  async #write(content: Buffer): Promise<void> {
    if (content.length > 0) return writeFileAtomically(this.#file, content);
    await retryWhileBusy(() => rm(this.#file, { force: true })).catch((error) => {
      throw fileError(error, this.#file);
    });
  }

  /** Removes what interrupted writes have left. Nobody else writes while this process has the lock. */
  async #tidy(): Promise<void> {
    if (this.#isTidy) return;
    const folder = path.dirname(this.#file);
    for (const { name } of await listReadable(folder)) {
      const found = path.join(folder, name);
      // It only takes space.
      if (isTemporary(found, this.#file)) await rm(found, { force: true }).catch(() => {});
    }
    this.#isTidy = true;
  }

  async #read(): Promise<boolean> {
    const stamp = await stampOf(this.#file);
    if (stamp === this.#stamp) return false;
    const content = stamp === '' ? Buffer.alloc(0) : await readContent(this.#file).catch(emptyIfMissing);
    const known = this.#content.length;
    // Others mostly add samples. Lines that have been read are not parsed again.
    const isLonger = known > 0 && this.#content.at(-1) === 10 && content.subarray(0, known).equals(this.#content);
    this.#samples = isLonger
      ? [...this.#samples, ...decodeSamples(content.subarray(known), this.#file, 1 + lineCount(this.#content))]
      : decodeSamples(content, this.#file);
    this.#content = content;
    this.#stamp = stamp;
    return true;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}

/** Those of some samples that are neither among the others nor twice among themselves. */
function newOnes(samples: readonly NewSample[], others: readonly NewSample[]): NewSample[] {
  const seen = new Set(others.map(digest));
  return samples.filter((sample) => {
    const key = digest(sample);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** The same for the same drawing with the same label. */
function digest({ label, strokes }: NewSample): string {
  return createHash('sha256')
    .update(JSON.stringify([label, strokes]))
    .digest('base64');
}

/**
 * The absolute paths of what the program created to store samples in `file`: the file itself, temporary files that
 * interrupted writes have left, and locks. A file of this name that is something else is left out. Throws the errors of
 * `fileError`.
 */
export async function ownedSampleFiles(file: string): Promise<string[]> {
  const folder = path.dirname(file);
  const owned: string[] = [];
  for (const entry of await listReadable(folder)) {
    const found = path.join(folder, entry.name);
    const isOurs = async () => isTemporary(found, file) || (found === file && (await isSampleFile(file)));
    if (isLockFile(entry.name, SAMPLES_LOCK) || (entry.isFile() && (await isOurs()))) owned.push(found);
  }
  return owned;
}

/** How many lines a file of samples has, which is quicker to tell than how many samples. Throws the errors of `fileError`. */
export async function countSampleLines(file: string): Promise<number> {
  const content = await readContent(file);
  return lineCount(content) + (content.length > 0 && content.at(-1) !== 10 ? 1 : 0);
}

function isTemporary(found: string, file: string): boolean {
  return found !== file && targetName(found) === file;
}

async function isSampleFile(file: string): Promise<boolean> {
  const { size } = await statOf(file);
  return size <= MAX_SAMPLES_BYTES && looksLikeSamples(await readContent(file));
}

/** Changes whenever the file is replaced; empty if there is none. Throws `samples-invalid` if it is too large. */
async function stampOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await statOf(file);
    if (size <= MAX_SAMPLES_BYTES) return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    if (isMissing((error as Error).cause)) return '';
    throw error;
  }
  const message = `${file} is larger than ${MAX_SAMPLES_BYTES / 2 ** 20} MB`;
  throw new EmnistError('samples-invalid', message, { file, line: null, problem: 'too-large' });
}

async function statOf(file: string) {
  try {
    const stats = await stat(file);
    // Reading a pipe would wait for its writer.
    if (stats.isFile() || stats.isDirectory()) return stats;
    throw new EmnistError('file-special', `${file} is not a regular file`, { path: file });
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Another process may delete the file after it was looked at. */
function emptyIfMissing(error: Error): Buffer<ArrayBuffer> {
  if (isMissing(error.cause)) return Buffer.alloc(0);
  throw error;
}

async function readContent(file: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await retryWhileBusy(() => readFile(file));
  } catch (error) {
    throw fileError(error, file);
  }
}
