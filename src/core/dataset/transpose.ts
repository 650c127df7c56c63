import { IMAGE_PIXELS, IMAGE_SIZE } from '../images/image-size.ts';

/** Masks of a 32-bit word: the low bytes of both halves, their high bytes, and the low half. */
const LOW = 0x00ff00ff;
const HIGH = 0xff00ff00 | 0;
const HALF = 0xffff;
/** 32-bit words per image. */
const WORDS = IMAGE_PIXELS / 4;

/**
 * Transposes `count` images, from NIST's orientation to upright or back: those from index `from` of `images` on, into
 * `upright` from index `to` on. Both arrays are bytes, [n, 28, 28], at a multiple of four in their buffers.
 *
 * Works on blocks of 4x4 bytes, with each row of a block in one word, which takes less than half the time of single bytes.
 * Assumes a little-endian machine, as the engine and the model formats do.
 */
export function transposeImages(
  images: Uint8Array,
  from: number,
  upright: Uint8Array,
  to: number,
  count: number,
): void {
  const source = new Uint32Array(images.buffer, images.byteOffset + from * IMAGE_PIXELS, count * WORDS);
  const target = new Uint32Array(upright.buffer, upright.byteOffset + to * IMAGE_PIXELS, count * WORDS);
  for (let word = 0; word < source.length; word += WORDS) transposeImage(source, target, word);
}

/** Transposes the image that starts at a word of both arrays. */
function transposeImage(source: Uint32Array, target: Uint32Array, word: number): void {
  // A row of 28 bytes is 7 words; (row, column) counts blocks.
  for (let row = 0; row < 7; row++) {
    for (let column = 0; column < 7; column++) {
      const from = word + row * IMAGE_SIZE + column;
      const a = source[from]!;
      const b = source[from + 7]!;
      const c = source[from + 14]!;
      const d = source[from + 21]!;
      // Bytes 0 and 2 of two rows interleaved, then bytes 1 and 3.
      const evenAB = (a & LOW) | ((b & LOW) << 8);
      const oddAB = ((a >>> 8) & LOW) | (b & HIGH);
      const evenCD = (c & LOW) | ((d & LOW) << 8);
      const oddCD = ((c >>> 8) & LOW) | (d & HIGH);
      const to = word + column * IMAGE_SIZE + row;
      target[to] = (evenAB & HALF) | (evenCD << 16);
      target[to + 7] = (oddAB & HALF) | (oddCD << 16);
      target[to + 14] = (evenAB >>> 16) | (evenCD & ~HALF);
      target[to + 21] = (oddAB >>> 16) | (oddCD & ~HALF);
    }
  }
}
