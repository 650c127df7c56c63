import { EmnistError } from '../errors.ts';
import type { Box } from '../images/box.ts';
import { labelComponents } from '../images/connected-components.ts';
import { originalBox, type WorkingPicture } from '../images/gray-picture.ts';
import { findInk } from '../images/ink-mask.ts';
import { clearPageLines } from '../images/page-lines.ts';
import { decodePicture } from '../images/picture-file.ts';
import { checkMarks, findWritingLines } from '../images/writing-lines.ts';
import { inkLineImage, type PlacedLine } from './ink-line-image.ts';
import type { LineImage } from './line-image.ts';

/** A line of writing in a picture. */
export interface PictureLine {
  /** What the word network sees. `left` and `unit` are in pixels of the picture as displayed. */
  readonly image: LineImage;
  /** Around all of its ink, in the pixels of the picture as displayed. */
  readonly box: Box;
  /** The box around the ink in columns of the image, from `from` up to but not including `to`, in the same pixels. */
  boxOf(from: number, to: number): Box;
}

/**
 * The lines of writing in a picture file, top to bottom, without what is printed on the paper. Throws EmnistErrors that name
 * `source`: those of `decodePicture`, `picture-blank`, and `picture-not-writing`.
 */
export async function pictureLines(file: Uint8Array, source: string): Promise<PictureLine[]> {
  const picture = await decodePicture(file, source);
  return findLines(picture, source).map((line) => toPictureLine(picture, line));
}

function findLines(picture: WorkingPicture, source: string): PlacedLine[] {
  const ink = findInk(picture, source);
  // Before lines are looked for, which takes long in patterns.
  checkMarks(ink, source);
  clearPageLines(ink);
  const { boxes, owners } = findWritingLines(labelComponents(ink.mask, ink.width, ink.height), ink.mask);
  if (boxes.length === 0) {
    throw new EmnistError('picture-blank', `${source} has no writing that stands out from the paper`, { source });
  }
  return boxes.map((box, index) => inkLineImage(ink, owners, index + 1, box));
}

function toPictureLine(picture: WorkingPicture, { image, box, boxOf }: PlacedLine): PictureLine {
  const { scale, left } = picture.original;
  return {
    image: { ...image, left: left + image.left * scale, unit: image.unit * scale },
    box: originalBox(picture, box),
    boxOf: (from, to) => originalBox(picture, boxOf(from, to)),
  };
}
