import { normalizeLabel } from '../core/label-text.ts';
import type { LabeledImage } from '../core/recognizer/recognizer.ts';
import type { Drawing } from '../core/strokes/drawing.ts';
import { rasterize } from '../core/strokes/rasterize.ts';

/** Images of drawings that are in use: adding a sample to thousands must not take longer than adding one to a few. */
const images = new WeakMap<Drawing, Uint8Array>();

/**
 * Labeled drawings, as a recognizer sees them: drawn with the same pen as drawings that it reads. Each is drawn when the recognizer asks
 * for it, since thousands would take a second.
 */
export function labeledImages(samples: readonly { label: string; strokes: Drawing }[]): LabeledImage[] {
  return samples.map(({ label, strokes }) => new LabeledDrawing(normalizeLabel(label), strokes));
}

class LabeledDrawing implements LabeledImage {
  readonly label: string;
  /** The drawing or, once it was asked for, its image, since a drawing takes more memory. */
  #drawn: Drawing | Uint8Array;

  constructor(label: string, strokes: Drawing) {
    this.label = label;
    this.#drawn = strokes;
  }

  get image(): Uint8Array {
    if (this.#drawn instanceof Uint8Array) return this.#drawn;
    const image = images.get(this.#drawn) ?? rasterize(this.#drawn);
    images.set(this.#drawn, image);
    this.#drawn = image;
    return image;
  }
}
