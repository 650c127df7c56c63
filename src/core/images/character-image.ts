import type { Box } from './box.ts';
import type { Labeled } from './connected-components.ts';
import type { Character } from './group-characters.ts';
import { INK_LEVEL, type InkMask } from './ink-mask.ts';
import { normalizeInk, PEN_PATH, PEN_WIDTH } from './normalize.ts';
import { signedDistance } from './signed-distance.ts';

/** Pixels of a cut-out character per pixel of NIST's scans, along each axis. */
const OVERSAMPLING = 3;
/** Paper around the character in the scan's pixels. Strokes are never thickened by more. */
const MARGIN = 4;
/** The range of EMNIST's stroke widths, in the scan's pixels. Strokes within it are not changed. */
const MIN_STROKE = 4;
const MAX_STROKE = 8;

/**
 * The 28x28 image, [784], of one character of a picture. Strokes thinner or thicker than any in EMNIST are adjusted to the
 * nearest width in its range.
 */
export function characterImage(picture: InkMask, { labels }: Labeled, { box, parts }: Character): Uint8Array {
  const own = new Set(parts.map(({ label }) => label));
  const side = Math.max(box.right - box.left, box.bottom - box.top);
  const scale = ((PEN_PATH + PEN_WIDTH) * OVERSAMPLING) / side;
  const isOwn = (at: number) => own.has(labels[at]!);
  const cut = scale < 1 ? reduce(picture.width, box, scale, isOwn) : enlarge(picture, box, scale, labels, own);
  const distance = signedDistance(cut.mask, cut.width, cut.height);

  // Across a stroke of width w, the mean distance from its edge is w / 4.
  let sum = 0;
  let count = 0;
  for (const value of distance) {
    if (value <= 0) continue;
    sum += value;
    count++;
  }
  const cutWidth = (4 * sum) / count / OVERSAMPLING;
  // Shrinking thickened the stroke: a pixel of the cut is ink when any of the 1 / scale pixels across it is.
  const strokeWidth = scale < 1 ? cutWidth - (1 - scale) / OVERSAMPLING : cutWidth;
  const target = Math.min(MAX_STROKE, Math.max(MIN_STROKE, strokeWidth));
  return normalizeInk(toScanScale(cut, distance, (target - cutWidth) / 2))!;
}

/** A character's pixels, cut out of the picture. */
interface Cut {
  width: number;
  height: number;
  /** [height, width] */
  mask: Uint8Array;
}

function emptyCut(box: Box, scale: number): Cut {
  const margin = 2 * MARGIN * OVERSAMPLING;
  const padded = (length: number) => Math.ceil((Math.ceil(length * scale) + margin) / OVERSAMPLING) * OVERSAMPLING;
  const width = padded(box.right - box.left);
  const height = padded(box.bottom - box.top);
  return { width, height, mask: new Uint8Array(width * height) };
}

/** Shrinks a large character. Every pixel that it touches becomes ink, so that hairlines stay connected. */
function reduce(pictureWidth: number, box: Box, scale: number, isOwn: (at: number) => boolean): Cut {
  const cut = emptyCut(box, scale);
  const margin = MARGIN * OVERSAMPLING;
  for (let y = box.top; y < box.bottom; y++) {
    const to = (Math.floor((y - box.top + 0.5) * scale) + margin) * cut.width + margin;
    for (let x = box.left; x < box.right; x++) {
      if (isOwn(y * pictureWidth + x)) cut.mask[to + Math.floor((x - box.left + 0.5) * scale)] = 1;
    }
  }
  return cut;
}

/** Enlarges a small character: bilinear interpolation of its ink, then the mask's threshold. */
function enlarge(picture: InkMask, box: Box, scale: number, labels: Int32Array, own: ReadonlySet<number>): Cut {
  const cut = emptyCut(box, scale);
  const margin = MARGIN * OVERSAMPLING;
  /** The ink of a pixel, 0 where it belongs to another character. */
  const inkAt = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return 0;
    const at = y * picture.width + x;
    return labels[at] === 0 || own.has(labels[at]!) ? picture.ink[at]! : 0;
  };
  for (let y = 0; y < cut.height; y++) {
    const atY = box.top + (y - margin + 0.5) / scale - 0.5;
    const fy = atY - Math.floor(atY);
    for (let x = 0; x < cut.width; x++) {
      const atX = box.left + (x - margin + 0.5) / scale - 0.5;
      const fx = atX - Math.floor(atX);
      const left = Math.floor(atX);
      const top = Math.floor(atY);
      const upper = inkAt(left, top) * (1 - fx) + inkAt(left + 1, top) * fx;
      const lower = inkAt(left, top + 1) * (1 - fx) + inkAt(left + 1, top + 1) * fx;
      if (upper * (1 - fy) + lower * fy > INK_LEVEL) cut.mask[y * cut.width + x] = 1;
    }
  }
  return cut;
}

/** Averages a cut down to the scale of NIST's scans, with edges moved outward by `grow` of its pixels. */
function toScanScale(cut: Cut, distance: Float32Array, grow: number) {
  const width = cut.width / OVERSAMPLING;
  const height = cut.height / OVERSAMPLING;
  const ink = new Float32Array(width * height);
  for (let y = 0; y < cut.height; y++) {
    for (let x = 0; x < cut.width; x++) {
      const covered = Math.min(1, Math.max(0, distance[y * cut.width + x]! + grow * OVERSAMPLING + 0.5));
      ink[Math.floor(y / OVERSAMPLING) * width + Math.floor(x / OVERSAMPLING)]! += covered / OVERSAMPLING ** 2;
    }
  }
  return { width, height, ink };
}
