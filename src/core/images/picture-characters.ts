import type { Box } from './box.ts';
import { characterImage } from './character-image.ts';
import { labelComponents } from './connected-components.ts';
import { reduceEnlarged } from './enlarged-image.ts';
import { type GrayPicture, originalBox } from './gray-picture.ts';
import { groupCharacters } from './group-characters.ts';
import { IMAGE_SIZE } from './image-size.ts';
import { borderIsLight, findInk } from './ink-mask.ts';
import { refusePattern } from './marks.ts';
import { inkBox } from './normalize.ts';
import { decodePicture } from './picture-file.ts';
import { clearPrintedLines } from './printed-lines.ts';

/** One character of a picture. */
export interface PictureCharacter {
  /** [784] bytes, 28x28 row by row, ink 255 on paper 0. */
  image: Uint8Array;
  /** The smallest box around its ink, in the picture's pixels. */
  box: Box;
}

// What all of EMNIST's images have in common: full ink on pure paper, a large character in the middle.
const MIN_PEAK = 200;
const MIN_PAPER_SHARE = 0.15;
const MIN_SIDE = 20;
const MAX_OFF_CENTER = 2;

/** What was found in a picture. */
export interface FoundWriting {
  picture: GrayPicture;
  /** 1 where there is ink of writing, [height, width]. */
  mask: Uint8Array;
  /** In reading order, with boxes in pixels of `picture`. */
  characters: PictureCharacter[];
}

/** How a picture is read. */
export interface PictureOptions {
  /**
   * Whether each picture of 28x28 pixels is an image as the model takes it. Default: only one that looks like EMNIST's
   * images, since others are rather small pictures.
   */
  asIs?: boolean;
  /** Is told how the characters were found. */
  onFound?: (found: FoundWriting) => Promise<void>;
}

/**
 * The characters of a picture file in reading order, with boxes in the pixels of the picture as displayed: turned
 * upright, and before it is scaled down. Throws EmnistErrors that name `source`: those of `decodePicture` and `findCharacters`.
 */
export async function pictureCharacters(
  file: Uint8Array,
  source: string,
  { asIs = false, onFound }: PictureOptions = {},
): Promise<PictureCharacter[]> {
  const picture = await decodePicture(file, source);
  const found = findWriting(picture, source, asIs);
  await onFound?.(found);
  return found.characters.map(({ image, box }) => ({ image, box: originalBox(picture, box) }));
}

/**
 * The characters of a gray picture in reading order. A picture of 28x28 pixels that looks like EMNIST's images, or one
 * enlarged from that, is used as is, or inverted if it is dark on light. Throws EmnistErrors that name `source`: `picture-blank`,
 * `picture-not-writing`.
 */
export function findCharacters(picture: GrayPicture, source: string): PictureCharacter[] {
  return findWriting(picture, source, false).characters;
}

function findWriting(picture: GrayPicture, source: string, asIs: boolean): FoundWriting {
  const small = reduceEnlarged(picture) ?? picture;
  const ready = readyCharacter(small, asIs);
  if (ready) return readyWriting(picture, small, ready);
  const ink = findInk(picture, source);
  refusePattern(ink, source);
  clearPrintedLines(ink);
  const labeled = labelComponents(ink.mask, ink.width, ink.height);
  const characters = groupCharacters(labeled, source).map((character) => ({
    image: characterImage(ink, labeled, character),
    box: character.box,
  }));
  return { picture, mask: ink.mask, characters };
}

/** What was found in a picture that is an image as the network needs it, or one enlarged. */
function readyWriting(picture: GrayPicture, small: GrayPicture, { image, box }: PictureCharacter): FoundWriting {
  const factor = picture.width / small.width;
  const { width, height, gray } = picture;
  const light = borderIsLight(picture);
  return {
    picture,
    mask: gray.map((value) => (light === value < 128 ? 1 : 0)),
    characters: [
      {
        image,
        box: {
          left: Math.floor(box.left * factor),
          top: Math.floor(box.top * factor),
          right: Math.min(width, Math.ceil(box.right * factor)),
          bottom: Math.min(height, Math.ceil(box.bottom * factor)),
        },
      },
    ],
  };
}

function readyCharacter({ width, height, gray }: GrayPicture, asIs: boolean): PictureCharacter | null {
  if (width !== IMAGE_SIZE || height !== IMAGE_SIZE) return null;
  const image = borderIsLight({ width, height, gray }) ? gray.map((value) => 255 - value) : Uint8Array.from(gray);
  const box = inkBox({ width, height, ink: Float32Array.from(image) }, 0);
  if (!box) return null;
  return asIs || looksLikeEmnist(image, box) ? { image, box } : null;
}

function looksLikeEmnist(image: Uint8Array, { left, top, right, bottom }: Box): boolean {
  const peak = image.reduce((max, value) => Math.max(max, value), 0);
  const paper = image.reduce((count, value) => (value === 0 ? count + 1 : count), 0);
  const side = Math.max(right - left, bottom - top);
  const offCenter = Math.max(Math.abs(left + right - IMAGE_SIZE), Math.abs(top + bottom - IMAGE_SIZE)) / 2;
  const isFull = peak >= MIN_PEAK && paper >= MIN_PAPER_SHARE * image.length;
  return isFull && side >= MIN_SIDE && offCenter <= MAX_OFF_CENTER;
}
