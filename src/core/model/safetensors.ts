import * as v from 'valibot';
import { elements } from './network.ts';

/**
 * The safetensors format: the length of the header (64 bits), a JSON header with the offsets of each tensor, and the
 * tensors, little-endian. https://huggingface.co/docs/safetensors
 */

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** Encodes a file. The format allows only strings as metadata. */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Record<string, string>): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape } of tensors) {
    const end = offset + elements(shape) * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  // Spaces pad the header so that the tensors are aligned.
  const headerText = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerText.length));
  const data = tensors.map((tensor) => Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  return Buffer.concat([length, headerText, ...data]);
}

const headerSchema = v.objectWithRest(
  { __metadata__: v.optional(v.record(v.string(), v.string()), {}) },
  v.looseObject({
    dtype: v.string(),
    shape: v.optional(v.array(v.number()), []),
    data_offsets: v.tuple([v.number(), v.number()]),
  }),
);

export interface Safetensors {
  metadata: Record<string, string>;
  /** The size of the whole file, according to its header. */
  bytes: number;
  /** All tensors, in the order of the file. */
  tensors: readonly { name: string; shape: readonly number[] }[];
  /** Whether the header lists a 32-bit tensor of this shape's size. */
  has(name: string, shape: readonly number[]): boolean;
  /** A copy of a tensor. Throws when it is missing or truncated. */
  tensor(name: string, shape: readonly number[]): Float32Array;
}

/** The number of bytes at the start of a file that hold the length of its header. */
export const PREAMBLE_BYTES = 8;

/** The size of a file's preamble and header, which `decodeSafetensors` needs to decode all but the tensors. */
export function headerBytes(preamble: Buffer): number {
  return preamble.length < PREAMBLE_BYTES
    ? Number.POSITIVE_INFINITY
    : PREAMBLE_BYTES + Number(preamble.readBigUInt64LE());
}

/** Decodes a file, or the start of one. `damaged` creates the error for an invalid one. */
export function decodeSafetensors(bytes: Buffer, damaged: (why: string, cause?: unknown) => Error): Safetensors {
  const start = headerBytes(bytes);
  if (start > bytes.length) throw damaged('it is truncated');
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8', PREAMBLE_BYTES, start));
  } catch (cause) {
    throw damaged('its header is not JSON', cause);
  }
  const parsed = v.safeParse(headerSchema, json);
  if (!parsed.success) throw damaged(parsed.issues[0].message);
  const { __metadata__: metadata, ...tensors } = parsed.output;
  const data = bytes.subarray(start);
  const offsetsOf = (name: string, shape: readonly number[]) => {
    const { dtype, data_offsets: [start, end] = [0, 0] } = tensors[name] ?? {};
    return dtype === 'F32' && end - start === elements(shape) * 4 ? { start, end } : null;
  };
  return {
    metadata,
    tensors: Object.entries(tensors).map(([name, { shape }]) => ({ name, shape })),
    bytes: Object.values(tensors).reduce((end, { data_offsets }) => Math.max(end, start + data_offsets[1]), start),
    has: (name, shape) => offsetsOf(name, shape) !== null,
    tensor(name, shape) {
      const offsets = offsetsOf(name, shape);
      if (!offsets || !(offsets.start >= 0 && offsets.end <= data.length)) throw damaged(`${name} is incomplete`);
      // A copy, since the file's bytes need not be aligned to 4.
      return new Float32Array(new Uint8Array(data.subarray(offsets.start, offsets.end)).buffer);
    },
  };
}
