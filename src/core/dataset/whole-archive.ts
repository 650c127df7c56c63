import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import extractZip from 'extract-zip';
import { EmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { retryWhileBusy } from '../files/retry.ts';
import { type Archive, openLocalArchive } from './archive.ts';
import type { Staging } from './staging.ts';
import { fileCrc } from './verify.ts';
import { checkCrc, zipError } from './zip.ts';

const FILE_TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;

/**
 * An archive on disk that is unpacked as a whole, with the first members that are asked for. `remove` is called when it
 * is of no more use.
 */
export async function openWholeArchive(
  file: string,
  name: string,
  staging: Staging,
  remove: () => Promise<void>,
): Promise<Archive> {
  const archive = await openLocalArchive(file, name);
  let unpacked: string | null = null;
  return {
    members: archive.members,
    async *extract(names, folder) {
      unpacked ??= await unpack(file, name, staging);
      for (const member of names) {
        const entry = archive.members.get(member)!;
        const source = path.join(unpacked, entry.fileName);
        const crc = (await lstat(source)).isFile() ? await fileCrc(source) : Number.NaN;
        checkCrc(entry, crc, name);
        // Two splits share no file, so it can be taken away.
        await retryWhileBusy(() => rename(source, path.join(folder, member))).catch((error) => {
          throw fileError(error, folder);
        });
      }
    },
    discard: remove,
    close: () => archive.close(),
  };
}

async function unpack(file: string, name: string, staging: Staging): Promise<string> {
  const folder = await staging.createFolder('archive');
  try {
    await extractZip(file, {
      dir: folder,
      onEntry(entry) {
        staging.signal.throwIfAborted();
        // EMNIST has none, and through a link a zip file could write outside of the folder.
        if (((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === SYMLINK) {
          const reason = `it contains a symbolic link, ${entry.fileName}`;
          throw new EmnistError('archive-damaged', `${name} is damaged (${reason})`, { archive: name, reason });
        }
      },
    });
  } catch (error) {
    staging.signal.throwIfAborted();
    // Where the disk is full it is not the archive that this is about.
    throw (error as NodeJS.ErrnoException).syscall === 'write' ? fileError(error, folder) : zipError(error, name);
  }
  return folder;
}

/** Throws `archive-damaged` unless a file has this SHA-256. */
export async function checkSha256(file: string, expected: string, name: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  } catch (error) {
    throw fileError(error, file);
  }
  const actual = hash.digest('hex');
  if (actual !== expected) {
    const reason = `SHA-256 is ${actual}, not ${expected}`;
    throw new EmnistError('archive-damaged', `${name} is damaged (${reason})`, { archive: name, reason });
  }
}
