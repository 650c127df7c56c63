import gifenc from 'gifenc';

/** One picture of an animation: 4 bytes per pixel, row by row. */
export interface GifFrame {
  readonly rgba: Uint8Array;
  readonly milliseconds: number;
}

const COLORS = 96;
/** The palette is computed from at most this many frames, spread over the animation. */
const PALETTE_FRAMES = 12;
const TRANSPARENT = COLORS;

/**
 * Encodes an endlessly looping GIF. All frames share one palette, and each stores only the pixels that differ from the
 * frame before, which keeps an animation of text small.
 */
export function encodeGif(frames: readonly GifFrame[], width: number, height: number): Uint8Array {
  const palette = gifenc.quantize(sampleFrames(frames), COLORS);
  while (palette.length <= TRANSPARENT) palette.push([0, 0, 0]);
  const colors = palette.slice(0, TRANSPARENT);
  const gif = gifenc.GIFEncoder();
  let previous: Uint8Array | undefined;
  for (const { pixels, milliseconds } of mergeEqual(frames, (rgba) => gifenc.applyPalette(rgba, colors))) {
    gif.writeFrame(previous ? changes(previous, pixels) : pixels, width, height, {
      ...(previous ? { transparent: true, transparentIndex: TRANSPARENT } : { palette }),
      delay: milliseconds,
      dispose: 1,
    });
    previous = pixels;
  }
  gif.finish();
  return gif.bytes();
}

function sampleFrames(frames: readonly GifFrame[]): Uint8Array {
  const count = Math.min(PALETTE_FRAMES, frames.length);
  const chosen = Array.from({ length: count }, (_, index) =>
    Math.round((index * (frames.length - 1)) / Math.max(1, count - 1)),
  );
  const size = frames[0]!.rgba.length;
  const all = new Uint8Array(size * count);
  for (const [index, frame] of chosen.entries()) all.set(frames[frame]!.rgba, index * size);
  return all;
}

/** Frames as palette indices; runs of equal ones become one that is shown longer. */
function mergeEqual(
  frames: readonly GifFrame[],
  index: (rgba: Uint8Array) => Uint8Array,
): { pixels: Uint8Array; milliseconds: number }[] {
  const merged: { pixels: Uint8Array; milliseconds: number }[] = [];
  for (const { rgba, milliseconds } of frames) {
    const pixels = index(rgba);
    const last = merged.at(-1);
    if (last && Buffer.compare(last.pixels, pixels) === 0) last.milliseconds += milliseconds;
    else merged.push({ pixels, milliseconds });
  }
  return merged;
}

function changes(before: Uint8Array, after: Uint8Array): Uint8Array {
  return after.map((color, pixel) => (color === before[pixel] ? TRANSPARENT : color));
}
