import type { Prediction } from '../prediction.ts';

export type DrawEvent =
  | { event: 'listening'; url: string }
  | { event: 'client'; clients: number }
  | {
      event: 'prediction';
      client: number;
      /** How many strokes were on the canvas; 0 after it was cleared (then `predictions` is empty). */
      strokes: number;
      predictions: Prediction[];
      milliseconds: number;
    };
