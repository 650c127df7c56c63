import type { DatasetName } from '../dataset/dataset-name.ts';
import type { Prediction } from '../prediction.ts';
import type { Drawing } from '../strokes/drawing.ts';
import type { DrawingNotice } from '../strokes/drawing-notice.ts';
import type { Expectation } from './expectation.ts';

export type { DrawingNotice };

/** The model that reads the drawings. */
interface Reader {
  /** Its name. */
  model: string;
  /** The labels of its classes, in class order. */
  labels: string[];
}

/** `split`: what the model was trained on, null if that is unknown. */
type Introduction = Reader & { split: DatasetName | null };

export type DrawEvent =
  | ({ event: 'listening'; url: string } & Introduction)
  /** From now on, another model reads the drawings. */
  | ({ event: 'model' } & Introduction)
  | { event: 'client'; clients: number }
  | ({
      event: 'prediction';
      client: number;
      /** Number of strokes on the canvas; 0 after it was cleared, where `predictions` is empty. */
      strokes: number;
      predictions: Prediction[];
      /** Only of models that can reject: the probability that the drawing is not one character. */
      noCharacter?: number;
      milliseconds: number;
      notice?: DrawingNotice;
      /** To how many of the user's samples the reading was adapted; left out if to none. */
      adaptedTo?: number;
      /** What the page expected, unless it was the default. */
      characters?: Expectation['characters'];
      prior?: Expectation['prior'];
    } & Reader)
  /**
   * A drawing was labeled, or with `removed` a label was undone. `client` is the page, null for the terminal. `samples` is
   * the number of samples there are now.
   */
  | { event: 'sample'; client: number | null; label: string; samples: number; removed?: true };

/** An event and, for a prediction, what the app shows with it: the strokes and the image that the network saw, [28, 28]. */
export interface DrawUpdate {
  event: DrawEvent;
  drawing?: { strokes: Drawing; image: Uint8Array };
}
