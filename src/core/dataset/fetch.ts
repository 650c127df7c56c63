import path from 'node:path';
import { EmnistError, type ErrorCode, isEmnistError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { fileSize } from '../files/file-info.ts';
import type { Paths } from '../paths.ts';
import { type Archive, openLocalArchive } from './archive.ts';
import type { DatasetName } from './dataset-name.ts';
import { ArchiveChanged, downloadWhole, RangesRefused } from './download.ts';
import { estimateFetch, requireSpace, type SourceSizes } from './fetch-estimate.ts';
import type { FetchEvent } from './fetch-event.ts';
import { FetchWaits } from './fetch-waits.ts';
import { HttpClient, type NetworkOptions } from './http.ts';
import { type DatasetManifest, readManifest } from './manifest.ts';
import { type Bytes, ProgressMeter } from './progress.ts';
import { openRangedArchive } from './ranged-archive.ts';
import { NIST_SHA256, NIST_URL, resolveSource, type Source } from './source.ts';
import { knownSizes, sizesOf } from './source-sizes.ts';
import { MANIFEST_FILE, splitFolder } from './split-files.ts';
import type { Split } from './splits.ts';
import { openStaging, type Staging } from './staging.ts';
import { fileCrc, isIntact, verifySplit } from './verify.ts';
import { checkSha256, openWholeArchive } from './whole-archive.ts';
import { crcText, isUnpacked, requireZip, splitMembers } from './zip.ts';

/** What to fetch, from where, and to where. */
export interface FetchOptions {
  splits: readonly Split[];
  /** URL or file of an archive with NIST's layout. Default: EMNIST_TUI_ARCHIVE, else NIST's archive. */
  from?: string;
  /** Download and extract the whole archive instead of only the members needed. */
  whole?: boolean;
  paths: Paths;
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  network?: NetworkOptions;
  /** SHA-256 of whole archives, by URL. Default: that of NIST's archive. */
  knownSha256?: Readonly<Record<string, string>>;
}

/** Errors of the archive itself, which make its partial download useless. */
const ARCHIVE_ERRORS = new Set<ErrorCode>([
  'archive-damaged',
  'archive-invalid',
  'archive-not-zip',
  'archive-without-split',
]);
/** How often a fetch restarts because the archive has changed. */
const MAX_RESTARTS = 3;

/**
 * Fetches splits, one after the other: yields `start`, `progress` (at most ten a second, and a final one) and `end` for
 * each, and `waiting` when there is no progress for a second. A split that is already installed from the same source, undamaged, is not fetched again. Files appear in
 * `paths.datasets/<split>` only once all of them are verified. The next call resumes an interrupted download.
 * Throws `EmnistError` and, once aborted, the signal's reason.
 */
export async function* fetchDatasets(options: FetchOptions): AsyncGenerator<FetchEvent> {
  const source = resolveSource(options.from, options.env ?? process.env);
  const session = new FetchSession(source, options);
  try {
    for (const split of options.splits) {
      options.signal?.throwIfAborted();
      yield { event: 'start', split, source: source.name };
      yield* session.fetch(split);
    }
    await session.discard();
  } finally {
    await session.close();
  }
}

class FetchSession {
  readonly #source: Source;
  readonly #options: FetchOptions;
  #whole: boolean;
  #staging: Staging | null = null;
  #archive: Archive | null = null;
  readonly #abandoned = new AbortController();
  readonly #waits = new FetchWaits();
  /** Whether the disk has been found to have room for all splits. */
  #hasSpace = false;

  constructor(source: Source, options: FetchOptions) {
    this.#source = source;
    this.#options = options;
    this.#whole = options.whole ?? false;
  }

  async *fetch(split: Split): AsyncGenerator<FetchEvent> {
    if (this.#source.type === 'url') await this.#requireSpace(await knownSizes(this.#source));
    this.#staging ??= yield* this.#during(split, this.#openStaging());
    const meter = new ProgressMeter(split);
    for (let restarts = 0; ; restarts++) {
      try {
        yield* this.#fetchOnce(split, this.#staging, meter);
        return;
      } catch (error) {
        await this.#staging.check();
        // Bytes that may be from different versions of the archive do not fit together: one version will.
        const isMixed = isEmnistError(error, 'archive-damaged') && this.#archive?.isMixed === true && restarts === 0;
        const canRestart = error instanceof ArchiveChanged || error instanceof RangesRefused || isMixed;
        if (!canRestart) {
          if (error instanceof EmnistError && ARCHIVE_ERRORS.has(error.code)) await this.discard();
          throw error;
        }
        if (restarts === MAX_RESTARTS) {
          const archive = this.#source.name;
          throw new EmnistError('archive-changing', `${archive} keeps changing`, { archive }, { cause: error });
        }
        if (error instanceof RangesRefused) {
          this.#whole = true;
          this.#hasSpace = false;
        }
        await this.discard();
        await this.#archive?.close();
        this.#archive = null;
      }
    }
  }

  async #openStaging(): Promise<Staging> {
    const { paths, signal } = this.#options;
    const { datasets: folder } = paths;
    // Kept at once, so that it is closed even if the fetch has been abandoned meanwhile.
    this.#staging = await openStaging(folder, {
      signal: signal ? AbortSignal.any([signal, this.#abandoned.signal]) : this.#abandoned.signal,
      onWait: (holder, isRunning) => this.#waits.add({ for: 'process', folder, ...holder, isRunning }),
    });
    return this.#staging;
  }

  /** Yields what is waited for until a promise settles. */
  async *#during<T>(split: DatasetName, promise: Promise<T>): AsyncGenerator<FetchEvent, T> {
    const waits = this.#waits.during(promise, () => this.#abandoned.abort());
    try {
      for (;;) {
        const next = await waits.next();
        if (next.done) return next.value;
        yield { event: 'waiting', split, ...next.value };
      }
    } finally {
      await waits.return(undefined as T);
    }
  }

  /** Yields the progress of steps, at most ten times a second, and what they wait for. */
  async *#throttled<R>(
    steps: AsyncGenerator<Bytes, R>,
    meter: ProgressMeter,
    { signal }: Staging,
  ): AsyncGenerator<FetchEvent, R> {
    try {
      for (;;) {
        const step = yield* this.#during(meter.split, steps.next());
        signal.throwIfAborted();
        if (step.done) return step.value;
        const event = meter.update(step.value);
        if (event) yield event;
      }
    } finally {
      // Closes open files if the iteration ends early.
      await steps.return(undefined as R);
    }
  }

  async *#fetchOnce(split: Split, staging: Staging, meter: ProgressMeter): AsyncGenerator<FetchEvent> {
    const installed = splitFolder(this.#options.paths, split);
    const existing = await readManifest(installed, split);
    const isPresent = typeof existing !== 'string' && (yield* this.#checking(split, isIntact(installed, existing)));
    const present = isPresent ? existing : null;
    // The file at a URL hardly ever changes. A local file may have changed, and is quick to read.
    if (present && this.#source.type === 'url' && present.source === this.#source.name) {
      yield* finish(present, meter);
      return;
    }
    this.#archive ??= yield* this.#throttled(this.#open(staging), meter, staging);
    const archive = this.#archive;
    await this.#requireSpace(sizesOf(archive, null));
    const names = splitMembers(archive.members, split, this.#source.name);
    const files = names.map((name) => {
      const { uncompressedSize, crc32 } = archive.members.get(name)!;
      return { name, bytes: uncompressedSize, crc32: crcText(crc32) };
    });
    if (present && JSON.stringify(present.files) === JSON.stringify(files)) {
      yield* finish(present, meter);
      return;
    }
    const folder = await staging.createFolder('new');
    yield* this.#throttled(archive.extract(names, folder), meter, staging);
    const counts = yield* this.#checking(split, verifySplit(folder, split, names));
    for (const file of files) {
      if (isUnpacked(archive.members.get(file.name)!, file.name))
        Object.assign(file, await describeFile(folder, file.name));
    }
    const manifest: DatasetManifest = {
      format: 1,
      split,
      source: this.#source.name,
      date: new Date().toISOString(),
      ...counts,
      files,
    };
    const manifestFile = path.join(folder, MANIFEST_FILE);
    await writeFileAtomically(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
    await staging.install(folder, split);
    yield* finish(manifest, meter);
  }

  /** Yields that files are being checked, if that takes long. */
  async *#checking<T>(split: Split, check: Promise<T>): AsyncGenerator<FetchEvent, T> {
    using _working = this.#waits.working('checking');
    return yield* this.#during(split, check);
  }

  /** Throws `disk-full` if there is clearly too little free space for all splits, as soon as their sizes are known. */
  async #requireSpace(sizes: SourceSizes | null): Promise<void> {
    if (this.#hasSpace || sizes === null) return;
    const { splits, paths } = this.#options;
    const estimate = await estimateFetch({ splits, source: this.#source, whole: this.#whole, paths }, sizes);
    requireSpace(estimate, paths.datasets);
    this.#hasSpace = estimate.needed !== null;
  }

  /** Opens the archive, downloading as little of it as possible, and yields the progress of the download. */
  async *#open(staging: Staging): AsyncGenerator<Bytes, Archive> {
    const source = this.#source;
    const { name } = source;
    const { working } = this.#waits;
    const whole = { name, staging, working, isMixed: false };
    if (source.type === 'file') {
      return this.#whole
        ? openWholeArchive(source.file, { ...whole, remove: async () => {} })
        : openLocalArchive(source.file, source.name);
    }
    const { network, env, knownSha256 = { [NIST_URL]: NIST_SHA256 } } = this.#options;
    const { url, authorization } = source;
    const client = new HttpClient({
      url,
      authorization,
      signal: staging.signal,
      env,
      network,
      onWait: this.#waits.add,
    });
    if (!this.#whole) {
      const ranged = await openRangedArchive(client, { folder: staging.folder, name, working });
      if (ranged) return ranged;
    }
    const part = yield* downloadWhole(client, staging.folder, async (head, type, size) => {
      requireZip(head, type, name);
      await this.#requireSpace({ splits: {}, whole: size, inParts: false, exact: true });
    });
    try {
      const sha256 = knownSha256[url];
      if (sha256 !== undefined) {
        using _working = working('checking');
        await checkSha256(part.file, sha256, name);
      }
      return await openWholeArchive(part.file, { ...whole, isMixed: part.isMixed, remove: () => part.remove() });
    } catch (error) {
      const { isMixed } = part;
      // It is complete, so the next fetch would fail in the same way.
      if (error instanceof EmnistError && ARCHIVE_ERRORS.has(error.code)) await part.remove();
      throw isMixed && isEmnistError(error, 'archive-damaged') ? new ArchiveChanged(url) : error;
    }
  }

  async discard(): Promise<void> {
    await this.#archive?.discard();
  }

  async close(): Promise<void> {
    await this.#archive?.close();
    await this.#staging?.close();
  }
}

/** The size and checksum of a file that the archive does not have in this form. */
async function describeFile(folder: string, name: string): Promise<DatasetManifest['files'][number]> {
  const file = path.join(folder, name);
  return { name, bytes: (await fileSize(file))!, crc32: crcText(await fileCrc(file)) };
}

async function* finish(manifest: DatasetManifest, meter: ProgressMeter): AsyncGenerator<FetchEvent> {
  const { split, trainImages, testImages } = manifest;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  yield meter.finish(bytes);
  yield { event: 'end', split, trainImages, testImages, bytes };
}
