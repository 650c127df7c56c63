import { LINE_HEIGHT, type LineImage } from '../../src/core/text/line-image.ts';
import { textClasses } from '../../src/core/text/text-characters.ts';

/** Images of one width, [n, LINE_HEIGHT, width], and their classes. */
export function packLines(
  batch: readonly { text: string; image: LineImage }[],
  width: number,
): { images: Uint8Array; targets: Uint8Array[] } {
  const images = new Uint8Array(batch.length * LINE_HEIGHT * width);
  for (const [index, { image }] of batch.entries()) images.set(image.pixels, index * LINE_HEIGHT * width);
  return { images, targets: batch.map(({ text }) => textClasses(text)!) };
}
