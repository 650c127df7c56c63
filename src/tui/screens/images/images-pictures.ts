import { alignLeft } from '../../../app/text-layout.ts';
import { augment } from '../../../core/dataset/augmentation.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { grayPicture, THUMBNAIL, thumbnail } from '../../charts/pictures.ts';
import type { Size } from '../../components/body-size.ts';
import type { Theme } from '../../theme/theme.ts';

/** Columns and lines of a large picture: two pixels in a cell. */
const LARGE = { columns: IMAGE_SIZE, lines: IMAGE_SIZE / 2 };
/** Large pictures are shown from the start if that many fit. */
const ENOUGH = 8;
/** Columns between pictures. */
const GAP = 1;

/** How many pictures of one size fit, in rows and columns. */
export interface PictureGrid {
  readonly isLarge: boolean;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The grid of pictures that fills an area.
 *
 * @param isLarge null for large pictures where enough of them fit
 * @param least the fewest pictures in a row; if there is no room for them, the pictures are small
 */
export function pictureGrid({ width, height }: Size, isLarge: boolean | null, least: number): PictureGrid {
  const fitting = (size: { columns: number; lines: number }) => ({
    rows: Math.max(1, Math.floor(height / size.lines)),
    columns: Math.max(1, Math.floor((width + GAP) / (size.columns + GAP))),
  });
  const large = fitting(LARGE);
  const fits = large.columns >= least && height >= LARGE.lines;
  return fits && (isLarge ?? large.rows * large.columns >= ENOUGH)
    ? { isLarge: true, ...large }
    : { isLarge: false, ...fitting(THUMBNAIL) };
}

/** Images in the rows and columns of a grid, with an empty line between rows if `height` allows. */
export function pictureLines(
  images: readonly (readonly Uint8Array[])[],
  { isLarge }: PictureGrid,
  height: number,
  theme: Theme,
): string[] {
  const { columns, lines } = isLarge ? LARGE : THUMBNAIL;
  const isSpaced = images.length * (lines + 1) - 1 <= height;
  const picture = (image: Uint8Array) => (isLarge ? grayPicture(image, IMAGE_SIZE, theme) : thumbnail(image, theme));
  return images.flatMap((row, index) => {
    const pictures = row.map(picture);
    const rows = Array.from({ length: lines }, (_, line) =>
      pictures.map((one) => alignLeft(one[line]!, columns)).join(' '.repeat(GAP)),
    );
    return index > 0 && isSpaced ? ['', ...rows] : rows;
  });
}

/**
 * Each image with `count` versions of it that a training run may see.
 *
 * @param images [28, 28] bytes each
 */
export function withVersions(
  images: readonly Uint8Array[],
  count: number,
  { seed, strength }: { seed: number; strength: number },
): Uint8Array[][] {
  const originals = new Uint8Array(images.length * count * IMAGE_PIXELS);
  images.forEach((image, row) => {
    for (let version = 0; version < count; version++) originals.set(image, (row * count + version) * IMAGE_PIXELS);
  });
  const versions = new Uint8Array(originals.length);
  augment(originals, seed, versions, strength);
  return images.map((image, row) => [
    image,
    ...Array.from({ length: count }, (_, version) => {
      const at = (row * count + version) * IMAGE_PIXELS;
      return versions.subarray(at, at + IMAGE_PIXELS);
    }),
  ]);
}
