import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import yauzl, { type Entry } from 'yauzl';
import { type Archive, extractMembers, pick } from './archive.ts';
import { encodingOf } from './content-encoding.ts';
import { contentRange, downloadSpan, versionOf } from './download.ts';
import type { FetchWaits } from './fetch-waits.ts';
import type { HttpClient, Reply } from './http.ts';
import { PartFile, type Span } from './part-file.ts';
import type { Bytes } from './progress.ts';
import { listMembers, rejectWebPage, zipError } from './zip.ts';

/** Enough for any end of central directory record: 22 bytes, a comment of up to 65,535, and the zip64 locator. */
const TAIL_BYTES = 22 + 65_535 + 20;
/** A local file header without its name and extra field, which may be longer than the one in the directory. */
const LOCAL_HEADER_BYTES = 30;
const MAX_EXTRA_BYTES = 65_535;

/** Reads the end of a remote file, yielding the bytes of each chunk. Returns null if the server does not support ranges. */
async function* readTail(
  client: HttpClient,
): AsyncGenerator<number, { tail: Buffer; span: Span; reply: Reply } | null> {
  const reply = await requestTail(client);
  const span = contentRange(reply);
  const size = versionOf(reply).size;
  const isTail = span !== null && (size === null || span.end === size) && span.end - span.start <= TAIL_BYTES;
  if (reply.status !== 206 || !isTail) {
    await reply.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) {
    chunks.push(chunk);
    yield chunk.length;
  }
  const tail = Buffer.concat(chunks);
  return tail.length === span.end - span.start ? { tail, span, reply } : null;
}

/** Requests the last bytes, by their positions if the server does not count from the end but supports ranges. */
async function requestTail(client: HttpClient): Promise<Reply> {
  const reply = await client.get({ Range: `bytes=-${TAIL_BYTES}` });
  const hasRanges = reply.status === 416 || (reply.status === 200 && reply.headers.get('Accept-Ranges') === 'bytes');
  const { size } = versionOf(reply);
  if (!hasRanges || size === null || size === 0) return reply;
  await reply.cancel();
  return client.get({ Range: `bytes=${Math.max(0, size - TAIL_BYTES)}-${size - 1}` });
}

interface RangedArchiveOptions {
  /** Where to download to. */
  folder: string;
  /** What errors call it. */
  name: string;
  working: FetchWaits['working'];
}

/**
 * Opens an archive on a server that supports range requests: reads the directory at its end, and later only the members
 * that are extracted. Returns null if the server does not, or if the directory is too long: then the whole archive must be
 * downloaded.
 */
export async function openRangedArchive(
  client: HttpClient,
  { folder, name, working }: RangedArchiveOptions,
): Promise<Archive | null> {
  const found = await resultOf(
    client.retrying(
      () => readTail(client),
      () => 0,
    ),
  );
  if (found === null) return null;
  const { tail, span: tailSpan, reply } = found;
  rejectWebPage(tail, reply.headers.get('Content-Type'), name);
  const reader = new SpanReader();
  reader.add(tailSpan, tail);
  let zip: yauzl.ZipFile;
  let members: Map<string, Entry>;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(reader, tailSpan.end, { autoClose: false });
    members = await listMembers(zip, name);
  } catch (error) {
    // The end of a file that the server compressed is not that of the archive.
    if (reader.missed || encodingOf(reply) !== null) return null;
    throw zipError(error, name);
  }
  const version = { ...versionOf(reply), size: tailSpan.end };
  const parts: PartFile[] = [];
  const discard = async () => {
    for (const part of parts.splice(0)) await part.remove();
  };

  const spansOf = (names: readonly string[]) =>
    memberSpans([...pick(members, names).values()], [...members.values()], tailSpan.end);
  const downloadSize = (names: readonly string[]) =>
    spansOf(names).reduce((sum, { start, end }) => sum + end - start, 0);

  async function* extract(names: readonly string[], target: string): AsyncGenerator<Bytes> {
    const spans = spansOf(names);
    const total = downloadSize(names);
    let done = 0;
    for (const span of spans) {
      const part = await PartFile.open(folder, client.url, span, version);
      parts.push(part);
      for await (const bytes of downloadSpan(client, part, span, version)) yield { bytes: done + bytes, total };
      reader.add(span, part.file);
      done += span.end - span.start;
    }
    using _working = working('extracting');
    for await (const _ of extractMembers(zip, pick(members, names), target, name));
    await discard();
  }
  return {
    members,
    get isMixed() {
      return parts.some((part) => part.isMixed);
    },
    downloadSize,
    extract,
    discard,
    close: async () => zip.close(),
  };
}

/**
 * The spans of an archive that contain the selected members with their local headers; adjacent spans are merged. The length
 * of a local header is known only once it is read, so a member's span extends to where the next member starts.
 */
export function memberSpans(selected: readonly Entry[], all: readonly Entry[], size: number): Span[] {
  const starts = all.map((entry) => entry.relativeOffsetOfLocalHeader).sort((a, b) => a - b);
  const spans: { start: number; end: number }[] = [];
  for (const entry of selected.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
    const start = entry.relativeOffsetOfLocalHeader;
    const longest = start + LOCAL_HEADER_BYTES + entry.fileNameLength + MAX_EXTRA_BYTES + entry.compressedSize;
    const next = starts.find((other) => other > start) ?? size;
    const end = Math.min(longest, next, size);
    const last = spans.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  return spans;
}

/** Lets yauzl read the spans of a remote archive that have been downloaded. */
class SpanReader extends yauzl.RandomAccessReader {
  /** Whether a read failed because its bytes have not been downloaded. */
  missed = false;
  readonly #spans: { span: Span; data: Buffer | string }[] = [];

  add(span: Span, data: Buffer | string): void {
    this.#spans.push({ span, data });
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const found = this.#spans.find(({ span }) => span.start <= start && end <= span.end);
    if (!found) {
      this.missed = true;
      return new Readable({
        read() {
          this.destroy(new Error('its directory points outside the archive'));
        },
      });
    }
    const [from, to] = [start - found.span.start, end - found.span.start];
    return typeof found.data === 'string'
      ? createReadStream(found.data, { start: from, end: to - 1 })
      : Readable.from([found.data.subarray(from, to)]);
  }
}

/** Runs a generator to its end and returns its result. */
async function resultOf<R>(generator: AsyncGenerator<unknown, R>): Promise<R> {
  for (;;) {
    const step = await generator.next();
    if (step.done) return step.value;
  }
}
