import { IMAGE_SIZE } from '../../images/image-size.ts';
import type { ImageStore } from './image-store.ts';

/** The positions of the outermost pixels of a 28x28 image. */
const BORDER = Array.from({ length: IMAGE_SIZE ** 2 }, (_, at) => at).filter((at) => {
  const [row, column] = [Math.floor(at / IMAGE_SIZE), at % IMAGE_SIZE];
  return row === 0 || column === 0 || row === IMAGE_SIZE - 1 || column === IMAGE_SIZE - 1;
});
/** Images that are looked at. */
const SAMPLE = 2000;

/** The share of light pixels in an image's border: about 1 where white paper is stored as 255, about 0 where ink is. */
export function lightBorder(image: Uint8Array): number {
  let light = 0;
  for (const at of BORDER) if (image[at]! > 127) light++;
  return light / BORDER.length;
}

/** Whether most of the images are dark on light. */
export function isOnWhite(images: ImageStore): boolean {
  const step = Math.max(1, Math.floor(images.count / SAMPLE));
  let [light, looked] = [0, 0];
  for (let index = 0; index < images.count; index += step) {
    looked++;
    if (lightBorder(images.image(index)) > 0.5) light++;
  }
  return 2 * light > looked;
}

/** Inverts an image in place. */
export function invert(image: Uint8Array): void {
  for (let at = 0; at < image.length; at++) image[at] = 255 - image[at]!;
}
