import type { Box } from './box.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from './image-size.ts';
import { type InkPicture, inkBox, normalizeInk, PEN_PATH } from './normalize.ts';

/** Kinds of images that are not one character and are made from images of characters. */
export type NoCharacterImageKind = 'several' | 'part' | 'wrong-group';

/** Ink above this share is part of the character, and not its soft edge. */
const INK = 0.3;
/** Distance of neighbors, and their vertical shift, relative to their height. */
const GAP = [-0.1, 0.45] as const;
const MAX_DROP = 0.2;
/** Height of a character in pixels of NIST's scans. */
const HEIGHT = [0.55 * PEN_PATH, PEN_PATH] as const;

/**
 * An image that is not one character, [784] bytes, made from images of characters, which `character` returns at random, as
 * `noCharacterDrawing` makes drawings. `random` returns numbers in [0, 1).
 */
export function noCharacterImage(
  kind: NoCharacterImageKind,
  character: () => Uint8Array,
  random: () => number,
): Uint8Array {
  switch (kind) {
    case 'several':
      return beside(
        Array.from({ length: random() < 0.2 ? 3 : 2 }, () => inkOf(character())),
        random,
      );
    case 'part':
      return single(partOf(character, random));
    case 'wrong-group': {
      const [left, right] = [inkOf(character()), inkOf(character())];
      const isLeftCut = random() < 0.6;
      const isRightCut = !isLeftCut || random() < 0.6;
      return beside(
        [isLeftCut ? side(left, 'right', 0.35, random) : left, isRightCut ? side(right, 'left', 0.35, random) : right],
        random,
      );
    }
  }
}

function inkOf(image: Uint8Array): InkPicture {
  return { width: IMAGE_SIZE, height: IMAGE_SIZE, ink: Float32Array.from(image, (value) => value / 255) };
}

function boxOf(picture: InkPicture): Box {
  return inkBox(picture, INK) ?? { left: 0, top: 0, right: picture.width, bottom: picture.height };
}

type Side = 'left' | 'right' | 'top' | 'bottom';

/** How many tries there are to get a part that is not a mere line, which may be a character. */
const TRIES = 4;
/** The shorter side of a line, relative to the longer one. */
const LINE = 0.3;

/**
 * A part of a character: its left or right half, or a little more of its height, since a part that has to be
 * enlarged more would be blurred as no character is.
 */
function partOf(character: () => Uint8Array, random: () => number): InkPicture {
  let part: InkPicture;
  let tries = 0;
  do {
    const which = (['left', 'right', 'top', 'bottom'] as const)[Math.floor(4 * random())]!;
    part = side(inkOf(character()), which, which === 'left' || which === 'right' ? 0.35 : 0.5, random);
  } while (isLine(part) && ++tries < TRIES);
  return part;
}

function isLine(picture: InkPicture): boolean {
  const { left, top, right, bottom } = boxOf(picture);
  const [width, height] = [right - left, bottom - top];
  return Math.min(width, height) < LINE * Math.max(width, height);
}

/** What is on one side of a line through a character; `share`: at least that much of it, and at most 0.25 more. */
function side(picture: InkPicture, kept: Side, share: number, random: () => number): InkPicture {
  const { left, top, right, bottom } = boxOf(picture);
  const at = share + 0.25 * random();
  const lean = 0.3 * (random() - 0.5);
  const ink = picture.ink.map((value, index) => {
    const across = ((index % IMAGE_SIZE) - left) / (right - left);
    const down = (Math.floor(index / IMAGE_SIZE) - top) / (bottom - top);
    const [along, other] = kept === 'left' || kept === 'right' ? [across, down] : [down, across];
    const fromKept = kept === 'left' || kept === 'top' ? along : 1 - along;
    return fromKept < at + lean * (other - 0.5) ? value : 0;
  });
  return { ...picture, ink };
}

/** How much a part is enlarged before it is normalized: the larger it is then, the sharper the result. */
const PART_SCALE = 2.5;

function single(picture: InkPicture): Uint8Array {
  const size = Math.ceil(IMAGE_SIZE * PART_SCALE);
  const ink = new Float32Array(size * size);
  paste(ink, size, picture, PART_SCALE, 0, 0);
  return normalizeInk({ width: size, height: size, ink }) ?? new Uint8Array(IMAGE_PIXELS);
}

/** The pictures side by side, as the image of one character. */
function beside(pictures: readonly InkPicture[], random: () => number): Uint8Array {
  const height = HEIGHT[0] + (HEIGHT[1] - HEIGHT[0]) * random();
  let reached = 0;
  const placed = pictures.map((picture, index) => {
    const box = boxOf(picture);
    const size = Math.max(box.bottom - box.top, (box.right - box.left) / 2);
    const scale = (height * (0.8 + 0.4 * random())) / size;
    const gap = index === 0 ? 0 : height * (GAP[0] + (GAP[1] - GAP[0]) * random());
    const x = reached + gap;
    reached = x + (box.right - box.left) * scale;
    return { picture, box, scale, x, drop: height * MAX_DROP * (2 * random() - 1) };
  });
  const margin = Math.ceil(height);
  const canvas = { width: Math.ceil(reached) + 2 * margin, height: Math.ceil(3 * height) + 1 };
  const ink = new Float32Array(canvas.width * canvas.height);
  for (const { picture, box, scale, x, drop } of placed) {
    paste(ink, canvas.width, picture, scale, margin + x - box.left * scale, 2 * height + drop - box.bottom * scale);
  }
  return normalizeInk({ ...canvas, ink }) ?? new Uint8Array(IMAGE_PIXELS);
}

/** Adds a picture, enlarged by `scale`, with its corner at (`x`, `y`); the darker ink counts. */
function paste(ink: Float32Array, width: number, picture: InkPicture, scale: number, x: number, y: number): void {
  const height = ink.length / width;
  const [lastX, lastY] = [x + picture.width * scale, y + picture.height * scale];
  for (let py = Math.max(0, Math.ceil(y)); py < Math.min(height, lastY); py++) {
    for (let px = Math.max(0, Math.ceil(x)); px < Math.min(width, lastX); px++) {
      const value = sample(picture, (px + 0.5 - x) / scale - 0.5, (py + 0.5 - y) / scale - 0.5);
      const at = py * width + px;
      if (value > ink[at]!) ink[at] = value;
    }
  }
}

/** Bilinear interpolation; paper around the picture. */
function sample({ width, height, ink }: InkPicture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (px: number, py: number) => (px < 0 || py < 0 || px >= width || py >= height ? 0 : ink[py * width + px]!);
  const [right, below] = [x - left, y - top];
  const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
  const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
  return upper * (1 - below) + lower * below;
}
