import type { Prediction } from '../../../core/prediction.ts';
import type { DrawingNotice } from '../../../core/server/draw-event.ts';
import type { Expectation } from '../../../core/server/expectation.ts';
import type { Drawing } from '../../../core/strokes/drawing.ts';

/** How many of the answers are shown. */
export const SHOWN_ANSWERS = 5;

/** A drawing and how it was read. */
export interface Reading {
  readonly drawing: Drawing;
  /** What the network saw: 28x28 bytes, row-major, ink 255. Null before the first drawing. */
  readonly image: Uint8Array | null;
  readonly predictions: readonly Prediction[];
  /** Only of models that can reject: the probability that the drawing is not one character. */
  readonly noCharacter: number | null;
  /** What the page expected that was drawn on last; null before a drawing. */
  readonly readAs: Expectation | null;
  readonly milliseconds: number | null;
  /** Why the drawing is probably not one character. */
  readonly notice: DrawingNotice | null;
  /** How many of the user's samples the reading was adapted to. */
  readonly adaptedTo: number;
}

export const NO_READING: Reading = {
  ...{ drawing: [], image: null, predictions: [], noCharacter: null, readAs: null, milliseconds: null, notice: null },
  adaptedTo: 0,
};
