import { setImmediate } from 'node:timers/promises';
import { EmnistError } from '../errors.ts';
import type { Box } from '../images/box.ts';
import { labelComponents } from '../images/connected-components.ts';
import { originalBox, type WorkingPicture } from '../images/gray-picture.ts';
import { findInk } from '../images/ink-mask.ts';
import { refusePattern } from '../images/marks.ts';
import { clearPageLines } from '../images/page-lines.ts';
import { decodePicture } from '../images/picture-file.ts';
import { findWritingLines } from '../images/writing-lines.ts';
import { inkLineImage, type PlacedLine } from './ink-line-image.ts';
import type { LineImage, WrittenLine } from './line-image.ts';

/** A line of writing in a picture. */
export interface PictureLine extends WrittenLine {
  /** `left` and `unit` are in pixels of the picture as displayed. */
  readonly image: LineImage;
  /** Around all of its ink, in the pixels of the picture as displayed. */
  readonly box: Box;
  /** The box around the ink in columns of the image, from `from` up to but not including `to`, in the same pixels. */
  boxOf(from: number, to: number): Box;
}

/**
 * The lines of writing in a picture file, top to bottom, without what is printed on the paper. Takes seconds for a large photo.
 * Other work gets a turn between its stages, where an aborted `signal` stops it. Throws EmnistErrors that name `source`: those of
 * `decodePicture`, `picture-blank`, and `picture-not-writing`; and the signal's reason.
 */
export async function pictureLines(file: Uint8Array, source: string, signal?: AbortSignal): Promise<PictureLine[]> {
  const picture = await decodePicture(file, source);
  const turn = async () => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  await turn();
  const ink = findInk(picture, source);
  await turn();
  refusePattern(ink, source);
  await turn();
  clearPageLines(ink);
  await turn();
  const { boxes, owners } = findWritingLines(labelComponents(ink.mask, ink.width, ink.height), ink.mask);
  if (boxes.length === 0) {
    throw new EmnistError('picture-blank', `${source} has no writing that stands out from the paper`, { source });
  }
  const lines: PictureLine[] = [];
  for (const [index, box] of boxes.entries()) {
    await turn();
    lines.push(toPictureLine(picture, inkLineImage(ink, owners, index + 1, box)));
  }
  return lines;
}

function toPictureLine(picture: WorkingPicture, line: PlacedLine): PictureLine {
  const { image, box, boxOf } = line;
  const { scale, left } = picture.original;
  return {
    image: { ...image, left: left + image.left * scale, unit: image.unit * scale },
    box: originalBox(picture, box),
    boxOf: (from, to) => originalBox(picture, boxOf(from, to)),
    stretched: (factor) => toPictureLine(picture, line.stretched(factor)),
  };
}
