import path from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import { makeFolder } from '../../files/folders.ts';
import type { Bytes } from '../progress.ts';
import { extractMember, openZip, zipError } from '../zip.ts';
import type { ArrayData } from './array-data.ts';
import { npyArray } from './npy.ts';
import { invalidData } from './own-errors.ts';
import { isPictureName } from './picture-layout.ts';

/** The most that an archive may be unpacked to. */
const MAX_BYTES = 4 * 2 ** 30;
const MAX_MEMBERS = 1_500_000;
const DATA_NAME = /\.(?:csv|tsv|npz|npy|mat|gz)$|mapping\.txt$|ubyte$|idx[13]$/i;
const IGNORED = /(?:^|\/)(?:\.|__MACOSX\/)/;
const FILE_TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;

async function listEntries(zip: ZipFile, file: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.length === MAX_MEMBERS) throw invalidData(file, 'too-large', 'has too many files');
      entries.push(entry);
    }
  } catch (error) {
    throw zipError(error, file);
  }
  return entries;
}

/** Whether a zip file is one of NumPy's: only arrays, in no folder. */
export async function isNpz(file: string): Promise<boolean> {
  const zip = await openZip(file, file);
  try {
    const entries = await listEntries(zip, file);
    return entries.length > 0 && entries.every(({ fileName }) => /^[^/]+\.npy$/.test(fileName));
  } finally {
    zip.close();
  }
}

/** The arrays of a file of NumPy, which can be read until `close` is called. */
export async function openNpz(file: string): Promise<{ arrays: ArrayData[]; close: () => void }> {
  const zip = await openZip(file, file);
  try {
    const arrays: ArrayData[] = [];
    for (const entry of await listEntries(zip, file)) {
      if (!entry.fileName.endsWith('.npy')) continue;
      const name = entry.fileName.slice(0, -'.npy'.length);
      arrays.push(await npyArray(name, `${file}: ${name}`, () => readEntry(zip, entry, file)));
    }
    return { arrays, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function* readEntry(zip: ZipFile, entry: Entry, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw zipError(error, file);
  }
}

/**
 * Unpacks the pictures and data of a zip file into an empty folder, and yields its progress. Links and other files are left
 * out. Throws `data-invalid`, `archive-damaged`, and the errors of files.
 */
export async function* unpackZip(file: string, folder: string, signal: AbortSignal): AsyncGenerator<Bytes, void> {
  const zip = await openZip(file, file);
  try {
    const entries = (await listEntries(zip, file)).filter(
      ({ fileName, externalFileAttributes }) =>
        !IGNORED.test(fileName) &&
        (isPictureName(fileName) || DATA_NAME.test(fileName) || fileName.endsWith('/')) &&
        ((externalFileAttributes >>> 16) & FILE_TYPE_MASK) !== SYMLINK,
    );
    const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
    if (total > MAX_BYTES) throw invalidData(file, 'too-large', `has ${total} bytes of data, which is too much`);
    let done = 0;
    const made = new Set<string>();
    for (const entry of entries) {
      signal.throwIfAborted();
      const target = path.join(folder, entry.fileName);
      // Folders are kept, so that one without pictures is noticed.
      const isEntryFolder = entry.fileName.endsWith('/');
      const parent = isEntryFolder ? target : path.dirname(target);
      if (!made.has(parent)) await makeFolder(parent);
      made.add(parent);
      if (!isEntryFolder) for await (const _ of extractMember(zip, entry, target, file, { durable: false }));
      done += entry.uncompressedSize;
      yield { bytes: done, total };
    }
  } finally {
    zip.close();
  }
}
