import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import yazl from 'yazl';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { mappingName, memberName } from '../../src/core/dataset/split-files.ts';
import { firstLabel, PARTS, type Part, type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import type { Paths } from '../../src/core/paths.ts';
import { hash32, randomStream } from '../../src/core/random.ts';

/** Small generated archives of NIST's layout. */

export interface Counts {
  train: number;
  test: number;
}
export type ArchiveSplits = Partial<Record<Split, Counts>>;

export interface ArchiveOptions {
  /** Noisy pixels per image, which make each image different. Default 2. */
  seed?: number;
  /** The class of the image at an index. Default `labelAt`. */
  labelOf?: (split: Split, index: number, part: Part) => number;
  /** An upright image of a class, [784]; the seed differs for each. Default `glyphImage`. */
  imageOf?: (label: number, seed: number) => Uint8Array;
  /** Changes the members, by path, before they are packed. */
  alter?: (members: Map<string, Buffer>) => void;
  /** Whether the zip file compresses its members, which are already gzipped. Default true, as in NIST's. */
  compress?: boolean;
}

/**
 * An image of an invented character, upright, [28, 28]: a pattern of 5x5 squares unique to its class, shifted by up to a pixel,
 * with noise. A network learns it within a few hundred images. No pattern is symmetric about the diagonal.
 */
export function glyphImage(label: number, seed: number): Uint8Array {
  const image = new Uint8Array(784);
  const random = randomStream(hash32(seed, label));
  const [dx, dy] = [Math.floor(random() * 3) - 1, Math.floor(random() * 3) - 1];
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      const [column, row] = [Math.floor((x - 4 - dx) / 4), Math.floor((y - 4 - dy) / 4)];
      const inside = column >= 0 && column < 5 && row >= 0 && row < 5;
      const ink = inside && isInked(label, row, column) ? 160 + random() * 95 : random() * 40;
      image[y * 28 + x] = ink;
    }
  }
  return image;
}

/** The first row is always inked, the first column below it never, which determines the orientation. */
function isInked(label: number, row: number, column: number): boolean {
  if (row === 0) return true;
  return column > 0 && hash32(77, label, row, column) % 2 === 0;
}

/** The class of the image at an index: all classes in turn. */
export function labelAt(split: Split, index: number): number {
  return index % splitLabels(split).length;
}

/** The files of a split, gzipped as NIST's are, by path in the archive. */
export function splitFiles(split: Split, counts: Counts, options: ArchiveOptions = {}): Map<string, Buffer> {
  const { seed = 2, labelOf = labelAt, imageOf = glyphImage } = options;
  const files = new Map<string, Buffer>();
  const labels = splitLabels(split);
  const mapping = labels.map((label, index) => {
    const codes = split === 'letters' ? [label, label.toLowerCase()] : [label];
    return [index + firstLabel(split), ...codes.map((character) => character.charCodeAt(0))].join(' ');
  });
  files.set(`gzip/${mappingName(split)}`, Buffer.from(`${mapping.join('\n')}\n`));
  for (const part of PARTS) {
    const count = counts[part];
    const images = Buffer.alloc(count * 784);
    const numbers = Buffer.alloc(count);
    for (let index = 0; index < count; index++) {
      const label = labelOf(split, index, part);
      images.set(transpose(imageOf(label, hash32(seed, part.length, index))), index * 784);
      numbers[index] = label + firstLabel(split);
    }
    files.set(`gzip/${memberName(split, part, 'images')}`, gzipSync(idx([count, 28, 28], images), { level: 1 }));
    files.set(`gzip/${memberName(split, part, 'labels')}`, gzipSync(idx([count], numbers)));
  }
  return files;
}

/** An IDX file of bytes. */
export function idx(dims: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header[2] = 0x08;
  header[3] = dims.length;
  for (const [index, size] of dims.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return Buffer.concat([header, data]);
}

/** Transposes an image, as NIST stores them. */
function transpose(image: Uint8Array): Uint8Array {
  return image.map((_, index) => image[(index % 28) * 28 + Math.floor(index / 28)]!);
}

/** A zip file of NIST's layout. */
export async function makeArchive(splits: ArchiveSplits, options: ArchiveOptions = {}): Promise<Buffer> {
  const members = new Map<string, Buffer>();
  for (const [split, counts] of Object.entries(splits) as [Split, Counts][]) {
    for (const [name, data] of splitFiles(split, counts, options)) members.set(name, data);
  }
  options.alter?.(members);
  const zip = new yazl.ZipFile();
  for (const [name, data] of members) {
    zip.addBuffer(data, name, { compress: options.compress ?? true, mtime: new Date(2017, 2, 7) });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Writes such a zip file and returns its path. */
export async function writeArchive(file: string, splits: ArchiveSplits, options?: ArchiveOptions): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await makeArchive(splits, options));
  return file;
}

/** Fetches splits of a generated archive into `paths.datasets`. The archive remains next to them. */
export async function installDatasets(paths: Paths, splits: ArchiveSplits, options?: ArchiveOptions): Promise<string> {
  const file = await writeArchive(path.join(path.dirname(paths.datasets), 'archive.zip'), splits, options);
  for await (const _ of fetchDatasets({ splits: Object.keys(splits) as Split[], from: file, paths }));
  return file;
}
