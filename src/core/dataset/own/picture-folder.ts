import path from 'node:path';
import { isEmnistError } from '../../errors.ts';
import { IMAGE_SIZE } from '../../images/image-size.ts';
import { decodePicture, readPicture } from '../../images/picture-file.ts';
import { singleCharacter } from '../../images/single-character.ts';
import { MAX_CLASSES } from '../../label-text.ts';
import { ImageStore, MAX_IMAGES } from './image-store.ts';
import type { OwnDetails } from './own-details.ts';
import { invalidData, sourceError } from './own-errors.ts';
import { invert, lightBorder } from './paper.ts';
import { type ClassPictures, findPictures } from './picture-layout.ts';
import { type ReadContext, Skipped, type SourceReader } from './source-images.ts';

/** Codes of errors that are about one picture. */
const ABOUT_PICTURE = /^(?:picture|input|file)-/;
/** A border with a larger share of light pixels is paper for sure, one with a smaller share than its rest is not. */
const CLEAR = 0.8;

/**
 * Reads a folder of pictures. Each is one character or sign: a picture of 28x28 pixels is taken as it is, or inverted if it is
 * dark on light; in others the ink is found and normalized as `predict` does.
 */
export async function* readPictures(root: string, { signal }: ReadContext): SourceReader {
  const { train: trainClasses, test: testClasses, notes } = await findPictures(root);
  if (trainClasses.length > MAX_CLASSES) {
    throw invalidData(
      root,
      'too-many-classes',
      `has ${trainClasses.length} classes, more than the limit of ${MAX_CLASSES}`,
    );
  }
  const all = [...trainClasses, ...(testClasses ?? [])].flatMap(({ pictures }) => pictures);
  if (all.length > MAX_IMAGES) throw invalidData(root, 'too-large', `has ${all.length} pictures, which is too many`);
  const total = all.reduce((sum, { size }) => sum + size, 0);
  const reading = new PictureReading(root);
  let done = 0;
  const stores: ImageStore[] = [];
  for (const classes of testClasses ? [trainClasses, testClasses] : [trainClasses]) {
    const store = new ImageStore(root);
    stores.push(store);
    for (const [label, file, size] of inTurns(classes)) {
      signal.throwIfAborted();
      await reading.add(file, label, store);
      done += size;
      yield { bytes: done, total };
    }
    const missing = classes.find(({ label }) => store === stores[0] && !store.texts.includes(label));
    if (missing) {
      reading.skipped.check(root, all.length, 'pictures');
      throw invalidData(root, 'class-empty', `has no pictures of the class "${missing.label}" that can be read`);
    }
  }
  reading.skipped.check(root, all.length, 'pictures');
  reading.invertAsIs();
  const { inverted, skipped } = reading;
  const [train, test = null] = stores as [ImageStore, ImageStore?];
  return {
    ...{ format: 'pictures', train, test, mapping: null, likelyOrientation: null },
    ...{ inverted, sizes: reading.sizes, skipped, notes },
  };
}

function* inTurns(classes: readonly ClassPictures[]): Generator<[label: string, file: string, size: number]> {
  for (const { label, pictures } of classes) for (const { path: file, size } of pictures) yield [label, file, size];
}

class PictureReading {
  readonly skipped = new Skipped();
  inverted = 0;
  readonly #root: string;
  readonly #sizes = new Map<string, number>();
  /** The pictures of 28x28 pixels, which were taken as they are. */
  readonly #asIs: { image: Uint8Array; light: number }[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  async add(file: string, label: string, store: ImageStore): Promise<void> {
    const name = path.relative(this.#root, file);
    try {
      const picture = await decodePicture(await readPicture(file), name);
      const { width, height } = picture.original;
      this.#sizes.set(`${width}x${height}`, width * height);
      const isAsIs = picture.width === IMAGE_SIZE && picture.height === IMAGE_SIZE;
      store.add(isAsIs ? picture.gray : singleCharacter(picture, name), label);
      if (!isAsIs) return;
      const image = store.image(store.count - 1);
      this.#asIs.push({ image, light: lightBorder(image) });
    } catch (error) {
      const problem = sourceError(error, file);
      if (!isEmnistError(problem) || !ABOUT_PICTURE.test(problem.code)) throw problem;
      this.skipped.add(name, problem.message.replace(`${name} `, ''));
    }
  }

  /** Inverts those that are dark on light. Where strokes reach the border, most of the others decide. */
  invertAsIs(): void {
    const clear = this.#asIs.filter(({ light }) => light >= CLEAR || light <= 1 - CLEAR);
    const mostAreLight = 2 * clear.filter(({ light }) => light >= CLEAR).length > clear.length;
    for (const { image, light } of this.#asIs) {
      if (light >= CLEAR || (light > 1 - CLEAR && mostAreLight)) {
        invert(image);
        this.inverted++;
      }
    }
  }

  /** The sizes of the pictures; null if they are all the same. */
  get sizes(): OwnDetails['sizes'] {
    const bySize = [...this.#sizes].sort(([, a], [, b]) => a - b).map(([size]) => size);
    const [smallest] = bySize;
    return smallest === undefined ? null : { distinct: bySize.length, smallest, largest: bySize.at(-1)! };
  }
}
