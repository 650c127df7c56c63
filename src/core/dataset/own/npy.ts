import { type ArrayData, elements, numberType, type TextType } from './array-data.ts';
import { invalidData } from './own-errors.ts';

const MAGIC = '\x93NUMPY';
/** NumPy pads headers to a few hundred bytes. */
const MAX_HEADER = 65_536;
/** The largest array that is read. */
const MAX_BYTES = 4 * 2 ** 30;
/** Texts that are longer cannot be labels. */
const MAX_TEXT_BYTES = 1024;

/** What the header of an array says. */
export type NpyHeader = Pick<ArrayData, 'shape' | 'isColumnMajor' | 'type'> & {
  /** Where the elements begin. */
  start: number;
};

/**
 * Reads the header of an array of NumPy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), which is a
 * Python literal; only what NumPy writes is understood, and nothing is evaluated. Arrays of Python objects, which are
 * pickles, are refused. Null if `head` does not contain all of the header. Throws `data-invalid`.
 */
export function parseNpyHeader(head: Buffer, name: string): NpyHeader | null {
  if (head.length < 12) return null;
  if (head.toString('latin1', 0, 6) !== MAGIC) throw invalidData(name, 'format', 'is not an array of NumPy');
  const isLong = head[6]! >= 2;
  const length = isLong ? head.readUInt32LE(8) : head.readUInt16LE(8);
  const start = (isLong ? 12 : 10) + length;
  if (length > MAX_HEADER) throw invalidData(name, 'damaged', 'is damaged: its header is too long');
  if (head.length < start) return null;
  const text = head.toString('latin1', isLong ? 12 : 10, start);
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z])(\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shapeText = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(text);
  if (!order || !shapeText) throw invalidData(name, 'damaged', 'is damaged: its header cannot be read');
  if (!descr || descr[2] === 'O') {
    throw invalidData(name, 'format', 'has Python objects or records; only arrays of numbers and texts are read');
  }
  const shape = (shapeText[1]!.match(/\d+/g) ?? []).map(Number);
  const [, endian, kind, size] = descr as unknown as [string, string, string, string];
  const type =
    kind === 'U' || kind === 'S'
      ? textType(kind, Number(size), endian !== '>')
      : numberType(kind + (size || '1'), endian !== '>');
  if (type === null || type.size === 0 || type.size > MAX_TEXT_BYTES) {
    throw invalidData(name, 'format', `has elements of the type "${kind}${size}", which are not read`);
  }
  if (elements(shape) * type.size > MAX_BYTES) {
    throw invalidData(name, 'too-large', `claims to have ${shape.join(' x ')} elements, which is too many`);
  }
  return { shape, isColumnMajor: order[1] === 'True' && shape.length > 1, type, start };
}

function textType(kind: 'U' | 'S', length: number, littleEndian: boolean): TextType {
  if (kind === 'S') {
    const read = (view: DataView, at: number) =>
      Buffer.from(view.buffer, view.byteOffset + at, length)
        .toString('utf8')
        .replace(/\0+$/, '');
    return { kind: 'text', size: length, read };
  }
  return {
    kind: 'text',
    size: 4 * length,
    read(view, at) {
      const codes = Array.from({ length }, (_, index) => view.getUint32(at + 4 * index, littleEndian));
      const isText = codes.every((code) => code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
      return isText ? String.fromCodePoint(...codes).replace(/\0+$/, '') : '';
    },
  };
}

/** An array of NumPy as a stream. `open` returns the whole file from its beginning. */
export async function npyArray(
  name: string,
  file: string,
  open: () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>,
): Promise<ArrayData> {
  let head = Buffer.alloc(0);
  let header: NpyHeader | null = null;
  for await (const chunk of await open()) {
    head = Buffer.concat([head, chunk.subarray(0, MAX_HEADER + 12)]);
    header = parseNpyHeader(head, file);
    if (header) break;
  }
  if (!header) throw invalidData(file, 'damaged', 'is damaged: it ends within its header');
  const { start, ...description } = header;
  return {
    name,
    ...description,
    async *open() {
      let skip = start;
      for await (const chunk of await open()) {
        if (chunk.length > skip) yield chunk.subarray(skip);
        skip = Math.max(0, skip - chunk.length);
      }
    },
  };
}
