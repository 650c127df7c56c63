import { describe, expect, it } from 'vitest';
import { fitImages, inputProblem } from '../../../src/core/images/fit-images.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../../../src/core/images/image-size.ts';

/** Two images: a horizontal bar of half ink, and a vertical bar of full ink. */
function bars(): Uint8Array {
  const images = new Uint8Array(2 * IMAGE_PIXELS);
  for (let y = 0; y < IMAGE_SIZE; y++) {
    for (let x = 0; x < IMAGE_SIZE; x++) {
      if (y >= 8 && y < 16) images[y * IMAGE_SIZE + x] = 128;
      if (x >= 8 && x < 16) images[IMAGE_PIXELS + y * IMAGE_SIZE + x] = 255;
    }
  }
  return images;
}

const mean = (bytes: Uint8Array) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;

describe('fitting images to the input of a network', () => {
  it('leaves images of the right size as they are', () => {
    const images = bars();
    expect(fitImages(images, [28, 28, 1])).toBe(images);
  });

  it.each([
    [32, 32, 1],
    [64, 64, 1],
    [64, 40, 3],
    [20, 20, 1],
    [8, 8, 1],
    [14, 28, 3],
    [1, 1, 1],
  ] as const)('keeps the ink of each image at %ix%i with %i channels', (height, width, channels) => {
    const images = bars();
    const fitted = fitImages(images, [height, width, channels]);
    const pixels = height * width * channels;
    expect(fitted).toHaveLength(2 * pixels);
    for (const image of [0, 1]) {
      const original = images.subarray(image * IMAGE_PIXELS, (image + 1) * IMAGE_PIXELS);
      const result = fitted.subarray(image * pixels, (image + 1) * pixels);
      expect(mean(result)).toBeCloseTo(mean(original), -1);
      if (height >= 8) expect(Math.max(...result)).toBe(Math.max(...original));
    }
  });

  it('keeps paper white and ink black in every size', () => {
    const images = new Uint8Array(2 * IMAGE_PIXELS).fill(255, IMAGE_PIXELS);
    for (let size = 1; size <= 64; size++) {
      const fitted = fitImages(images, [size, 65 - size, 1]);
      const pixels = size * (65 - size);
      expect(fitted.subarray(0, pixels)).toEqual(new Uint8Array(pixels));
      expect(fitted.subarray(pixels)).toEqual(new Uint8Array(pixels).fill(255));
    }
  });

  it('keeps rows apart from columns, and repeats each pixel in every channel', () => {
    const fitted = fitImages(bars(), [56, 32, 3]);
    const at = (image: number, y: number, x: number) => [
      ...fitted.subarray(((image * 56 + y) * 32 + x) * 3, ((image * 56 + y) * 32 + x) * 3 + 3),
    ];
    expect(at(0, 24, 0)).toEqual([128, 128, 128]);
    expect(at(0, 40, 16)).toEqual([0, 0, 0]);
    expect(at(1, 40, 13)).toEqual([255, 255, 255]);
    expect(at(1, 24, 0)).toEqual([0, 0, 0]);
  });

  it('averages what a pixel covers when it shrinks, and interpolates when it enlarges', () => {
    const image = new Uint8Array(IMAGE_PIXELS);
    image[0] = 200;
    expect(fitImages(image, [14, 14, 1])[0]).toBe(50);
    expect([...fitImages(image, [56, 56, 1]).subarray(0, 4)]).toEqual([200, 150, 50, 0]);
  });

  it('says which inputs no image can be made into', () => {
    expect(inputProblem([64, 64, 3])).toBeNull();
    expect(inputProblem([65, 28, 1])).toMatch('65x28 is larger than 64x64');
    expect(inputProblem([28, 28, 2])).toMatch('2 channels');
    expect(inputProblem([28, 28, 4])).toMatch('4 channels');
    expect(() => fitImages(new Uint8Array(IMAGE_PIXELS), [28, 28, 2])).toThrow(RangeError);
  });
});
