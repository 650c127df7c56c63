import type { Drawing } from '../strokes/drawing.ts';

/**
 * How a drawing got its label: the reading was wrong and was corrected, or right and was confirmed; the label was asked for in
 * practice; or the drawing came with its label, from a file or a program.
 */
export const SAMPLE_ORIGINS = ['corrected', 'confirmed', 'practiced', 'imported'] as const;
export type SampleOrigin = (typeof SAMPLE_ORIGINS)[number];

/** A drawing that its writer has labeled. */
export interface NewSample {
  /** Chosen by whoever may have to send it again: what is stored under this ID already is not stored twice. */
  id?: string;
  /** Normalized; see `normalizeLabel`. */
  label: string;
  strokes: Drawing;
  origin: SampleOrigin;
  /** How it was read before it was labeled, if it was. */
  readAs?: string;
}

export interface Sample extends NewSample {
  /** Identifies it among the samples of this user. */
  id: string;
  /** When it was labeled, ISO 8601. */
  date: string;
}

/** The number of samples of a label. */
export interface LabelCount {
  label: string;
  count: number;
}
