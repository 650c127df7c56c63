import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { THUMBNAIL } from '../../charts/pictures.ts';
import type { Size } from '../../components/body-size.ts';

/** How a mistake is laid out: the image on the left, the training images on the right. */
export interface MistakesLayout {
  /** Columns for a pixel of the image. */
  readonly scale: number;
  /** Between the image and what is right of it. */
  readonly gap: number;
  /** Columns right of the image. */
  readonly right: number;
  /** Whether the probabilities are below the image, rather than above the training images. */
  readonly barsBelow: boolean;
  /** Whether the training images of both classes are one below the other, rather than side by side. */
  readonly stacked: boolean;
  /** Training images of each class. */
  readonly thumbnails: number;
}

/** Lines above everything. */
export const HEAD_ROWS = 1;
/** Probabilities. */
export const BAR_ROWS = 5;
/** Training images of a class, with a heading. */
const CLASS_ROWS = THUMBNAIL.lines + 1;
/** The most training images that are shown of a class. */
export const MAX_THUMBNAILS = 6;
/** That many fit beside the image before it gets any larger. */
const ENOUGH_THUMBNAILS = 3;
const MAX_SCALE = 3;
const NARROW = 60;

/** The layout with the largest image for a body of this size. */
export function mistakesLayout({ width, height }: Size): MistakesLayout {
  const rows = height - HEAD_ROWS;
  const gap = width < NARROW ? 1 : 2;
  for (let scale = MAX_SCALE; scale >= 1; scale--) {
    const right = width - IMAGE_SIZE * scale - gap;
    const imageRows = (IMAGE_SIZE * scale) / 2;
    const thumbnails = Math.min(MAX_THUMBNAILS, Math.floor((right + 1) / (THUMBNAIL.columns + 1)));
    if (scale > 1 && thumbnails < ENOUGH_THUMBNAILS) continue;
    const common = { scale, gap, right, stacked: true, thumbnails };
    // With an empty line between the probabilities and the images.
    if (imageRows <= rows && BAR_ROWS + 1 + 2 * CLASS_ROWS <= rows) return { ...common, barsBelow: false };
    if (imageRows + BAR_ROWS <= rows && 2 * CLASS_ROWS <= rows && thumbnails >= ENOUGH_THUMBNAILS) {
      return { ...common, barsBelow: true };
    }
  }
  const right = width - IMAGE_SIZE - gap;
  const thumbnails = Math.max(1, Math.floor((right + 1) / (THUMBNAIL.columns + 1) / 2));
  return { scale: 1, gap, right, stacked: false, thumbnails: Math.min(MAX_THUMBNAILS, thumbnails), barsBelow: false };
}
