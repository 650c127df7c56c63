import type { Part, Split } from '../dataset/splits.ts';

/** Which class is how probable before the image is seen: as frequent as the split has it, or all of its classes alike. */
export const PRIORS = ['split', 'uniform'] as const;
export type Prior = (typeof PRIORS)[number];

/** What an evaluation can be asked for. */
export interface EvaluateOptions {
  split: Split;
  /** Default `test`. */
  part?: Part;
  /** A stroke file whose labeled characters are read instead of the split's images. */
  strokes?: string;
  /** Name or path; default as `loadModel` has it. */
  model?: string;
  /** Take only this many images, evenly spread over the part. */
  limit?: number;
  /** Only images of these characters, and only these as answers; as in `predict`. Default `all`. */
  characters?: string;
  /** Default `split`; drawings have a uniform one. */
  prior?: Prior;
  threads?: number;
}
