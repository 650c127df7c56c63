import { type Archive, openLocalArchive } from './archive.ts';
import { versionOf } from './download.ts';
import type { SourceSizes, SplitSize } from './fetch-estimate.ts';
import { HttpClient, type NetworkOptions } from './http.ts';
import { NIST_BYTES, nistBytes } from './nist-sizes.ts';
import { openRangedArchive } from './ranged-archive.ts';
import { NIST_URL, type Source } from './source.ts';
import { mappingName, requiredMembers } from './split-files.ts';
import { SPLITS, type Split } from './splits.ts';

/**
 * What a source has, as far as it is known without asking a server: NIST's archive is known, and a file on disk is read. Null
 * for other URLs. Throws the errors of `openLocalArchive`.
 */
export async function knownSizes(source: Source): Promise<SourceSizes | null> {
  if (source.type === 'file') {
    const archive = await openLocalArchive(source.file, source.name);
    try {
      return sizesOf(archive, null);
    } finally {
      await archive.close();
    }
  }
  if (source.url !== NIST_URL) return null;
  const splits = SPLITS.map((split): [Split, SplitSize] => {
    const bytes = nistBytes(split);
    return [split, { download: bytes, disk: bytes }];
  });
  return { splits: Object.fromEntries(splits), whole: NIST_BYTES, inParts: true, exact: false };
}

/** Asks a server what its archive has. Only its directory is downloaded. Throws the errors of a fetch. */
export async function askForSizes(
  source: Extract<Source, { type: 'url' }>,
  signal: AbortSignal,
  network?: NetworkOptions,
): Promise<SourceSizes> {
  const { url, authorization, name } = source;
  const client = new HttpClient({ url, authorization, signal, network });
  const archive = await openRangedArchive(client, { folder: '', name, working: () => ({ [Symbol.dispose]() {} }) });
  if (archive === null) {
    const reply = await client.get();
    await reply.cancel();
    return { splits: {}, whole: versionOf(reply).size, inParts: false, exact: true };
  }
  try {
    return sizesOf(archive, null);
  } finally {
    await archive.close();
  }
}

/** What an open archive has. `whole` is the size of the archive; null if it is about that of its members. */
export function sizesOf(archive: Archive, whole: number | null): SourceSizes {
  const splits: Partial<Record<Split, SplitSize>> = {};
  for (const split of SPLITS) {
    const required = requiredMembers(split);
    if (!required.every((name) => archive.members.has(name))) continue;
    const names = archive.members.has(mappingName(split)) ? [...required, mappingName(split)] : required;
    const disk = names.reduce((sum, name) => sum + archive.members.get(name)!.uncompressedSize, 0);
    splits[split] = { download: archive.downloadSize(names), disk };
  }
  const members = [...archive.members.values()].reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  return { splits, whole: whole ?? members, inParts: true, exact: true };
}
