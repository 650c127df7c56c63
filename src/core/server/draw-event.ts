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
      /** The number of the page, from 1; 0 if it was drawn on the terminal. */
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
  | { event: 'sample'; client: number | null; label: string; samples: number; removed?: true }
  /** A line was read, as far as it is written. */
  | ({
      event: 'text';
      client: number;
      /** Number of strokes on the paper; 0 after it was cleared or the line was accepted, where the text is empty. */
      strokes: number;
      milliseconds: number;
    } & TextRecognition)
  /** The user of a page has accepted a line as this text. */
  | { event: 'accepted'; client: number; text: string };

/** A line as it was read. The indices are those of its strokes. */
export interface TextRecognition {
  /** The best candidate; its words are separated by white space. */
  text: string;
  /** Most probable first. */
  candidates: TextCandidate[];
  characters: { label: string; probability: number; strokes: number[] }[];
  /** The words of the best candidate, with the candidates of each. */
  words: { text: string; candidates: TextCandidate[]; strokes: number[] }[];
  /** The name of the word model; empty without strokes. */
  model: string;
}

interface TextCandidate {
  text: string;
  probability: number;
}

/** An event and what the app shows with it. */
export interface DrawUpdate {
  event: DrawEvent;
  /** For a prediction: the strokes, and the image that the network saw, [28, 28]. */
  drawing?: { strokes: Drawing; image: Uint8Array };
  /** For a text: the strokes of the line. */
  line?: Drawing;
}
