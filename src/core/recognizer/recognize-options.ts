import type { CharacterPrior } from './character-prior.ts';

/** What to return for each character. */
export interface RecognizeOptions {
  /** Number of predictions for each character, at most the number of classes. */
  top?: number;
  /**
   * The characters that predictions are restricted to: `all`, `digits`, `letters`, `uppercase`, `lowercase`, or the characters
   * themselves.
   */
  characters?: string;
  /** How frequent characters are assumed to be. */
  prior?: CharacterPrior;
  /** Whether readings follow the samples that the recognizer was adapted to. */
  adapt?: boolean;
}

export const RECOGNIZE_DEFAULTS = {
  top: 5,
  characters: 'all',
  prior: 'uniform',
  adapt: true,
} as const satisfies RecognizeOptions;
