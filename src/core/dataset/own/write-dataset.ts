import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip } from 'node:zlib';
import { flush, writeFileAtomically } from '../../files/atomic-write.ts';
import { fileError } from '../../files/file-errors.ts';
import { IMAGE_SIZE } from '../../images/image-size.ts';
import { MANIFEST_FILE } from '../split-files.ts';
import { PARTS, type Part } from '../splits.ts';
import { crcText } from '../zip.ts';
import type { ImageStore } from './image-store.ts';
import { type OwnManifest, ownFileName } from './own-manifest.ts';

/** An image of a store, and its class. */
export interface LabeledImage {
  store: ImageStore;
  index: number;
  label: number;
}

/** Images that are compressed at a time. */
const BLOCK = 512;
/** Higher levels take several times as long, for files that are a tenth smaller. */
const GZIP_LEVEL = 3;

/** Writes the images and labels of both parts and then the manifest into an empty folder. */
export async function writeDataset(
  folder: string,
  parts: Readonly<Record<Part, readonly LabeledImage[]>>,
  description: Omit<OwnManifest, 'format' | 'kind' | 'trainImages' | 'testImages' | 'files'>,
  signal: AbortSignal,
): Promise<OwnManifest> {
  const files: OwnManifest['files'] = [];
  for (const part of PARTS) {
    for (const contents of ['images', 'labels'] as const) {
      const name = ownFileName(part, contents);
      const data = contents === 'images' ? imageFile(parts[part]) : labelFile(parts[part]);
      files.push({ name, ...(await writeGzip(path.join(folder, name), data, signal)) });
    }
  }
  const counts = { trainImages: parts.train.length, testImages: parts.test.length };
  const manifest: OwnManifest = { format: 1, kind: 'own', ...description, ...counts, files };
  await writeFileAtomically(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function* imageFile(images: readonly LabeledImage[]): Generator<Uint8Array> {
  yield idxHeader([images.length, IMAGE_SIZE, IMAGE_SIZE]);
  for (let start = 0; start < images.length; start += BLOCK) {
    yield Buffer.concat(images.slice(start, start + BLOCK).map(({ store, index }) => store.image(index)));
  }
}

function* labelFile(images: readonly LabeledImage[]): Generator<Uint8Array> {
  yield idxHeader([images.length]);
  yield Uint8Array.from(images, ({ label }) => label);
}

function idxHeader(dims: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header[2] = 0x08;
  header[3] = dims.length;
  for (const [index, size] of dims.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return header;
}

/** Writes a gzip file. Returns its size and CRC-32. */
async function writeGzip(
  file: string,
  data: Iterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ bytes: number; crc32: string }> {
  let [bytes, crc] = [0, 0];
  try {
    await using output = await open(file, 'wx');
    const write = async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        await output.writeFile(chunk);
        crc = crc32(chunk, crc);
        bytes += chunk.length;
      }
    };
    await pipeline(Readable.from(data), createGzip({ level: GZIP_LEVEL }), write, { signal });
    await flush(output);
  } catch (error) {
    signal.throwIfAborted();
    throw fileError(error, file);
  }
  return { bytes, crc32: crcText(crc) };
}
