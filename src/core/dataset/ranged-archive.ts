import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import yauzl, { type Entry } from 'yauzl';
import { type Archive, extractMembers, pick } from './archive.ts';
import { contentRange, downloadSpan, versionOf } from './download.ts';
import type { HttpClient, Reply } from './http.ts';
import { PartFile, type Span } from './part-file.ts';
import type { Bytes } from './progress.ts';
import { listMembers, rejectWebPage, zipError } from './zip.ts';

/** Enough for the longest end record of a zip file (22 bytes, a comment of 65,535, the locator of zip64). */
const TAIL_BYTES = 22 + 65_535 + 20;
/** A local file header without name and extra field; the extra field may be longer there than in the directory. */
const LOCAL_HEADER_BYTES = 30;
const MAX_EXTRA_BYTES = 65_535;

/** Reads the end of a remote file; yields how much of it is there, returns null when the server does not answer ranges. */
async function* readTail(
  client: HttpClient,
): AsyncGenerator<number, { tail: Buffer; span: Span; reply: Reply } | null> {
  const reply = await client.get({ Range: `bytes=-${TAIL_BYTES}` });
  const span = contentRange(reply);
  if (reply.status !== 206 || span?.end !== versionOf(reply).size || span.end - span.start > TAIL_BYTES) {
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

/**
 * Opens an archive on a server that answers ranges: reads the directory at its end, and later only the members asked for.
 * Null when the server does not, or when the directory is not within the end: then the whole must be fetched.
 */
export async function openRangedArchive(client: HttpClient, folder: string, name: string): Promise<Archive | null> {
  const found = await lastOf(
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
    if (reader.missed) return null;
    throw zipError(error, name);
  }
  const version = versionOf(reply);
  const parts: PartFile[] = [];
  const discard = async () => {
    for (const part of parts.splice(0)) await part.remove();
  };

  async function* extract(names: readonly string[], target: string): AsyncGenerator<Bytes> {
    const wanted = pick(members, names);
    const spans = memberSpans([...wanted.values()], [...members.values()], tailSpan.end);
    const total = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    let done = 0;
    for (const span of spans) {
      const part = await PartFile.open(folder, client.url, span, version);
      parts.push(part);
      for await (const bytes of downloadSpan(client, part, span, version)) yield { bytes: done + bytes, total };
      reader.add(span, part.file);
      done += span.end - span.start;
    }
    for await (const _ of extractMembers(zip, wanted, target, name));
    await discard();
  }
  return { members, extract, discard, close: async () => zip.close() };
}

/**
 * The stretches of an archive that hold the wanted members with their local headers; neighbors become one. A member ends
 * where the next begins, since how long its own header is stands only there.
 */
export function memberSpans(wanted: readonly Entry[], all: readonly Entry[], size: number): Span[] {
  const starts = all.map((entry) => entry.relativeOffsetOfLocalHeader).sort((a, b) => a - b);
  const spans: { start: number; end: number }[] = [];
  for (const entry of wanted.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
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

/** Gives yauzl the stretches of a remote archive that are here already. */
class SpanReader extends yauzl.RandomAccessReader {
  /** Whether anything was asked for that is not here. */
  missed = false;
  readonly #spans: { span: Span; data: Buffer | string }[] = [];

  add(span: Span, data: Buffer | string): void {
    this.#spans.push({ span, data });
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const held = this.#spans.find(({ span }) => span.start <= start && end <= span.end);
    if (!held) {
      this.missed = true;
      return new Readable({
        read() {
          this.destroy(new Error('its directory points outside of it'));
        },
      });
    }
    const [from, to] = [start - held.span.start, end - held.span.start];
    return typeof held.data === 'string'
      ? createReadStream(held.data, { start: from, end: to - 1 })
      : Readable.from([held.data.subarray(from, to)]);
  }
}

/** Runs a generator to its end for what it returns. */
async function lastOf<R>(generator: AsyncGenerator<unknown, R>): Promise<R> {
  for (;;) {
    const step = await generator.next();
    if (step.done) return step.value;
  }
}
