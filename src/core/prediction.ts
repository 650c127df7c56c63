export interface Prediction {
  label: string;
  probability: number;
}

/** What the network makes of an image. */
export interface CharacterReading {
  /**
   * Most probable first, without characters that cannot occur. The probabilities of all allowed characters and of no character
   * sum to 1, up to rounding, and to no more.
   */
  predictions: Prediction[];
  /** The probability that it is not one character; null if the model cannot reject. */
  noCharacter: number | null;
}

/**
 * An image that is no character with at least this probability is not read with confidence: wherever its predictions are shown
 * to people, they are told so.
 */
export const NOT_SURE = 0.5;

/** The best prediction, supposing that it is a character. */
export function likeliest({ predictions: [best], noCharacter }: CharacterReading): Prediction {
  return { label: best!.label, probability: best!.probability / Math.max(Number.EPSILON, 1 - (noCharacter ?? 0)) };
}
