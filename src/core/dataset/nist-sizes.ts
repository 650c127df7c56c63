import type { Part, Split } from './splits.ts';

/** The size of NIST's archive. */
export const NIST_BYTES = 561_753_746;

/** How many images NIST's archive has of each split. */
export const NIST_IMAGES: Readonly<Record<Split, Readonly<Record<Part, number>>>> = {
  balanced: { train: 112_800, test: 18_800 },
  byclass: { train: 697_932, test: 116_323 },
  bymerge: { train: 697_932, test: 116_323 },
  letters: { train: 124_800, test: 20_800 },
  digits: { train: 240_000, test: 40_000 },
  mnist: { train: 60_000, test: 10_000 },
};

/**
 * About how many bytes NIST's archive has for a split, known without asking the server: the archive's size divided by its
 * images. All splits show the same kind of images, so they differ by less than 2% in their bytes per image. Members are
 * gzipped, so they are as large on disk.
 */
export function nistBytes(split: Split): number {
  const count = ({ train, test }: Record<Part, number>) => train + test;
  const all = Object.values(NIST_IMAGES).reduce((sum, counts) => sum + count(counts), 0);
  return Math.round((NIST_BYTES * count(NIST_IMAGES[split])) / all);
}
