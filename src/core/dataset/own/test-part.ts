import type { ImageStore } from './image-store.ts';

/** The share of each class that is held out if the source has no test part. */
export const TEST_SHARE = 1 / 6;

/**
 * Chooses a sixth of each class, at least one image of each that has two, as the test part: those whose pixels have the
 * lowest hashes. So the choice depends neither on the order of the images nor on their names, and equal images are on the
 * same side. Returns a flag for each image, 1 for the test part. `classOf`: the class of each of the store's texts.
 */
export function chooseTestPart(images: ImageStore, classOf: readonly number[], classes: number): Uint8Array {
  const ofClass: number[][] = Array.from({ length: classes }, () => []);
  const hashes = new Uint32Array(images.count);
  for (let index = 0; index < images.count; index++) {
    hashes[index] = hashPixels(images.image(index));
    ofClass[classOf[images.label(index)]!]!.push(index);
  }
  const compare = (a: number, b: number) => hashes[a]! - hashes[b]! || Buffer.compare(images.image(a), images.image(b));
  const isTest = new Uint8Array(images.count);
  for (const indices of ofClass) {
    if (indices.length < 2) continue;
    indices.sort(compare);
    const wanted = Math.max(1, Math.floor(indices.length * TEST_SHARE));
    let count = wanted;
    // Equal images in both parts would make the test easier than it is.
    while (count > 0 && compare(indices[count - 1]!, indices[count]!) === 0) count--;
    for (const index of indices.slice(0, count || wanted)) isTest[index] = 1;
  }
  return isTest;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv), with MurmurHash3's finalizer. */
function hashPixels(pixels: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const value of pixels) hash = Math.imul(hash ^ value, 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
