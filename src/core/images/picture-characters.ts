import { characterImage } from './character-image.ts';
import { labelComponents } from './components.ts';
import { IMAGE_SIZE } from './image-size.ts';
import { borderIsLight, findInk } from './ink-mask.ts';
import { inkBox } from './normalize.ts';
import type { GrayPicture } from './picture.ts';
import { groupCharacters } from './segment.ts';

// What all of EMNIST's images have in common: full ink on pure paper, large and in the middle.
const FULL_INK = 200;
const LEAST_PAPER = 0.15;
const LEAST_SIDE = 20;
const OFF_CENTER = 2;

/**
 * The characters of a picture in reading order, each as a 28x28 image, [784]. A picture of 28x28 pixels that already is
 * as EMNIST's images are is one character, taken as it is (or inverted, when it is dark on light). Throws EmnistErrors
 * that name `source`: `picture-blank`, `picture-not-writing`.
 */
export function pictureCharacters(picture: GrayPicture, source: string): Uint8Array[] {
  const ready = emnistImage(picture);
  if (ready) return [ready];
  const ink = findInk(picture, source);
  const labeled = labelComponents(ink.mask, ink.width, ink.height);
  return groupCharacters(labeled.components, source).map((character) => characterImage(ink, labeled, character));
}

function emnistImage({ width, height, gray }: GrayPicture): Uint8Array | null {
  if (width !== IMAGE_SIZE || height !== IMAGE_SIZE) return null;
  const image = borderIsLight({ width, height, gray }) ? gray.map((value) => 255 - value) : Uint8Array.from(gray);
  const peak = image.reduce((max, value) => Math.max(max, value), 0);
  const paper = image.reduce((count, value) => (value === 0 ? count + 1 : count), 0);
  const box = inkBox({ width, height, ink: Float32Array.from(image) }, 0);
  if (!box || peak < FULL_INK || paper < LEAST_PAPER * image.length) return null;
  const { left, top, right, bottom } = box;
  const side = Math.max(right - left, bottom - top);
  const offCenter = Math.max(Math.abs(left + right - IMAGE_SIZE), Math.abs(top + bottom - IMAGE_SIZE)) / 2;
  return side >= LEAST_SIDE && offCenter <= OFF_CENTER ? image : null;
}
