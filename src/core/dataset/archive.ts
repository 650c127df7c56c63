import path from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import type { Bytes } from './progress.ts';
import { extractMember, listMembers, openZip } from './zip.ts';

/** An archive of NIST's layout, wherever it is. */
export interface Archive {
  /** EMNIST's files in it, by NIST's names. */
  readonly members: ReadonlyMap<string, Entry>;
  /** Writes members to a folder under NIST's names, each checked against its CRC-32. */
  extract(names: readonly string[], folder: string): AsyncGenerator<Bytes>;
  /** Deletes what was downloaded of it: everything wanted was taken from it, or it is of no use. */
  discard(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A zip file on disk, of which only the members asked for are read. `name`: what it is called in errors, which are
 * `archive-missing`, `archive-not-zip`, `archive-damaged` or `fileError`'s.
 */
export async function openLocalArchive(file: string, name: string): Promise<Archive> {
  const zip = await openZip(file, name);
  try {
    const members = await listMembers(zip, name);
    return {
      members,
      extract: (names, folder) => extractMembers(zip, pick(members, names), folder, name),
      async discard() {},
      async close() {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Writes members one after the other; yields the bytes written of all. */
export async function* extractMembers(
  zip: ZipFile,
  members: ReadonlyMap<string, Entry>,
  folder: string,
  archive: string,
): AsyncGenerator<Bytes> {
  const total = [...members.values()].reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  let done = 0;
  for (const [name, entry] of members) {
    for await (const bytes of extractMember(zip, entry, path.join(folder, name), archive)) {
      yield { bytes: done + bytes, total };
    }
    done += entry.uncompressedSize;
  }
}

/** The members of these names, which must be there. */
export function pick(members: ReadonlyMap<string, Entry>, names: readonly string[]): Map<string, Entry> {
  return new Map(names.map((name) => [name, members.get(name)!]));
}
