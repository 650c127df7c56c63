import type { DatasetPart } from '../dataset/read-part.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';

/** A training image that resembles another image. */
export interface Neighbor {
  /** Its index in the training part. */
  index: number;
  /** Bytes, ink 255 on paper 0, upright, [28, 28]. */
  image: Uint8Array;
  /** The cosine of the angle between the features of both: 1 for the most similar ones. */
  similarity: number;
}

/** Images of a class, and the features of those that have been computed, in order. */
export class ClassFeatures {
  /** [count, 784] */
  readonly #images: Uint8Array;
  readonly #indices: readonly number[];
  readonly #features: Float32Array[] = [];

  /** The images of a class, by its index, of some that were read. */
  constructor({ images, indices, labels }: DatasetPart, index: number) {
    const positions = [...labels.keys()].filter((position) => labels[position] === index);
    this.#images = Buffer.concat(
      positions.map((position) => images.subarray(position * IMAGE_PIXELS, (position + 1) * IMAGE_PIXELS)),
    );
    this.#indices = positions.map((position) => indices[position]!);
  }

  /** The memory that it takes, once complete. */
  get bytes(): number {
    return this.#images.length + this.#indices.length * (this.#features[0]?.byteLength ?? 0);
  }

  get isComplete(): boolean {
    return this.#features.length === this.#indices.length;
  }

  /** At most `limit` images without features, [n, 784]. */
  pending(limit: number): Uint8Array {
    const from = this.#features.length;
    return this.#images.subarray(from * IMAGE_PIXELS, (from + limit) * IMAGE_PIXELS);
  }

  /** Adds features of length 1, those of the first pending images. */
  add(features: readonly Float32Array[]): void {
    this.#features.push(...features);
  }

  /** The `count` images with the most similar features, the most similar first, without copies of the image itself. */
  nearest(image: Uint8Array, features: Float32Array, count: number): Neighbor[] {
    const similarities = this.#features.map((other) => dot(features, other));
    const order = [...similarities.keys()].sort((a, b) => similarities[b]! - similarities[a]!);
    const neighbors: Neighbor[] = [];
    for (const position of order) {
      if (neighbors.length === count) break;
      const other = this.#images.subarray(position * IMAGE_PIXELS, (position + 1) * IMAGE_PIXELS);
      if (Buffer.compare(other, image) === 0) continue;
      const similarity = similarities[position]!;
      neighbors.push({ index: this.#indices[position]!, image: Uint8Array.from(other), similarity });
    }
    return neighbors;
  }
}

/** At most `limit` of some values, evenly spread. */
export function evenly<T>(values: readonly T[], limit: number): T[] {
  const size = Math.min(limit, values.length);
  return Array.from({ length: size }, (_, position) => values[Math.floor((position * values.length) / size)]!);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
