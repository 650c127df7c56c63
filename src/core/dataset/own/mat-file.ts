import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { fileSize } from '../../files/file-info.ts';
import { type ArrayData, elements, numberType } from './array-data.ts';
import { invalidData, sourceError } from './own-errors.ts';

/** The largest file, and the most that it may be inflated to. EMNIST's largest has 660 MB. */
const MAX_FILE = 2 ** 30;
const MAX_INFLATED = 1.2 * 2 ** 30;
const MAX_ARRAYS = 1000;
const MAX_DEPTH = 4;
const HEADER = 128;
/** Data types of elements, and classes of arrays (MathWorks, MAT-File Format, tables 1-1 and 1-3). */
const [MATRIX, COMPRESSED] = [14, 15];
const STRUCT = 2;
const NUMBERS: Readonly<Record<number, string>> = {
  ...{ 1: 'i1', 2: 'u1', 3: 'i2', 4: 'u2', 5: 'i4', 6: 'u4', 7: 'f4', 9: 'f8', 12: 'i8', 13: 'u8' },
};

interface Element {
  type: number;
  data: Buffer;
  /** Where the next element begins. */
  end: number;
}

/**
 * Reads the arrays of numbers of a MATLAB file of version 5 to 7, also those in structures, such as
 * `dataset.train.images`. Files of version 7.3 are HDF5, and are refused before. Throws `data-invalid` and the errors of
 * files.
 */
export async function readMat(file: string): Promise<ArrayData[]> {
  try {
    if ((await fileSize(file))! > MAX_FILE) throw invalidData(file, 'too-large', 'is too large');
    const bytes = await readFile(file);
    const endian = bytes.toString('latin1', 126, 128);
    if (bytes.length < HEADER || (endian !== 'IM' && endian !== 'MI')) {
      throw invalidData(file, 'damaged', 'is a damaged MATLAB file');
    }
    return await new MatReader(file, endian === 'IM').read(bytes.subarray(HEADER));
  } catch (error) {
    throw sourceError(error, file);
  }
}

class MatReader {
  readonly #file: string;
  readonly #isLittle: boolean;
  readonly #arrays: ArrayData[] = [];
  #left = MAX_INFLATED;

  constructor(file: string, isLittle: boolean) {
    this.#file = file;
    this.#isLittle = isLittle;
  }

  async read(bytes: Buffer): Promise<ArrayData[]> {
    for (let at = 0; at + 8 <= bytes.length; ) {
      const element = this.#element(bytes, at);
      at = element.end;
      if (element.type === MATRIX) this.#matrix(element.data, '', 0);
      else if (element.type === COMPRESSED) {
        const inner = this.#element(await this.#inflate(element.data), 0);
        if (inner.type === MATRIX) this.#matrix(inner.data, '', 0);
      }
    }
    return this.#arrays;
  }

  async #inflate(data: Buffer): Promise<Buffer> {
    try {
      const inflated = await promisify(inflate)(data, { maxOutputLength: Math.max(1, this.#left) });
      this.#left -= inflated.length;
      return inflated;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
        throw invalidData(this.#file, 'too-large', 'is too large when it is decompressed', error);
      }
      throw this.#damaged(error);
    }
  }

  #damaged(cause?: unknown): Error {
    return invalidData(this.#file, 'damaged', 'is a damaged MATLAB file', cause);
  }

  #uint32(bytes: Buffer, at: number): number {
    if (at + 4 > bytes.length) throw this.#damaged();
    return this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** An element: its type, size, and data, padded to 8 bytes unless compressed; up to 4 bytes of data are within the tag. */
  #element(bytes: Buffer, at: number): Element {
    const first = this.#uint32(bytes, at);
    const smallSize = first >>> 16;
    if (smallSize > 0) {
      if (smallSize > 4 || at + 8 > bytes.length) throw this.#damaged();
      return { type: first & 0xffff, data: bytes.subarray(at + 4, at + 4 + smallSize), end: at + 8 };
    }
    const size = this.#uint32(bytes, at + 4);
    if (at + 8 + size > bytes.length) throw this.#damaged();
    const padding = first === COMPRESSED ? 0 : (8 - (size % 8)) % 8;
    return { type: first, data: bytes.subarray(at + 8, at + 8 + size), end: at + 8 + size + padding };
  }

  /** An array: flags, dimensions, name, and then its numbers, or the fields of a structure. */
  #matrix(bytes: Buffer, parent: string, depth: number, field?: string): void {
    if (bytes.length === 0) return;
    const flags = this.#element(bytes, 0);
    const dimensions = this.#element(bytes, flags.end);
    const nameElement = this.#element(bytes, dimensions.end);
    const own = field ?? nameElement.data.toString('latin1');
    const name = parent === '' ? own : `${parent}.${own}`;
    const shape = Array.from({ length: Math.floor(dimensions.data.length / 4) }, (_, index) =>
      this.#uint32(dimensions.data, 4 * index),
    );
    const matrixClass = this.#uint32(flags.data, 0) & 0xff;
    if (matrixClass === STRUCT) {
      if (depth < MAX_DEPTH && elements(shape) === 1) this.#struct(bytes, nameElement.end, name, depth);
      return;
    }
    if (nameElement.end + 8 > bytes.length) return;
    const { type: code, data } = this.#element(bytes, nameElement.end);
    const type = numberType(NUMBERS[code] ?? '', this.#isLittle);
    // Texts, cells, sparse arrays, and so on are neither images nor labels.
    if (type === null || matrixClass < 6 || matrixClass > 15) return;
    if (elements(shape) * type.size !== data.length) throw this.#damaged();
    if (this.#arrays.length === MAX_ARRAYS) throw this.#damaged();
    this.#arrays.push({
      ...{ name, shape, isColumnMajor: true, type },
      async *open() {
        yield data;
      },
    });
  }

  #struct(bytes: Buffer, at: number, name: string, depth: number): void {
    const lengthElement = this.#element(bytes, at);
    const length = this.#uint32(lengthElement.data, 0);
    const names = this.#element(bytes, lengthElement.end);
    if (length === 0 || length > 256) throw this.#damaged();
    let end = names.end;
    for (let start = 0; start + length <= names.data.length; start += length) {
      const field = names.data.toString('latin1', start, start + length).replace(/\0.*$/s, '');
      const element = this.#element(bytes, end);
      end = element.end;
      if (element.type === MATRIX) this.#matrix(element.data, name, depth + 1, field);
    }
  }
}
