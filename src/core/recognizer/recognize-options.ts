/** What to answer about each character. */
export interface RecognizeOptions {
  /** How many predictions to give for each image, at most the number of classes. Default 5. */
  top?: number;
  /** `all`, `digits`, `letters` or the characters themselves. Default `all`. */
  characters?: string;
}
