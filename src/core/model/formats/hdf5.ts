import type { Dataset, File, Group } from 'h5wasm';
import { compressedAsset, loadLibrary } from '../../asset.ts';
import { EmnistError } from '../../errors.ts';
import { halfToNumber } from '../half.ts';
import { damagedModel } from '../model-errors.ts';
import { elements } from '../network.ts';

/** HDF5 files in memory, read and written by h5wasm: the HDF5 library compiled to WebAssembly, with its own file system. */

/** Creates a file, lets `fill` write to it, and returns its bytes. */
export async function writeHdf5(fill: (file: File) => void): Promise<Uint8Array> {
  const { hdf5, system } = await load();
  const name = newName();
  const file = new hdf5.File(name, 'w');
  try {
    fill(file);
  } finally {
    file.close();
  }
  const bytes = system.readFile(name);
  system.unlink(name);
  return bytes;
}

/** Opens a file and returns the result of `read`. Errors of the library become `model-damaged`. */
export async function readHdf5<T>(bytes: Uint8Array, name: string, read: (file: File) => T): Promise<T> {
  const { hdf5, system } = await load();
  const path = newName();
  system.writeFile(path, bytes);
  try {
    const file = new hdf5.File(path, 'r');
    try {
      return read(file);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof EmnistError) throw error;
    throw damagedModel(name, 'the HDF5 structure is corrupt', error);
  } finally {
    system.unlink(path);
  }
}

/** The library once it is loaded. */
let library: Awaited<typeof import('h5wasm')['ready']> | null = null;

async function load() {
  const { startHdf5 } = await loadLibrary('hdf5');
  const hdf5 = await startHdf5(compressedAsset('hdf5.wasm'));
  const module = await hdf5.ready;
  library = module;
  // By default the library prints errors and continues.
  module.activate_throwing_error_handler();
  return { hdf5, system: module.FS };
}

let files = 0;
function newName(): string {
  return `/${++files}.h5`;
}

/** Writes an attribute of one string or a list, as h5py writes bytes: fixed length, UTF-8. */
export function writeText(group: Group, name: string, text: string | readonly string[]): void {
  if (text.length === 0) {
    // NumPy's type of an empty list is float64.
    group.create_attribute(name, new Float64Array(0), [0], '<d');
    return;
  }
  const [data, shape] = typeof text === 'string' ? [text, []] : [[...text], [text.length]];
  const length = Math.max(...[text].flat().map((one) => Buffer.byteLength(one)));
  group.create_attribute(name, data, shape, `S${length}`);
}

/** An attribute cannot be larger than 64 kB, with its header. */
const MAX_ATTRIBUTE_BYTES = 60_000;

/** Writes a text of ASCII characters and any length, as attributes that `readTexts` reads as its parts. */
export function writeLongText(group: Group, name: string, text: string): void {
  for (let part = 0; part * MAX_ATTRIBUTE_BYTES < text.length; part++) {
    const from = part * MAX_ATTRIBUTE_BYTES;
    writeText(group, `${name}${part}`, [text.slice(from, from + MAX_ATTRIBUTE_BYTES)]);
  }
}

/** A string attribute; null if there is none. */
export function readText(group: Group, name: string): string | null {
  const value = group.attrs[name]?.value;
  return typeof value === 'string' ? value : null;
}

/** An attribute that is a list of strings, which Keras splits if it is long; empty if there is none. */
export function readTexts(group: Group, name: string): string[] {
  const { attrs } = group;
  const texts = (key: string) => {
    const value = attrs[key]?.value;
    return Array.isArray(value) ? value.map(String) : [];
  };
  if (name in attrs) return texts(name);
  const parts: string[] = [];
  for (let index = 0; `${name}${index}` in attrs; index++) parts.push(...texts(`${name}${index}`));
  return parts;
}

/** Looks up a group by its path; null if there is none. */
export function findGroup(group: Group, path: string): Group | null {
  const found = group.get(path) as Group | Dataset | null;
  return found?.type === 'Group' ? (found as Group) : null;
}

export function writeTensor(group: Group, name: string, data: Float32Array, shape: readonly number[]): void {
  group.create_dataset({ name, data, shape: [...shape], dtype: '<f' });
}

/** The shape of a dataset; null if there is none at this path. */
export function tensorShape(group: Group, path: string): readonly number[] | null {
  const found = group.get(path) as Group | Dataset | null;
  return found?.type === 'Dataset' ? ((found as Dataset).shape ?? null) : null;
}

/**
 * Reads a dataset of this shape. The shape is checked before anything is allocated, since a file can claim any size. Throws
 * `model-damaged`, which names `file`.
 */
export function readTensor(group: Group, path: string, shape: readonly number[], file: string): Float32Array {
  const found = group.get(path) as Group | Dataset | null;
  if (found?.type !== 'Dataset') throw damagedModel(file, `the weights ${path} are missing`);
  const dataset = found as Dataset;
  if (dataset.shape?.join() !== shape.join()) {
    throw damagedModel(file, `${path} has shape [${dataset.shape}], but its layer expects [${shape}]`);
  }
  if (dataset.dtype === '<e') return readHalves(dataset, elements(shape));
  const value: unknown = dataset.value;
  if (value instanceof Float32Array || value instanceof Float64Array) return Float32Array.from(value);
  // A scalar.
  if (typeof value === 'number' && shape.length === 0) return Float32Array.of(value);
  throw damagedModel(file, `${path} has numbers of type ${String(dataset.dtype)}, not floats`);
}

/** Reads 16-bit floats, for which the library has no type. */
function readHalves({ file_id, path }: Dataset, count: number): Float32Array {
  if (!library) throw new Error('datasets are read after the library is loaded');
  const address = library._malloc(2 * count);
  try {
    library.get_dataset_data(file_id, path, null, null, null, BigInt(address));
    const view = new DataView(library.HEAPU8.buffer, address);
    return Float32Array.from({ length: count }, (_, index) => halfToNumber(view.getUint16(2 * index, true)));
  } finally {
    library._free(address);
  }
}
