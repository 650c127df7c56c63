/** What to answer for each character. */
export interface RecognizeOptions {
  /** Number of predictions for each character, at most the number of classes. Default 5. */
  top?: number;
  /** The characters that the answer is restricted to: `all`, `digits`, `letters`, or the characters themselves. Default `all`. */
  characters?: string;
}
