import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { EmnistError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { makeFolder } from '../files/folders.ts';
import { acquireLock } from '../files/lock.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { checkDrawing } from '../strokes/stroke-file.ts';
import { type NewSample, SAMPLE_ORIGINS, type Sample } from './sample.ts';

/** The version of the file's lines that this program writes. */
const VERSION = 1;

/** A line of the file, which is also a line of a stroke file. */
const lineSchema = v.object({
  version: v.literal(VERSION),
  id: v.string(),
  label: v.string(),
  origin: v.picklist(SAMPLE_ORIGINS),
  readAs: v.optional(v.string()),
  date: v.string(),
  strokes: v.custom<Drawing>((strokes) => checkDrawing(strokes) !== null),
});

/**
 * The drawings that the user has labeled, in a stroke file. Each change rewrites the file under a lock, atomically: after a crash,
 * there is either the old file or the new one, and several processes can label at once.
 */
export class SampleStore {
  readonly #file: string;
  #samples: readonly Sample[] = [];
  /** What the file looked like when it was read. */
  #stamp = '';

  private constructor(file: string) {
    this.#file = file;
  }

  /** Opens the store; there need not be a file yet. Throws `samples-invalid` and the errors of `fileError`. */
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
  async refresh(): Promise<boolean> {
    const stamp = await stampOf(this.#file);
    if (stamp === this.#stamp) return false;
    this.#samples = stamp === '' ? [] : await readSamples(this.#file);
    this.#stamp = stamp;
    return true;
  }

  /** Adds samples and returns them with their IDs once they are on disk. */
  async add(added: readonly NewSample[]): Promise<Sample[]> {
    const date = new Date().toISOString();
    const samples = added.map((sample) => ({ ...sample, id: randomUUID(), date }));
    await this.#change((before) => [...before, ...samples]);
    return samples;
  }

  /** Removes samples, also those that other processes have added. Returns those that were removed. */
  async remove(isRemoved: (sample: Sample) => boolean): Promise<Sample[]> {
    const removed: Sample[] = [];
    await this.#change((before) =>
      before.filter((sample) => {
        if (!isRemoved(sample)) return true;
        removed.push(sample);
        return false;
      }),
    );
    return removed;
  }

  async #change(change: (samples: readonly Sample[]) => readonly Sample[]): Promise<void> {
    await makeFolder(path.dirname(this.#file));
    await using _lock = await acquireLock(`${this.#file}.lock`, { wait: true });
    await this.refresh();
    const samples = change(this.#samples);
    const lines = samples.map((sample) => `${JSON.stringify({ version: VERSION, ...sample })}\n`);
    await writeFileAtomically(this.#file, lines.join(''));
    this.#samples = samples;
    this.#stamp = await stampOf(this.#file);
  }
}

/** Changes whenever the file is replaced; empty if there is none. */
async function stampOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if (isMissing(error)) return '';
    throw fileError(error, file);
  }
}

async function readSamples(file: string): Promise<Sample[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), lineSchema), line);
    if (result.success) {
      const { version: _version, ...sample } = result.output;
      return [sample];
    }
    const reason = result.issues[0].message;
    throw new EmnistError('samples-invalid', `${file}:${index + 1}: ${reason}`, { file, line: index + 1 });
  });
}
