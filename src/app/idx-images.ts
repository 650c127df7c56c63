import { createReadStream } from 'node:fs';
import { gunzipFile, openIdx } from '../core/dataset/idx.ts';
import { transposeImages } from '../core/dataset/transpose.ts';
import { EmnistError } from '../core/errors.ts';
import { fileError } from '../core/files/file-errors.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../core/images/image-size.ts';

/** How an IDX file stores its images, and how that is known. */
export interface IdxOrientation {
  orientation: 'upright' | 'transposed';
  from: 'given' | 'detected' | 'assumed';
}

/** Finds the orientation of some images of a file, [n, 784]. */
export type FindOrientation = (images: Uint8Array) => Promise<IdxOrientation>;

/** How many images the orientation is found from. */
const SAMPLE = 300;

/** Streams the images of an IDX file upright, so that memory does not depend on its size. */
export async function* readIdxImages(
  file: string,
  gzipped: boolean,
  orientation: 'upright' | 'transposed',
): AsyncGenerator<Uint8Array> {
  for await (const stored of storedImages(file, gzipped)) {
    const image = new Uint8Array(IMAGE_PIXELS);
    if (orientation === 'upright') image.set(stored);
    else transposeImages(stored, 0, image, 0, 1);
    yield image;
  }
}

/**
 * Images of a file as they are stored, [n, 784], evenly spread, since many files are sorted by class. They are those that can
 * be read: what is wrong with the file turns out when all of it is.
 */
export async function sampleIdxImages(file: string, gzipped: boolean): Promise<Uint8Array> {
  const images: Uint8Array[] = [];
  let step = 1;
  let index = 0;
  try {
    for await (const stored of storedImages(file, gzipped)) {
      if (index++ % step === 0) images.push(stored.slice());
      if (images.length < 2 * SAMPLE) continue;
      // Every other image is enough from here on.
      step *= 2;
      images.splice(0, images.length, ...images.filter((_, at) => at % 2 === 0));
    }
  } catch (error) {
    if (!(error instanceof EmnistError)) throw error;
  }
  return Buffer.concat(images);
}

/** Streams the images of an IDX file as they are stored; each is valid only until the next is requested. */
async function* storedImages(file: string, gzipped: boolean): AsyncGenerator<Uint8Array> {
  try {
    const stream = gzipped ? gunzipFile(file, file) : createReadStream(file);
    const { dims, data } = await openIdx(stream, { name: file, dims: 3 });
    const [, height, width] = dims;
    if (height !== IMAGE_SIZE || width !== IMAGE_SIZE) {
      throw new EmnistError('idx-invalid', `${file} has images of ${width}x${height} pixels`, {
        file,
        problem: 'image-size',
      });
    }
    const stored = new Uint8Array(IMAGE_PIXELS);
    let filled = 0;
    for await (const chunk of data) {
      for (let from = 0; from < chunk.length; ) {
        const part = chunk.subarray(from, from + IMAGE_PIXELS - filled);
        stored.set(part, filled);
        filled += part.length;
        from += part.length;
        if (filled < IMAGE_PIXELS) continue;
        filled = 0;
        yield stored;
      }
    }
  } catch (error) {
    throw fileError(error, file);
  }
}
