import { describe, expect, it } from 'vitest';
import { type GrayPicture, originalBox, workingPicture } from '../../../src/core/images/gray-picture.ts';
import { inkBox } from '../../../src/core/images/normalize.ts';
import { storedPicture } from '../../helpers/picture-files.ts';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8];

/** A white picture with a black rectangle. */
function page(width: number, height: number, { left = 0, top = 0, right = 0, bottom = 0 }): GrayPicture {
  const gray = new Uint8Array(width * height).fill(255);
  for (let y = top; y < bottom; y++) gray.fill(0, y * width + left, y * width + right);
  return { width, height, gray };
}

/** The working picture of an upright picture that is stored with an EXIF orientation. */
function decoded(upright: GrayPicture, orientation: number, maxPixels?: number) {
  const { width, height, gray } = storedPicture(upright, orientation);
  const data = new Uint8Array(4 * gray.length).fill(255);
  for (const [i, value] of gray.entries()) if (value < 255) data.fill(value, 4 * i, 4 * i + 3);
  return workingPicture({ width, height, data }, orientation, maxPixels);
}

/** The box of everything that is not nearly white, in the original's pixels. */
function blackBox(upright: GrayPicture, orientation: number, maxPixels?: number) {
  const picture = decoded(upright, orientation, maxPixels);
  const ink = new Float32Array(picture.gray).map((value) => 255 - value);
  return originalBox(picture, inkBox({ ...picture, ink }, 100)!);
}

describe('workingPicture', () => {
  it.each(ORIENTATIONS)('turns a picture with orientation %i upright', (orientation) => {
    const upright = page(7, 5, { left: 1, top: 1, right: 6, bottom: 2 });
    const { width, height, gray } = decoded(upright, orientation);
    expect({ width, height, gray }).toEqual(upright);
  });

  it('keeps four megapixels and shrinks larger pictures', () => {
    expect(decoded(page(2000, 2000, {}), 1)).toMatchObject({ width: 2000, height: 2000, original: { scale: 1 } });
    expect(decoded(page(2001, 2000, {}), 1)).toMatchObject({ width: 1001, height: 1000, original: { scale: 2 } });
  });
});

describe('originalBox', () => {
  it.each(ORIENTATIONS)('is exact in a picture that was not shrunk, orientation %i', (orientation) => {
    const box = { left: 31, top: 12, right: 50, bottom: 28 };
    expect(blackBox(page(90, 40, box), orientation)).toEqual(box);
  });

  // Both sides are odd, so the averaged squares at two of the edges are incomplete.
  it.each(ORIENTATIONS)('is accurate to a pixel in a picture shrunk to half, orientation %i', (orientation) => {
    const box = { left: 30, top: 41, right: 57, bottom: 90 };
    const found = blackBox(page(103, 101, box), orientation, 5000);
    for (const side of ['left', 'top', 'right', 'bottom'] as const) {
      expect(Math.abs(found[side] - box[side]), side).toBeLessThanOrEqual(1);
    }
  });

  it.each(ORIENTATIONS)('ends at the edges of a shrunk picture, orientation %i', (orientation) => {
    const all = { left: 0, top: 0, right: 103, bottom: 101 };
    expect(blackBox(page(103, 101, all), orientation, 5000)).toEqual(all);
  });
});
