import { characterImage } from './character-image.ts';
import { labelComponents } from './components.ts';
import { borderIsLight, findInk } from './ink.ts';
import { IMAGE_BYTES, IMAGE_SIZE } from './normalise.ts';
import type { GreyPicture } from './picture.ts';
import { groupCharacters } from './segment.ts';

/** EMNIST's images reach full ink, and their outermost pixels are paper. */
const FULL_INK = 200;
const FAINT = 32;

/**
 * The characters of a picture in reading order, each as a 28x28 image, [784]. A picture of 28x28 pixels that already is
 * as EMNIST's images are is one character, taken as it is (or inverted, when it is dark on light). Throws EmnistErrors
 * that name `source`: `picture-blank`, `picture-not-writing`.
 */
export function pictureCharacters(picture: GreyPicture, source: string): Uint8Array[] {
  const ready = emnistImage(picture);
  if (ready) return [ready];
  const ink = findInk(picture, source);
  const labelled = labelComponents(ink.mask, ink.width, ink.height);
  return groupCharacters(labelled.components, source).map((character) => characterImage(ink, labelled, character));
}

function emnistImage({ width, height, grey }: GreyPicture): Uint8Array | null {
  if (width !== IMAGE_SIZE || height !== IMAGE_SIZE) return null;
  const image = borderIsLight({ width, height, grey }) ? grey.map((value) => 255 - value) : Uint8Array.from(grey);
  let peak = 0;
  for (let i = 0; i < IMAGE_BYTES; i++) {
    const x = i % IMAGE_SIZE;
    const y = (i - x) / IMAGE_SIZE;
    const isBorder = x === 0 || y === 0 || x === IMAGE_SIZE - 1 || y === IMAGE_SIZE - 1;
    if (isBorder && image[i]! > FAINT) return null;
    peak = Math.max(peak, image[i]!);
  }
  return peak >= FULL_INK ? image : null;
}
