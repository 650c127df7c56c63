import { normalizeLabel } from '../core/label-text.ts';
import type { LabeledImage } from '../core/recognizer/recognizer.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { rasterize } from '../core/strokes/rasterize.ts';

/** Of drawings that are in use: adding one sample to many should not take longer the more there are. */
const images = new WeakMap<Drawing, Uint8Array>();

/** Labeled drawings, as a recognizer sees them: drawn with the same pen as drawings that it reads. */
export function labeledImages(samples: readonly { label: string; strokes: Drawing }[]): LabeledImage[] {
  return samples.map(({ label, strokes }) => {
    const image = images.get(strokes) ?? rasterize(strokes);
    images.set(strokes, image);
    return { label: normalizeLabel(label), image };
  });
}
