import path from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import type { Bytes } from './progress.ts';
import { extractMember, listMembers, openZip } from './zip.ts';

/** An archive with NIST's layout, local or remote. */
export interface Archive {
  /** EMNIST's files in the archive, by NIST's names. */
  readonly members: ReadonlyMap<string, Entry>;
  /** Whether its bytes may be from different versions of a remote file, so that damage may only be that. */
  readonly isMixed: boolean;
  /** How many bytes must be downloaded for members, if nothing of them has been. */
  downloadSize(names: readonly string[]): number;
  /** Extracts members into a folder, under NIST's names, and checks their CRC-32. */
  extract(names: readonly string[], folder: string): AsyncGenerator<Bytes>;
  /** Deletes the downloaded part of the archive, because it is no longer needed or is useless. */
  discard(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a zip file on disk and reads only the members that are extracted. Errors call it `name`. Throws
 * `archive-missing`, `archive-not-zip`, `archive-damaged`, and the errors of `fileError`.
 */
export async function openLocalArchive(file: string, name: string): Promise<Archive> {
  const zip = await openZip(file, name);
  try {
    const members = await listMembers(zip, name, { unpacked: true });
    return {
      members,
      isMixed: false,
      downloadSize: () => 0,
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

/** Extracts members one after the other, yielding the total of bytes written. */
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

/** The members with these names, all of which must exist. */
export function pick(members: ReadonlyMap<string, Entry>, names: readonly string[]): Map<string, Entry> {
  return new Map(names.map((name) => [name, members.get(name)!]));
}
