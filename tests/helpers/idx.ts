import { type IdxLimits, openIdx } from '../../src/core/dataset/idx.ts';

/** The data of an IDX file. */
export async function readIdx(source: Uint8Array | AsyncIterable<Uint8Array>, limits: IdxLimits) {
  const { dims, data } = await openIdx(source instanceof Uint8Array ? inPieces(source) : source, limits);
  return { dims, data: new Uint8Array(Buffer.concat(await Array.fromAsync(data, (chunk) => Uint8Array.from(chunk)))) };
}

/** Bytes as a stream of chunks of a given size. */
export async function* inPieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
