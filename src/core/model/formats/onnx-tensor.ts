import type { onnx as Onnx } from 'onnx-proto';
import { halfToNumber } from '../half.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { elements } from '../network.ts';

/** A value that is known without an image: a weight, or a size that the graph computes. */
export interface Constant {
  kind: 'constant';
  dims: readonly number[];
  /** Row-major. NaN stands for the batch size, which is not known. */
  data: ArrayLike<number> & Iterable<number>;
  /** Divisions truncate. */
  isInteger: boolean;
}

/** Reads the file next to the model in which it keeps the data of tensors. */
export type ReadExternal = (location: string) => Promise<Uint8Array>;

/** The largest number of elements of any tensor: what the largest accepted file can hold. */
export const MAX_ELEMENTS = 50e6;

/** Values of `TensorProto.DataLocation`. */
const EXTERNAL = 1;

/** The element types of ONNX, by number, with how they are stored as raw bytes; other types are not numbers. */
const TYPES: Readonly<
  Record<number, { bytes: number; read: (view: DataView, at: number) => number; isInteger?: true }>
> = {
  1: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at), isInteger: true },
  3: { bytes: 1, read: (view, at) => view.getInt8(at), isInteger: true },
  4: { bytes: 2, read: (view, at) => view.getUint16(at, true), isInteger: true },
  5: { bytes: 2, read: (view, at) => view.getInt16(at, true), isInteger: true },
  6: { bytes: 4, read: (view, at) => view.getInt32(at, true), isInteger: true },
  7: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)), isInteger: true },
  9: { bytes: 1, read: (view, at) => view.getUint8(at), isInteger: true },
  10: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  11: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  12: { bytes: 4, read: (view, at) => view.getUint32(at, true), isInteger: true },
  13: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)), isInteger: true },
  16: { bytes: 2, read: (view, at) => brainFloat(view.getUint16(at, true)) },
};
const FLOAT = 1;
const FLOAT16 = 10;
const BFLOAT16 = 16;

/** Whether a number is one of ONNX' integer types. */
export function isIntegerType(type: number): boolean {
  return TYPES[type]?.isInteger === true;
}

/**
 * Reads a tensor of any numeric type, stored as raw bytes, in the field of its type, or in another file. Throws
 * `model-damaged` or `model-unsupported`; both name the tensor and `file`.
 */
export async function readTensor(
  tensor: Onnx.ITensorProto,
  file: string,
  readExternal: ReadExternal,
): Promise<Constant> {
  const name = tensor.name || 'a constant';
  const type = TYPES[tensor.dataType ?? 0];
  if (!type) throw unsupportedModel(file, `${name} has the element type ${tensor.dataType}, which is not numeric`);
  const dims = (tensor.dims ?? []).map(Number);
  const count = elements(dims);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0) || count > MAX_ELEMENTS) {
    throw damagedModel(file, `${name} has the shape [${dims}]`);
  }
  const isInteger = type.isInteger === true;
  const external = tensor.dataLocation === EXTERNAL ? await readPart(tensor, file, readExternal) : null;
  const raw = external ?? (tensor.rawData?.length ? tensor.rawData : null);
  if (raw) {
    if (raw.length !== count * type.bytes) throw damagedModel(file, `${name} is incomplete`);
    return { kind: 'constant', dims, data: readNumbers(raw, tensor.dataType!), isInteger };
  }
  const data = typedData(tensor);
  if (data.length !== count) throw damagedModel(file, `${name} is incomplete`);
  return { kind: 'constant', dims, data, isInteger };
}

/** Decodes little-endian numbers of one of ONNX' types. */
export function readNumbers(bytes: Uint8Array, type: number): Float32Array | Float64Array {
  const { bytes: size, read, isInteger } = TYPES[type]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / size);
  const data = isInteger || size === 8 ? new Float64Array(count) : new Float32Array(count);
  for (let index = 0; index < count; index++) data[index] = read(view, index * size);
  return data;
}

/** The data in the field of the tensor's type. Smaller types share the field of 32-bit integers. */
function typedData(tensor: Onnx.ITensorProto): number[] {
  const { floatData, int32Data, int64Data, doubleData, uint64Data, dataType } = tensor;
  if (dataType === FLOAT) return [...(floatData ?? [])];
  if (dataType === FLOAT16) return (int32Data ?? []).map(halfToNumber);
  if (dataType === BFLOAT16) return (int32Data ?? []).map(brainFloat);
  return [doubleData, int64Data, uint64Data, int32Data].find((field) => field?.length)?.map(Number) ?? [];
}

async function readPart(tensor: Onnx.ITensorProto, file: string, readExternal: ReadExternal): Promise<Uint8Array> {
  const fields = new Map(tensor.externalData?.map(({ key, value }) => [key, value]));
  const location = fields.get('location') ?? '';
  const bytes = await readExternal(location);
  const offset = Number(fields.get('offset') ?? 0);
  const length = Number(fields.get('length') ?? bytes.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
    throw damagedModel(file, `${tensor.name} is not in ${location}`);
  }
  return bytes.subarray(offset, offset + length);
}

function brainFloat(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
