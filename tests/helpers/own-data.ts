import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FetchEvent } from '../../src/core/dataset/fetch-event.ts';
import type { OwnDetails } from '../../src/core/dataset/own/own-details.ts';
import { type TakeOverOptions, takeOver } from '../../src/core/dataset/own/take-over.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { CHARACTERS, writeBy } from '../accuracy/characters.ts';
import { glyphImage, idx } from './archive.ts';
import { pngFile } from './picture-files.ts';

/** An image of a character in somebody's hand, upright, [784]: one that the shipped model reads. */
export function characterImage(label: string, hand: number): Uint8Array {
  return rasterize(writeBy(hand, CHARACTERS[label]!));
}

/** Swaps the rows and columns of an image. */
export function transposed(image: Uint8Array): Uint8Array {
  return image.map((_, at) => image[(at % 28) * 28 + Math.floor(at / 28)]!);
}

/** A labeled image. */
export type Labeled = readonly [label: string | number, image: Uint8Array];

/** `count` images of each label in turn, of invented characters. */
export function glyphs(labels: readonly (string | number)[], count: number, seed = 1): Labeled[] {
  return Array.from({ length: count }, (_, index) =>
    labels.map((label, at): Labeled => [label, glyphImage(at, seed + index)]),
  ).flat();
}

/** A CSV file with the label first. */
export function csv(rows: readonly Labeled[], { header = '', delimiter = ',', end = '\n' } = {}): string {
  const lines = rows.map(([label, image]) => [label, ...image].join(delimiter));
  return [...(header ? [header] : []), ...lines, ''].join(end);
}

/** Writes a pair of IDX files of a part. */
export async function writeIdx(folder: string, part: string, rows: readonly Labeled[], suffix = ''): Promise<void> {
  await mkdir(folder, { recursive: true });
  const images = Buffer.concat(rows.map(([, image]) => image));
  await writeFile(path.join(folder, `${part}-images-idx3-ubyte${suffix}`), idx([rows.length, 28, 28], images));
  const labels = Uint8Array.from(rows, ([label]) => Number(label));
  await writeFile(path.join(folder, `${part}-labels-idx1-ubyte${suffix}`), idx([rows.length], labels));
}

/** Writes a folder of pictures for each class: PNG of 28x28 pixels, light on dark. */
export async function writeClasses(folder: string, rows: readonly Labeled[]): Promise<void> {
  for (const [index, [label, image]] of rows.entries()) {
    await mkdir(path.join(folder, String(label)), { recursive: true });
    await writeFile(path.join(folder, String(label), `${index}.png`), pngFile({ width: 28, height: 28, gray: image }));
  }
}

/** Takes over a data set and returns what its last event says. The shipped model is not asked, unless given. */
export async function takeOverAll(
  options: Omit<TakeOverOptions, 'tryOrientation' | 'name'> & Partial<TakeOverOptions>,
): Promise<Extract<FetchEvent, { event: 'end' }> & { own: OwnDetails }> {
  let last: FetchEvent | undefined;
  for await (const event of takeOver({ name: 'mine', tryOrientation: async () => null, ...options })) last = event;
  if (last?.event !== 'end' || !last.own) throw new Error('the last event is not the end');
  return { ...last, own: last.own };
}
