import { PNG } from 'pngjs';
import type { Box } from './box.ts';
import type { GrayPicture } from './gray-picture.ts';
import { encodeEnlarged, encodeMarked, hasMark } from './marked-png.ts';
import type { FoundWriting } from './picture-characters.ts';

/** A picture that shows how another one was read. */
export interface DebugPicture {
  /** `boxes`, `ink`, or the index of a character. */
  name: string;
  /** A PNG file. */
  png: Buffer;
}

/** The mark in every PNG file that was made here. */
const MARK = 'emnist-tui debug picture';
const RED = [220, 30, 30] as const;

/** The digits in 3x5 pixels, a row as three bits. */
const DIGITS = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71122', '75757', '75717'];

/** Whether a PNG file was made by `debugPictures`. */
export function isDebugPicture(png: Uint8Array): boolean {
  return hasMark(png, MARK);
}

/**
 * What was found in a picture, as PNG files: the picture with a numbered box around each character, the ink without printed
 * lines, and each character as the network sees it, enlarged.
 */
export function debugPictures({ picture, mask, characters }: FoundWriting): DebugPicture[] {
  const boxes = toPng(picture);
  // About a hundredth of the picture per pixel of a digit, so that numbers are legible in any viewer.
  const dot = Math.max(1, Math.round(Math.max(picture.width, picture.height) / 400));
  characters.forEach(({ box }, index) => {
    drawBox(boxes, box, dot);
    drawNumber(boxes, index, box, dot);
  });
  const ink = toPng({ ...picture, gray: mask.map((value) => (value ? 0 : 255)) });
  return [
    { name: 'boxes', png: encodeMarked(boxes, MARK) },
    { name: 'ink', png: encodeMarked(ink, MARK) },
    ...characters.map(({ image }, index) => ({ name: String(index), png: encodeEnlarged(image, MARK) })),
  ];
}

function toPng({ width, height, gray }: GrayPicture): PNG {
  const png = new PNG({ width, height });
  gray.forEach((value, i) => {
    png.data.set([value, value, value, 255], 4 * i);
  });
  return png;
}

function paint(png: PNG, left: number, top: number, right: number, bottom: number): void {
  for (let y = Math.max(0, top); y < Math.min(png.height, bottom); y++) {
    for (let x = Math.max(0, left); x < Math.min(png.width, right); x++) png.data.set(RED, 4 * (y * png.width + x));
  }
}

function drawBox(png: PNG, { left, top, right, bottom }: Box, pen: number): void {
  paint(png, left - pen, top - pen, right + pen, top);
  paint(png, left - pen, bottom, right + pen, bottom + pen);
  paint(png, left - pen, top, left, bottom);
  paint(png, right, top, right + pen, bottom);
}

/** Above the box, or below where there is no room. */
function drawNumber(png: PNG, number: number, { left, top, bottom }: Box, dot: number): void {
  const from = top >= 7 * dot ? top - 7 * dot : bottom + 2 * dot;
  [...String(number)].forEach((digit, i) => {
    [...DIGITS[Number(digit)]!].forEach((bits, row) => {
      for (let column = 0; column < 3; column++) {
        if (!(Number(bits) & (4 >> column))) continue;
        const [x, y] = [left + (4 * i + column) * dot, from + row * dot];
        paint(png, x, y, x + dot, y + dot);
      }
    });
  });
}
