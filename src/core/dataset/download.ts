import { type FileHandle, open } from 'node:fs/promises';
import { EmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { decoded, encodingOf } from './content-encoding.ts';
import type { HttpClient, Reply } from './http.ts';
import { NetworkError } from './network-errors.ts';
import { isComparable, PartFile, type Span, sameValidators, sameVersion, type Version } from './part-file.ts';

/** Thrown if the remote file has changed since the download started. */
export class ArchiveChanged extends Error {}
/** Thrown if the server does not send the range that was requested, although it supports ranges. */
export class RangesRefused extends Error {}

/**
 * Downloads a span of a remote file, or the rest of it, and yields the number of bytes downloaded so far. `version` is
 * that of the remote file when `part` was opened.
 * Throws `ArchiveChanged`, `RangesRefused` or `EmnistError`, and keeps the bytes downloaded so far.
 */
export async function* downloadSpan(
  client: HttpClient,
  part: PartFile,
  span: Span,
  version: Version,
): AsyncGenerator<number> {
  const length = span.end - span.start;
  yield part.downloaded;
  yield* client.retrying(
    async function* () {
      if (part.version !== null && part.downloaded === length) return;
      const expected = { start: span.start + part.downloaded, end: span.end };
      const reply = await getRange(client, expected, part.isMixed ? null : version, version.size);
      if (reply.status !== 206 || !isSpan(contentRange(reply), expected)) {
        await reply.cancel();
        throw sameVersion(versionOf(reply), version)
          ? new RangesRefused(`${client.url} does not support ranges reliably`)
          : new ArchiveChanged(client.url);
      }
      if (!sameVersion(versionOf(reply), version)) {
        await reply.cancel();
        throw new ArchiveChanged(client.url);
      }
      yield* save(client.url, reply, part, part.downloaded === 0 ? version : null, length);
      if (part.downloaded < length) throw cutShort(client.url, part.downloaded, length);
    },
    () => part.downloaded,
  );
}

/**
 * Requests a range, only of the version that is known, if any. A server that refuses because its ETag or date is another, although
 * the size is the same, is asked again without that condition: servers of one address often have different ones.
 */
async function getRange(
  client: HttpClient,
  range: { start: number; end: number | null },
  known: Version | null,
  size: number | null,
): Promise<Reply> {
  const headers = rangeHeaders(range, known);
  const reply = await client.get(headers);
  const hasRefused = reply.status === 200 && headers['If-Range'] !== undefined;
  if (!hasRefused || size === null || versionOf(reply).size !== size || sameValidators(versionOf(reply), known!)) {
    return reply;
  }
  await reply.cancel();
  return client.get(rangeHeaders(range, null));
}

/**
 * Downloads a whole file, or the rest of it, into a part file in `folder`, which it returns. `total` is null if the server
 * does not send it. `check` is called with the first bytes, the Content-Type, and the size before anything is written, and may
 * throw. Otherwise like `downloadSpan`.
 */
export async function* downloadWhole(
  client: HttpClient,
  folder: string,
  check: (start: Uint8Array, type: string | null, size: number | null) => Promise<void> | void,
): AsyncGenerator<{ bytes: number; total: number | null }, PartFile> {
  const part = await PartFile.open(folder, client.url, null, null);
  // After a restart, only bytes beyond what an earlier attempt downloaded count as progress.
  let furthest = part.downloaded;
  yield* client.retrying(
    async function* () {
      const known = part.version;
      const resumes = known !== null && part.downloaded > 0 && isComparable(known);
      if (resumes && part.downloaded === known.size) {
        yield { bytes: part.downloaded, total: part.downloaded };
        return;
      }
      const reply = resumes
        ? await getRange(client, { start: part.downloaded, end: null }, known, known.size)
        : await client.get();
      const version = versionOf(reply);
      const isRest =
        resumes &&
        reply.status === 206 &&
        contentRange(reply)?.start === part.downloaded &&
        sameVersion(version, known);
      if (!isRest && reply.status !== 200) {
        // It is not the rest of the file. The next attempt starts over.
        await reply.cancel();
        await part.remove();
        throw new NetworkError('download-cut', `${client.url} has changed`, { url: client.url }, { transient: true });
      }
      const type = reply.headers.get('Content-Type');
      for await (const bytes of save(client.url, reply, part, isRest ? null : version, version.size, (head) =>
        check(head, type, version.size),
      )) {
        furthest = Math.max(furthest, bytes);
        yield { bytes, total: version.size };
      }
      if (version.size !== null && part.downloaded < version.size)
        throw cutShort(client.url, part.downloaded, version.size);
    },
    () => furthest,
  );
  return part;
}

/** Appends a response to a part file, or starts it over with the version `fresh`. Yields the bytes downloaded so far. */
async function* save(
  url: string,
  reply: Reply,
  part: PartFile,
  fresh: Version | null,
  length: number | null,
  check: (head: Uint8Array) => Promise<void> | void = () => {},
): AsyncGenerator<number> {
  let output: FileHandle | null = null;
  try {
    for await (const chunk of fresh ? decoded(reply, url) : reply.body) {
      if (output === null) {
        if (fresh) await check(chunk);
        output = await open(part.file, fresh ? 'w' : 'a');
        if (fresh) await part.begin(fresh);
        part.isMixed ||= part.version !== null && !sameValidators(part.version, versionOf(reply));
      }
      if (length !== null && part.downloaded + chunk.length > length) {
        throw new EmnistError('download-failed', `${url} sent more bytes than it announced`, { url });
      }
      await output.appendFile(chunk);
      part.downloaded += chunk.length;
      yield part.downloaded;
    }
    if (fresh && output === null) await check(new Uint8Array());
  } catch (error) {
    throw fileError(error, part.file);
  } finally {
    await output?.close();
    await reply.cancel();
  }
}

/** With If-Range, a server whose file is not the known version sends all of it. */
function rangeHeaders(
  { start, end }: { start: number; end: number | null },
  known: Version | null,
): Record<string, string> {
  // If-Range does not allow weak ETags (RFC 9110, section 13.1.5).
  const { etag = null, lastModified = null } = known ?? {};
  const validator = etag !== null && !etag.startsWith('W/') ? etag : lastModified;
  return {
    Range: `bytes=${start}-${end === null ? '' : end - 1}`,
    ...(validator === null ? {} : { 'If-Range': validator }),
  };
}

/** The version of the remote file that a response is from. */
export function versionOf({ status, headers }: Pick<Reply, 'status' | 'headers'>): Version {
  // Its size and the positions in it are those of the encoded file.
  if (status === 200 && encodingOf({ headers }) !== null) return { etag: null, lastModified: null, size: null };
  const length = headers.get('Content-Length');
  const size = status === 200 ? length : (headers.get('Content-Range')?.match(/\/(\d+)$/)?.[1] ?? null);
  return {
    etag: headers.get('ETag'),
    lastModified: headers.get('Last-Modified'),
    size: size === null ? null : Number(size),
  };
}

/** The span of the remote file that a response with status 206 contains. */
export function contentRange({ headers }: Pick<Reply, 'headers'>): Span | null {
  const match = headers.get('Content-Range')?.match(/^bytes (\d+)-(\d+)\//);
  return match ? { start: Number(match[1]), end: Number(match[2]) + 1 } : null;
}

function isSpan(span: Span | null, expected: Span): boolean {
  return span?.start === expected.start && span.end === expected.end;
}

function cutShort(url: string, downloaded: number, length: number): NetworkError {
  return new NetworkError(
    'download-cut',
    `${new URL(url).host} ended the download after ${downloaded} of ${length} bytes`,
    { url },
    { transient: true },
  );
}
