/** What to return for each character. */
export interface RecognizeOptions {
  /** Number of predictions for each character, at most the number of classes. */
  top?: number;
  /** The characters that predictions are restricted to: `all`, `digits`, `letters`, or the characters themselves. */
  characters?: string;
}

export const RECOGNIZE_DEFAULTS = { top: 5, characters: 'all' } as const satisfies RecognizeOptions;
