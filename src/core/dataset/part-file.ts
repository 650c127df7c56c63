import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { fileSize } from '../files/file-info.ts';
import { listFolder } from '../files/folders.ts';
import { retryWhileBusy } from '../files/retry.ts';

/** A range of bytes of a remote file, from `start` up to but not including `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const versionSchema = v.object({
  etag: v.nullable(v.string()),
  lastModified: v.nullable(v.string()),
  size: v.nullable(v.number()),
});
/** Identifies a version of a remote file. `size` is that of the whole file. Null: the server did not send it. */
export type Version = v.InferOutput<typeof versionSchema>;

const metaSchema = v.object({ url: v.string(), version: versionSchema });

/**
 * Returns false if two responses are known to be from different versions of a file. If their sizes agree, they are not: servers
 * of one address often have different ETags or dates for the same file (`sameValidators`).
 */
export function sameVersion(one: Version, other: Version): boolean {
  if (one.size !== null && other.size !== null) return one.size === other.size;
  return sameValidators(one, other);
}

/** Whether the ETags and dates of two responses agree, as far as they are known. */
export function sameValidators(one: Version, other: Version): boolean {
  const agree = <T>(a: T | null, b: T | null) => a === null || b === null || a === b;
  return agree(one.etag, other.etag) && agree(one.lastModified, other.lastModified);
}

/** Whether a later response can be recognized as the same version. */
export function isComparable({ etag, lastModified, size }: Version): boolean {
  return etag !== null || lastModified !== null || size !== null;
}

/** How the names of the files of a URL's downloads start. */
function downloadName(url: string): string {
  return `.download-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`;
}

/** The bytes of a URL that earlier downloads into a folder have left, which the next one can probably resume. */
export async function downloadedBytes(folder: string, url: string): Promise<number> {
  const parts = (await listFolder(folder)).filter(
    ({ name }) => name.startsWith(downloadName(url)) && name.endsWith('.part'),
  );
  const sizes = await Promise.all(parts.map(({ name }) => fileSize(path.join(folder, name))));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/**
 * A download that can be resumed: a `.part` file and a `.json` file that identifies the remote file. Without it, or if
 * the remote file has changed, the `.part` file is not used.
 */
export class PartFile {
  readonly file: string;
  /** The number of bytes downloaded. */
  downloaded = 0;
  /** The version of the remote file they are from; null if nothing has been downloaded. */
  version: Version | null = null;
  /** Whether they may be from different versions, because the ETags or dates of responses differ. */
  isMixed = false;
  readonly #meta: string;
  readonly #url: string;

  private constructor(folder: string, url: string, span: Span | null) {
    const name = path.join(folder, `${downloadName(url)}${span ? `-${span.start}-${span.end}` : ''}`);
    this.file = `${name}.part`;
    this.#meta = `${name}.json`;
    this.#url = url;
  }

  /** Opens what an earlier download left, if it can be resumed. `version` is that of the remote file now, if known. */
  static async open(folder: string, url: string, span: Span | null, version: Version | null): Promise<PartFile> {
    const part = new PartFile(folder, url, span);
    const size = await fileSize(part.file);
    const meta = await part.#readMeta();
    const limit = span ? span.end - span.start : (meta?.version.size ?? Number.POSITIVE_INFINITY);
    if (meta === null || size === null || size > limit || (version && !sameVersion(meta.version, version))) {
      return part;
    }
    part.downloaded = size;
    part.version = meta.version;
    part.isMixed = version !== null && !sameValidators(meta.version, version);
    return part;
  }

  /** Records the version of the remote file, before its first byte is written to the empty part file. */
  async begin(version: Version): Promise<void> {
    this.downloaded = 0;
    this.version = version;
    this.isMixed = false;
    await writeFileAtomically(this.#meta, JSON.stringify({ url: this.#url, version }));
  }

  /** Deletes both files. */
  async remove(): Promise<void> {
    for (const file of [this.#meta, this.file]) await retryWhileBusy(() => rm(file, { force: true }));
    this.downloaded = 0;
    this.version = null;
    this.isMixed = false;
  }

  async #readMeta() {
    try {
      const text = await readFile(this.#meta, 'utf8');
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), metaSchema), text);
      return parsed.success && parsed.output.url === this.#url ? parsed.output : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw fileError(error, this.#meta);
    }
  }
}
