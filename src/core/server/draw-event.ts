import type { Prediction } from '../prediction.ts';
import type { Drawing } from '../strokes/drawing.ts';

export type DrawEvent =
  | { event: 'listening'; url: string }
  | { event: 'client'; clients: number }
  | {
      event: 'prediction';
      client: number;
      /** Number of strokes on the canvas; 0 after it was cleared, where `predictions` is empty. */
      strokes: number;
      predictions: Prediction[];
      milliseconds: number;
    };

/** An event and, for a prediction, what the app shows with it: the strokes and the image that the network saw, [28, 28]. */
export interface DrawUpdate {
  event: DrawEvent;
  drawing?: { strokes: Drawing; image: Uint8Array };
}
