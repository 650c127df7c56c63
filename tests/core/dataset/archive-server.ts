import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SelfSigned } from '../../helpers/self-signed.ts';

/** How a local server of one file behaves. */
export interface Behavior {
  body: Buffer;
  /** Default true. */
  ranges?: boolean;
  /** Default: a hash of the body. Null: none. A function is called with the number of the request. */
  etag?: string | null | ((request: number) => string);
  lastModified?: string | ((request: number) => string);
  /** Whether ranges may count from the end. Default true. */
  suffixRanges?: boolean;
  /** The value of Accept-Ranges. Default: none. */
  acceptRanges?: string;
  /** Whether responses with a range say how large the file is. Default true. */
  rangeSize?: boolean;
  /** Compresses the responses without a range, or only says so. */
  encoding?: { name: string; encode: (body: Buffer) => Buffer };
  /** Drops the connection after this many bytes of a response. Called with the number of the request, from 0. */
  cutAfter?: (request: number) => number | null;
  /** Returns true if it sends the response itself. */
  handle?: (request: IncomingMessage, response: ServerResponse, number: number) => boolean;
  /** The response begins when this promise is fulfilled. */
  before?: (request: number) => Promise<void>;
  /** Sends no Content-Length. */
  chunked?: boolean;
  contentType?: string;
}

export interface ArchiveServer extends AsyncDisposable {
  /** The URL of the file. */
  readonly url: string;
  readonly requests: { range: string | undefined; ifRange: string | undefined; userAgent: string | undefined }[];
  /** The bytes of bodies sent so far. */
  readonly sent: number;
  /** May be changed at any time. */
  behavior: Behavior;
}

/** With a certificate, it serves https. */
export async function startArchiveServer(behavior: Behavior, tls?: SelfSigned): Promise<ArchiveServer> {
  let sent = 0;
  const requests: ArchiveServer['requests'] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const number = requests.length;
    const { range, 'if-range': ifRange, 'user-agent': userAgent } = request.headers;
    requests.push({ range, ifRange: ifRange as string | undefined, userAgent });
    const { handle, before } = archive.behavior;
    await before?.(number);
    if (handle?.(request, response, number)) return;
    sent += answer(archive.behavior, request, response, number);
  };
  const server = tls ? createHttpsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const archive: ArchiveServer = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/EMNIST/gzip.zip`,
    requests,
    get sent() {
      return sent;
    },
    behavior,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return archive;
}

function answer(behavior: Behavior, request: IncomingMessage, response: ServerResponse, number: number): number {
  const { body, ranges = true, cutAfter, chunked, contentType = 'application/zip', encoding } = behavior;
  const { suffixRanges = true, acceptRanges, rangeSize = true } = behavior;
  const hash = `"${createHash('md5').update(body).digest('hex')}"`;
  const of = <T>(value: T | ((request: number) => string)) => (value instanceof Function ? value(number) : value);
  const etag = behavior.etag === undefined ? hash : of(behavior.etag);
  const lastModified = of(behavior.lastModified);
  if (acceptRanges) response.setHeader('Accept-Ranges', acceptRanges);
  if (etag) response.setHeader('ETag', etag);
  if (lastModified) response.setHeader('Last-Modified', lastModified);
  response.setHeader('Content-Type', contentType);

  const ifRange = request.headers['if-range'];
  const isCurrent = ifRange === undefined || ifRange === etag || ifRange === lastModified;
  const span = ranges && isCurrent ? parseRange(request.headers.range, body.length) : null;
  const isRefused = !suffixRanges && request.headers.range?.startsWith('bytes=-');
  if (span && (span.start >= body.length || isRefused)) {
    response.writeHead(416, { 'Content-Range': `bytes */${body.length}` }).end();
    return 0;
  }
  const data = span ? body.subarray(span.start, span.end) : encoding ? encoding.encode(body) : body;
  if (encoding && !span) response.setHeader('Content-Encoding', encoding.name);
  const size = rangeSize ? body.length : '*';
  const range = span ? { 'Content-Range': `bytes ${span.start}-${span.end - 1}/${size}` } : {};
  response.writeHead(span ? 206 : 200, { ...range, ...(chunked ? {} : { 'Content-Length': data.length }) });
  const cut = cutAfter?.(number) ?? null;
  if (cut === null || cut >= data.length) response.end(data);
  else response.write(data.subarray(0, cut), () => response.destroy());
  return Math.min(cut ?? data.length, data.length);
}

function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = header?.match(/^bytes=(\d*)-(\d*)$/);
  if (!match) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size };
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}
