/** An array of a file of named arrays, such as those of NumPy and MATLAB. */
export interface ArrayData {
  /** `x_train`, `dataset.train.images` */
  name: string;
  shape: readonly number[];
  /** The first index varies fastest, as in MATLAB and Fortran; otherwise the last. */
  isColumnMajor: boolean;
  type: NumberType | TextType;
  /** Its elements, in chunks of any size. */
  open(): AsyncIterable<Uint8Array>;
}

/** Numbers of a fixed size in bytes. */
export interface NumberType {
  kind: 'number';
  size: number;
  read(view: DataView, at: number): number;
}

/** Texts of a fixed size in bytes. */
export interface TextType {
  kind: 'text';
  size: number;
  read(view: DataView, at: number): string;
}

const READERS: Readonly<Record<string, (littleEndian: boolean) => NumberType['read']>> = {
  u1: () => (view, at) => view.getUint8(at),
  i1: () => (view, at) => view.getInt8(at),
  b1: () => (view, at) => view.getUint8(at),
  u2: (little) => (view, at) => view.getUint16(at, little),
  i2: (little) => (view, at) => view.getInt16(at, little),
  u4: (little) => (view, at) => view.getUint32(at, little),
  i4: (little) => (view, at) => view.getInt32(at, little),
  u8: (little) => (view, at) => Number(view.getBigUint64(at, little)),
  i8: (little) => (view, at) => Number(view.getBigInt64(at, little)),
  f2: (little) => (view, at) => view.getFloat16(at, little),
  f4: (little) => (view, at) => view.getFloat32(at, little),
  f8: (little) => (view, at) => view.getFloat64(at, little),
};

/** The type of numbers that NumPy calls `u1`, `i4`, `f8`, and so on; null for others. */
export function numberType(name: string, littleEndian: boolean): NumberType | null {
  const reader = READERS[name];
  return reader ? { kind: 'number', size: Number(name.slice(1)), read: reader(littleEndian) } : null;
}

/** How many elements an array has. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
