import type { Prediction } from '../../src/core/prediction.ts';
import type { Recognition } from '../../src/core/server/draw-options.ts';
import type { Drawing, Stroke } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';

/** Points on an ellipse in a square of 100 x 100. Angles are in turns, clockwise from the right. */
function arc(from: number, to: number, width = 70, height = 100): Stroke {
  return Array.from({ length: 25 }, (_, index) => {
    const angle = 2 * Math.PI * (from + ((to - from) * index) / 24);
    return [50 + (width / 2) * Math.cos(angle), 50 + (height / 2) * Math.sin(angle)];
  });
}

/** One drawing each of a few characters that are easy to tell apart. */
export const TEMPLATES: Readonly<Record<string, Drawing>> = {
  C: [arc(-0.12, -0.88)],
  L: [
    [
      [20, 0],
      [20, 100],
      [75, 100],
    ],
  ],
  O: [arc(0, 1)],
  T: [
    [
      [10, 0],
      [90, 0],
    ],
    [
      [50, 0],
      [50, 100],
    ],
  ],
  X: [
    [
      [10, 0],
      [90, 100],
    ],
    [
      [90, 0],
      [10, 100],
    ],
  ],
  '1': [
    [
      [50, 0],
      [50, 100],
    ],
  ],
  '7': [
    [
      [15, 0],
      [85, 0],
      [40, 100],
    ],
  ],
};

export const LABELS: readonly string[] = Object.keys(TEMPLATES);

const images = LABELS.map((label) => image(TEMPLATES[label]!));

/**
 * Recognizes drawings without a network, for tests of everything else: compares the 28x28 image with those of the
 * templates (cosine similarity), and turns similarities into probabilities (softmax).
 */
export async function recognizeByTemplate(strokes: Drawing): Promise<Recognition> {
  const seen = image(strokes);
  const scores = images.map((template) => Math.exp(12 * cosine(seen, template)));
  const total = scores.reduce((sum, score) => sum + score, 0);
  const predictions = LABELS.map((label, index): Prediction => ({ label, probability: scores[index]! / total }));
  predictions.sort((a, b) => b.probability - a.probability);
  return { predictions: predictions.slice(0, 5), image: seen };
}

function image(drawing: Drawing): Uint8Array {
  return rasterize(drawing);
}

function cosine(a: Uint8Array, b: Uint8Array): number {
  const dot = (one: Uint8Array, other: Uint8Array) => one.reduce((sum, value, index) => sum + value * other[index]!, 0);
  return dot(a, b) / Math.max(1, Math.sqrt(dot(a, a) * dot(b, b)));
}
