import { EmnistError } from '../errors.ts';
import { unionBox } from './box.ts';
import { characterImage } from './character-image.ts';
import { labelComponents } from './connected-components.ts';
import type { GrayPicture } from './gray-picture.ts';
import { groupCharacters } from './group-characters.ts';
import { findInk } from './ink-mask.ts';

/**
 * The 28x28 image, [784], of a picture of one character or sign, however many parts it has. Dirt is left out. Throws
 * EmnistErrors that name `source`: `picture-blank`, `picture-not-writing`.
 */
export function singleCharacter(picture: GrayPicture, source: string): Uint8Array {
  const ink = findInk(picture, source);
  const labeled = labelComponents(ink.mask, ink.width, ink.height);
  const characters = groupCharacters(labeled, source);
  if (characters.length === 0) {
    throw new EmnistError('picture-blank', `${source} has no writing that stands out from the paper`, { source });
  }
  const whole = characters.reduce((one, other) => ({
    box: unionBox(one.box, other.box),
    parts: [...one.parts, ...other.parts],
  }));
  return characterImage(ink, labeled, whole);
}
