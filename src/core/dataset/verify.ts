import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { EmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { IMAGE_SIZE } from '../images/image-size.ts';
import { gunzipFile, openIdx } from './idx.ts';
import type { DatasetManifest } from './manifest.ts';
import { mappingName, memberName } from './split-files.ts';
import { firstLabel, type Part, type Split, splitLabels } from './splits.ts';
import { crcText } from './zip.ts';

/**
 * Checks the extracted files of a split: gzip checksums, IDX headers and sizes, the number of images and labels, the range
 * of the labels, and, if there is a mapping, that it has the program's labels. Throws `archive-invalid`.
 */
export async function verifySplit(
  folder: string,
  split: Split,
  names: readonly string[],
): Promise<{ trainImages: number; testImages: number }> {
  try {
    if (names.includes(mappingName(split))) await verifyMapping(folder, split);
    const trainImages = await verifyPart(folder, split, 'train');
    const testImages = await verifyPart(folder, split, 'test');
    return { trainImages, testImages };
  } catch (error) {
    if (error instanceof EmnistError && error.code === 'idx-invalid') throw invalid(error.message, error);
    throw error;
  }
}

async function verifyPart(folder: string, split: Split, part: Part): Promise<number> {
  const [images, labels] = [memberName(split, part, 'images'), memberName(split, part, 'labels')];
  const imageStream = await openIdx(gunzipFile(path.join(folder, images)), { name: images, dims: 3 });
  const [count, height, width] = imageStream.dims;
  const labelStream = await openIdx(gunzipFile(path.join(folder, labels)), { name: labels, dims: 1 });
  if (height !== IMAGE_SIZE || width !== IMAGE_SIZE)
    throw invalid(`${images} has images of ${height}x${width}, not ${IMAGE_SIZE}x${IMAGE_SIZE}`);
  if (count !== labelStream.bytes) {
    throw invalid(`${images} has ${count} images, but ${labels} has ${labelStream.bytes} labels`);
  }
  if (count === 0) throw invalid(`${images} has no images`);

  const first = firstLabel(split);
  const last = first + splitLabels(split).length - 1;
  for await (const chunk of labelStream.data) {
    const wrong = chunk.find((label) => label < first || label > last);
    if (wrong !== undefined) throw invalid(`${labels} has the label ${wrong}, outside ${first} to ${last}`);
  }
  // Reading to the end checks the size and the checksum.
  for await (const _ of imageStream.data);
  return count!;
}

/** Checks a mapping, each line of which has NIST's number of a class and the codes of its characters. */
async function verifyMapping(folder: string, split: Split): Promise<void> {
  const name = mappingName(split);
  const text = await readFile(path.join(folder, name), 'latin1').catch((error) => {
    throw fileError(error, name);
  });
  const labels = splitLabels(split);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const agrees =
    lines.length === labels.length &&
    lines.every((line, index) => {
      const [number, ...codes] = line.trim().split(/\s+/).map(Number);
      return number === index + firstLabel(split) && codes.includes(labels[index]!.charCodeAt(0));
    });
  if (!agrees) throw invalid(`${name} does not name the classes of "${split}"`);
}

function invalid(reason: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'archive-invalid',
    `the archive is not EMNIST as NIST publishes it: ${reason}`,
    { reason },
    { cause },
  );
}

/** Whether every file of an installed split has the CRC-32 in its manifest. */
export async function isIntact(folder: string, manifest: DatasetManifest): Promise<boolean> {
  for (const file of manifest.files) {
    if (crcText(await fileCrc(path.join(folder, file.name))) !== file.crc32) return false;
  }
  return true;
}

/** The CRC-32 of a file. */
export async function fileCrc(file: string): Promise<number> {
  let crc = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) crc = crc32(chunk, crc);
  } catch (error) {
    throw fileError(error, file);
  }
  return crc;
}
