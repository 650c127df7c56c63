import path from 'node:path';
import type { EmnistError } from '../../errors.ts';
import { listText } from '../../list-text.ts';
import { otherFile } from '../model-errors.ts';
import type { ImportFormat } from './model-formats.ts';
import { openZipMembers } from './zip-members.ts';

const HDF5 = '\x89HDF\r\n\x1a\n';
/** How many members of an archive a message names. */
const LISTED = 3;

/**
 * The format of a model file, by its contents. Throws `model-unsupported` for files of other types, with what they are, and for
 * those that were cut off.
 */
export async function recognizeFormat(bytes: Buffer, file: string): Promise<ImportFormat> {
  const start = bytes.toString('latin1', 0, 512);
  const suffix = path.extname(file).toLowerCase();
  if (bytes.length === 0) throw otherFile(file, 'empty');
  if (start.startsWith(HDF5)) return checkedHdf5(bytes, file);
  if (start.startsWith('PK')) return formatOfArchive(bytes, file);
  if (start.startsWith('version https://git-lfs')) throw otherFile(file, 'git-lfs');
  if (/^\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html)/i.test(start)) throw otherFile(file, 'html');
  if (start.slice(4, 8) === 'TFL3') throw otherFile(file, 'tflite');
  if (start.startsWith('\x93NUMPY')) throw otherFile(file, 'numpy');
  if (/^[\s\uFEFF]*[{[]/.test(bytes.toString('utf8', 0, 16))) return checkedJson(bytes, file);
  if (start[8] === '{') return 'safetensors';
  if (isPickle(bytes)) throw pickleError(bytes, file);
  if (suffix === '.onnx') return 'onnx';
  if (suffix === '.pb')
    throw otherFile(file, path.basename(file) === 'saved_model.pb' ? 'saved-model' : 'tensorflow-graph');
  if (suffix === '.mlmodel') throw otherFile(file, 'coreml');
  if (isCheckpoint(file)) throw otherFile(file, 'checkpoint');
  if (isOnnx(bytes)) return 'onnx';
  throw otherFile(file, 'unknown');
}

/** The error for a folder without a model; null if its files tell nothing. */
export function folderError(folder: string, names: readonly string[]): EmnistError | null {
  if (names.includes('saved_model.pb')) return otherFile(folder, 'saved-model');
  if (names.some(isCheckpoint)) return otherFile(folder, 'checkpoint');
  if (names.includes('Manifest.json') && names.includes('Data')) return otherFile(folder, 'coreml');
  return null;
}

/** TensorFlow's checkpoints: `checkpoint`, `x.ckpt.index`, `x.ckpt.data-00000-of-00001`, `x.ckpt`. */
function isCheckpoint(file: string): boolean {
  const name = path.basename(file);
  return name === 'checkpoint' || /\.(?:ckpt|ckpt\..+|data-\d{5}-of-\d{5})$/.test(name);
}

/** The superblock of HDF5 says where the file ends. */
function checkedHdf5(bytes: Buffer, file: string): ImportFormat {
  const version = bytes[8]!;
  // Addresses are of 8 bytes in all files of Keras; the end of the file is the third or fourth of them.
  const at = version < 2 ? 24 + (version === 1 ? 4 : 0) + 16 : 12 + 16;
  const isEightBytes = bytes[version < 2 ? 13 : 9] === 8;
  if (bytes.length < at + 8) throw otherFile(file, 'cut-off', 'an HDF5 file');
  if (isEightBytes && bytes.readBigUInt64LE(at) > BigInt(bytes.length))
    throw otherFile(file, 'cut-off', 'an HDF5 file');
  return 'h5';
}

/** JSON may be of several kinds; what is none of them is left to the decoder to refuse. */
function checkedJson(bytes: Buffer, file: string): ImportFormat {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    return 'tfjs';
  }
  const { format, modelTopology } = Object(json) as Record<string, unknown>;
  const { node } = Object(modelTopology) as Record<string, unknown>;
  if (format === 'graph-model' || Array.isArray(node)) throw otherFile(file, 'graph-model');
  return 'tfjs';
}

/** An archive of Keras or PyTorch, by the names of its members. */
async function formatOfArchive(bytes: Buffer, file: string): Promise<ImportFormat> {
  const { names } = await openZipMembers(bytes, file).catch(() => {
    // The list of members is at the end.
    throw otherFile(file, 'cut-off', 'a zip archive');
  });
  if (names.some((name) => name === 'config.json' || name === 'model.weights.h5')) return 'keras';
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return 'torch';
  if (names.some((name) => /(^|\/)saved_model\.pb$/.test(name))) throw otherFile(file, 'saved-model');
  if (names.length > 0 && names.every((name) => name.endsWith('.npy'))) throw otherFile(file, 'numpy-archive');
  const files = names.filter((name) => !name.endsWith('/'));
  throw otherFile(file, 'zip', listText(files, LISTED) || 'nothing');
}

/** Pickles of protocol 2 and later, and zlib-compressed ones of joblib. */
function isPickle(bytes: Buffer): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
}

/** The number with which PyTorch's old format begins, as a pickle. */
const TORCH_LEGACY = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');

function pickleError(bytes: Buffer, file: string): EmnistError {
  if (bytes.subarray(2, 2 + TORCH_LEGACY.length).equals(TORCH_LEGACY)) return otherFile(file, 'torch-legacy');
  const text = bytes.toString('latin1', 0, 4096);
  // The package of the first object, as text of its own or with its length before it.
  const named = ['sklearn', 'xgboost', 'lightgbm', 'keras', 'tensorflow', 'torch', 'numpy'].find((name) =>
    text.includes(name),
  );
  const names: Readonly<Record<string, string>> = {
    sklearn: 'scikit-learn',
    torch: 'PyTorch',
    numpy: 'NumPy',
    keras: 'Keras',
  };
  return otherFile(file, 'pickle', named && (names[named] ?? named));
}

/** ONNX files begin with their IR version and often the name of their producer, and have no signature. */
function isOnnx(bytes: Buffer): boolean {
  return (
    bytes[0] === 0x08 &&
    bytes[1]! > 0 &&
    bytes[1]! < 32 &&
    (bytes[2] === 0x12 || bytes[2] === 0x3a || bytes[2] === 0x42)
  );
}
