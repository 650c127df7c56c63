import { IMAGE_PIXELS } from '../../images/image-size.ts';
import { invalidData } from './own-errors.ts';

/** As many images as a file of the data set may have: 1 GiB. */
export const MAX_IMAGES = Math.floor(2 ** 30 / IMAGE_PIXELS);
/** Distinct labels that are told apart; with more than the most that a data set may have, something is wrong anyway. */
const MAX_TEXTS = 4096;
const BLOCK = 4096;

/** Labeled images as they are read, in order. Memory grows with their number. */
export class ImageStore {
  /** The distinct labels, as texts of the source, in the order in which they were first seen. */
  readonly texts: string[] = [];
  readonly #indices = new Map<string, number>();
  readonly #images: Uint8Array[] = [];
  readonly #labels: Uint16Array[] = [];
  readonly #source: string;
  #count = 0;

  /** `source` names the data in errors. */
  constructor(source: string) {
    this.#source = source;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a copy of an image, [784]. Throws `data-invalid` beyond the limits. */
  add(image: Uint8Array, text: string): void {
    const at = this.#count % BLOCK;
    if (at === 0) {
      if (this.#count + BLOCK > MAX_IMAGES) {
        throw invalidData(this.#source, 'too-large', `has more than ${this.#count} images, which is too many`);
      }
      this.#images.push(new Uint8Array(BLOCK * IMAGE_PIXELS));
      this.#labels.push(new Uint16Array(BLOCK));
    }
    this.#images.at(-1)!.set(image, at * IMAGE_PIXELS);
    this.#labels.at(-1)![at] = this.#indexOf(text);
    this.#count++;
  }

  #indexOf(text: string): number {
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    if (this.texts.length === MAX_TEXTS) {
      throw invalidData(this.#source, 'too-many-classes', `has more than ${MAX_TEXTS} distinct labels`);
    }
    this.#indices.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** The pixels of an image, [784]; changing them changes the image. */
  image(index: number): Uint8Array {
    const start = (index % BLOCK) * IMAGE_PIXELS;
    return this.#images[Math.floor(index / BLOCK)]!.subarray(start, start + IMAGE_PIXELS);
  }

  /** The index of an image's label in `texts`. */
  label(index: number): number {
    return this.#labels[Math.floor(index / BLOCK)]![index % BLOCK]!;
  }

  /** Frees the memory. */
  clear(): void {
    this.#images.length = 0;
    this.#labels.length = 0;
    this.#count = 0;
  }
}
