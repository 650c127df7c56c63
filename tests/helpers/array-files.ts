/** An array to write: unsigned bytes, or doubles. */
export interface TestArray {
  shape: readonly number[];
  data: Uint8Array | Float64Array | readonly string[];
  fortran?: boolean;
}

/** A file of one array of NumPy. */
export function npy({ shape, data, fortran = false }: TestArray): Buffer {
  const isText = !ArrayBuffer.isView(data);
  const width = isText ? Math.max(...data.map((text) => text.length)) : 0;
  const type = isText ? `<U${width}` : data instanceof Uint8Array ? '|u1' : '<f8';
  const sizes = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const header = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${sizes}, }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  const body = isText
    ? Buffer.concat(
        data.map((text) => Buffer.from(Uint32Array.from([...text.padEnd(width, '\0')], (c) => c.charCodeAt(0)).buffer)),
      )
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), body]);
}

/** A structure of MATLAB: arrays of numbers, column by column, and structures. */
export interface MatStruct {
  [field: string]: TestArray | MatStruct;
}

const [INT8, UINT8, INT32, UINT32, DOUBLE, MATRIX] = [1, 2, 5, 6, 9, 14];

function element(type: number, data: Buffer): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

function matrix(matrixClass: number, shape: readonly number[], name: string, ...contents: Buffer[]): Buffer {
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(matrixClass);
  const dimensions = Buffer.from(Int32Array.from(shape).buffer);
  const parts = [element(UINT32, flags), element(INT32, dimensions), element(INT8, Buffer.from(name, 'latin1'))];
  return element(MATRIX, Buffer.concat([...parts, ...contents]));
}

function matValue(value: TestArray | MatStruct, name: string): Buffer {
  if (Array.isArray(value.shape)) {
    const { shape, data } = value as TestArray;
    const bytes = data as Uint8Array | Float64Array;
    const isBytes = bytes instanceof Uint8Array;
    const numbers = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return matrix(isBytes ? 9 : 6, shape, name, element(isBytes ? UINT8 : DOUBLE, numbers));
  }
  const fields = Object.entries(value as MatStruct);
  const length = Buffer.alloc(4);
  length.writeInt32LE(32);
  const names = Buffer.concat(fields.map(([field]) => Buffer.from(field.padEnd(32, '\0'), 'latin1')));
  const values = fields.map(([, one]) => matValue(one, ''));
  return matrix(2, [1, 1], name, element(INT32, length), element(INT8, names), ...values);
}

/** A MATLAB file of version 5 with one variable; `compress` deflates it. */
export function mat(name: string, value: MatStruct, compress: (bytes: Buffer) => Buffer = (bytes) => bytes): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const variable = matValue(value, name);
  const packed = compress(variable);
  if (packed === variable) return Buffer.concat([header, variable]);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(packed.length, 4);
  return Buffer.concat([header, tag, packed]);
}

/** Swaps rows and columns of a matrix of bytes. */
export function columnMajor(rows: number, columns: number, data: Uint8Array): Uint8Array {
  return Uint8Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}
