import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import extractZip from 'extract-zip';
import { syncFile } from '../files/atomic-write.ts';
import { fileError } from '../files/file-errors.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { type Archive, openLocalArchive } from './archive.ts';
import type { FetchWaits } from './fetch-waits.ts';
import type { Staging } from './staging.ts';
import { fileCrc } from './verify.ts';
import { checkCrc, damagedArchive, isUnpacked, zipError } from './zip.ts';

const FILE_TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;

interface WholeArchiveOptions extends Pick<Archive, 'isMixed'> {
  /** What errors call it. */
  name: string;
  staging: Staging;
  working: FetchWaits['working'];
  /** Called when the file is no longer needed. */
  remove: () => Promise<void>;
}

/** Opens a zip file on disk. Extracting any of its members extracts the whole archive first. */
export async function openWholeArchive(
  file: string,
  { name, staging, working, isMixed, remove }: WholeArchiveOptions,
): Promise<Archive> {
  const archive = await openLocalArchive(file, name);
  let extracted: string | null = null;
  return {
    members: archive.members,
    isMixed,
    downloadSize: () => 0,
    async *extract(names, folder) {
      using _working = working('extracting');
      extracted ??= await extractAll(file, name, staging);
      for (const member of names) {
        const entry = archive.members.get(member)!;
        if (isUnpacked(entry, member)) {
          yield* archive.extract([member], folder);
          continue;
        }
        const source = path.join(extracted, entry.fileName);
        const stats = await lstat(source).catch((error) => {
          throw zipError(error, name);
        });
        const crc = stats.isFile() ? await fileCrc(source) : Number.NaN;
        checkCrc(entry, crc, name);
        await syncFile(source);
        // No other split needs the file.
        await retryWhileBusy(() => rename(source, path.join(folder, member))).catch((error) => {
          throw fileError(error, folder);
        });
      }
    },
    discard: remove,
    close: () => archive.close(),
  };
}

async function extractAll(file: string, name: string, staging: Staging): Promise<string> {
  const folder = await staging.createFolder('archive');
  try {
    await extractZip(file, {
      dir: folder,
      onEntry(entry) {
        staging.signal.throwIfAborted();
        // A link could make the archive write outside the folder. EMNIST contains none.
        if (((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === SYMLINK) {
          throw damagedArchive(name, `it contains a symbolic link, ${entry.fileName}`);
        }
      },
    });
  } catch (error) {
    staging.signal.throwIfAborted();
    // A full disk is not the archive's fault.
    throw (error as NodeJS.ErrnoException).syscall === 'write' ? fileError(error, folder) : zipError(error, name);
  }
  return folder;
}

/** Throws `archive-damaged` unless a file has the expected SHA-256. */
export async function checkSha256(file: string, expected: string, name: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw fileError(error, file);
  }
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw damagedArchive(name, `SHA-256 is ${actual}, not ${expected}`);
  }
}
