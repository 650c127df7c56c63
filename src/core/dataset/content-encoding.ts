import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { EmnistError } from '../errors.ts';
import type { Reply } from './http.ts';

/** The Content-Encoding of a response; null if there is none. */
export function encodingOf({ headers }: Pick<Reply, 'headers'>): string | null {
  const encoding = headers.get('Content-Encoding')?.trim().toLowerCase();
  return encoding && encoding !== 'identity' ? encoding : null;
}

/**
 * The body of a response without its Content-Encoding. The program asks for none, but some servers compress everything, and
 * some say so of files that only have a "gz" in their name: what already is a zip file is not decoded. Throws
 * `download-failed` if it cannot be decoded.
 */
export async function* decoded(reply: Reply, url: string): AsyncGenerator<Uint8Array> {
  const encoding = encodingOf(reply);
  if (encoding === null) {
    yield* reply.body;
    return;
  }
  const [head, body] = await peek(reply.body);
  if (head.toString('latin1') === 'PK') {
    yield* body;
    return;
  }
  const decoder = decoderOf(encoding);
  if (decoder === null) {
    throw new EmnistError('download-failed', `${url} is sent as "${encoding}", which cannot be decoded`, { url });
  }
  // Errors of the body also destroy the decoder, which then throws them.
  pipeline(Readable.from(body), decoder, () => {});
  try {
    yield* decoder;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    throw new EmnistError(
      'download-failed',
      `${url} is sent as "${encoding}", and is damaged`,
      { url },
      { cause: error },
    );
  }
}

function decoderOf(encoding: string): Transform | null {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      return null;
  }
}

/** The first two bytes of a body, and all of it. */
async function peek(body: AsyncIterable<Uint8Array>): Promise<[Buffer, AsyncGenerator<Uint8Array>]> {
  const chunks = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = false;
  while (head.length < 2 && !end) {
    const { value, done } = await chunks.next();
    end = done === true;
    if (value) head = Buffer.concat([head, value]);
  }
  async function* all() {
    try {
      yield head;
      for (;;) {
        const { value, done } = await chunks.next();
        if (done) return;
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return [head.subarray(0, 2), all()];
}
