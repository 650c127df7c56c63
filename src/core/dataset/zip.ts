import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { crc32, createGzip } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { EmnistError } from '../errors.ts';
import { flush } from '../files/atomic-write.ts';
import { fileError } from '../files/file-errors.ts';
import { mappingName, requiredMembers } from './split-files.ts';
import { SPLITS, type Split } from './splits.ts';

const SNIFFED_BYTES = 512;

/** Opens a zip file on disk. Throws `archive-missing`, `archive-not-zip`, `archive-damaged` or the errors of `fileError`. */
export async function openZip(file: string, archive: string): Promise<ZipFile> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED_BYTES), 0, SNIFFED_BYTES, 0);
    requireZip(buffer.subarray(0, bytesRead), null, archive);
    // `autoClose` would close it after its directory is read, before its members are.
    return await yauzl.openPromise(file, { autoClose: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new EmnistError('archive-missing', `no such file: ${file}`, { archive: file }, { cause: error });
    }
    throw zipError(error, archive);
  }
}

/** Throws `archive-not-zip` if a file does not start like a zip file. `type` is the Content-Type sent with it. */
export function requireZip(head: Uint8Array, type: string | null, archive: string): void {
  rejectWebPage(head, type, archive);
  if (Buffer.from(head.subarray(0, 2)).toString('latin1') !== 'PK') {
    throw new EmnistError('archive-not-zip', `${archive} is not a zip file`, { archive });
  }
}

/** Throws `archive-not-zip` if the start or end of a file is that of a web page. */
export function rejectWebPage(bytes: Uint8Array, type: string | null, archive: string): void {
  const text = Buffer.from(bytes).toString('latin1');
  if (/^\s*text\/html/i.test(type ?? '') || /^\s*<(?:!doctype html|html)/i.test(text) || /<\/html>\s*$/i.test(text)) {
    throw new EmnistError('archive-not-zip', `${archive} is a web page, not a zip file`, { archive });
  }
}

/** Whether a member is not gzipped in the archive, although NIST's file is: other archives, such as Kaggle's, have them so. */
export function isUnpacked(entry: Entry, name: string): boolean {
  return name.endsWith('.gz') && !entry.fileName.endsWith('.gz');
}

/**
 * Lists EMNIST's files in an archive by NIST's names, whatever folder they are in; with `unpacked` also those that are not
 * gzipped.
 */
export async function listMembers(
  zip: ZipFile,
  archive: string,
  { unpacked = false } = {},
): Promise<Map<string, Entry>> {
  const known = new Set(SPLITS.flatMap((split) => [...requiredMembers(split), mappingName(split)]));
  const members = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.slice(entry.fileName.lastIndexOf('/') + 1);
      if (known.has(name)) members.set(name, entry);
      const packed = `${name}.gz`;
      if (unpacked && known.has(packed) && !members.has(packed)) members.set(packed, entry);
    }
  } catch (error) {
    throw zipError(error, archive);
  }
  return members;
}

/** The names of a split's files in an archive. Throws `archive-without-split` if one of the four required is missing. */
export function splitMembers(members: ReadonlyMap<string, Entry>, split: Split, archive: string): string[] {
  const required = requiredMembers(split);
  const missing = required.find((name) => !members.has(name));
  if (missing !== undefined) {
    const splits = SPLITS.filter((other) => requiredMembers(other).every((name) => members.has(name)));
    throw new EmnistError('archive-without-split', `${archive} does not contain ${missing}`, {
      archive,
      split,
      missing,
      splits,
    });
  }
  return members.has(mappingName(split)) ? [...required, mappingName(split)] : required;
}

/**
 * Extracts a member into a new file and checks its CRC-32, yielding the bytes written so far. One that is not gzipped, although
 * its target is, gets gzipped. `durable`: it survives a loss of power; a temporary file need not.
 */
export async function* extractMember(
  zip: ZipFile,
  entry: Entry,
  target: string,
  archive: string,
  { durable = true } = {},
): AsyncGenerator<number> {
  // Such an error is not the archive's fault.
  const cannotWrite = (error: unknown) => {
    throw fileError(error, target);
  };
  let bytes = 0;
  let crc = 0;
  try {
    await using output = await open(target, 'wx').catch(cannotWrite);
    const gzip = isUnpacked(entry, target) ? createGzip() : null;
    const written = gzip && output.writeFile(gzip).catch(cannotWrite);
    // It is awaited at the end.
    written?.catch(() => gzip?.destroy());
    try {
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        if (gzip === null) await output.writeFile(chunk).catch(cannotWrite);
        else if (!gzip.write(chunk)) await Promise.race([once(gzip, 'drain'), written]);
        crc = crc32(chunk, crc);
        bytes += chunk.length;
        yield bytes;
      }
      gzip?.end();
      await written;
    } finally {
      gzip?.destroy();
    }
    if (durable) await flush(output).catch(cannotWrite);
  } catch (error) {
    throw zipError(error, archive);
  }
  checkCrc(entry, crc, archive);
}

/** Throws `archive-damaged` unless a member has the CRC-32 in the archive's directory. */
export function checkCrc(entry: Entry, crc: number, archive: string): void {
  if (crc !== entry.crc32) {
    throw damagedArchive(archive, `CRC of ${entry.fileName} is ${crcText(crc)}, not ${crcText(entry.crc32)}`);
  }
}

/** Formats a CRC-32 as eight hexadecimal digits. */
export function crcText(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** Turns what yauzl, zlib or the system threw while reading an archive into an error for the user. */
export function zipError(error: unknown, archive: string): Error {
  if (error instanceof EmnistError || !(error instanceof Error)) return fileError(error, archive);
  const { code } = error as NodeJS.ErrnoException;
  // yauzl throws plain errors without a code. Errors with one are those of the system or zlib.
  if (code === undefined && error.message.startsWith('End of central directory')) {
    return damagedArchive(archive, 'its end is missing', error);
  }
  // Node throws a TypeError for a path with a zero byte; such a name is in no archive that is intact.
  if (code === 'ERR_INVALID_ARG_VALUE') return damagedArchive(archive, 'a file name contains a zero byte', error);
  if (code === undefined ? error.constructor === Error : code.startsWith('Z_')) {
    return damagedArchive(archive, error.message, error);
  }
  return fileError(error, archive);
}

/** The error for an archive whose contents are not as they should be. */
export function damagedArchive(archive: string, reason: string, cause?: unknown): EmnistError {
  return new EmnistError('archive-damaged', `${archive} is damaged (${reason})`, { archive, reason }, { cause });
}
