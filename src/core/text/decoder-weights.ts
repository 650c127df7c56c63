/** How the decoder weighs what it knows about writing against what the network sees. Logarithms are natural. */
export interface DecoderWeights {
  /**
   * The factor for logarithms of frequencies, relative to those of the network's probabilities: for the lexicon's and for the
   * weights from `open` to `compound`, except `nothing`.
   */
  readonly prior: number;
  /** The logarithm of the frequency of all strings that are not words, and of each of their characters by its kind. */
  readonly open: number;
  readonly letter: number;
  readonly digit: number;
  readonly mark: number;
  /** Added to the score of the empty string, since something was written. */
  readonly nothing: number;
  /** In strings that are not words, how much it counts that letters follow each other as in the lexicon's words. */
  readonly likeness: number;
  /** The least logarithm of a letter's probability in this respect: there are abbreviations, codes, and other languages. */
  readonly unlike: number;
  /** The logarithm of the frequency of a letter next to a digit in such strings. */
  readonly change: number;
  /** The logarithms of the frequencies of a mark before or after a word, of an 's after it, and of a hyphen and another word. */
  readonly leading: number;
  readonly trailing: number;
  readonly possessive: number;
  readonly compound: number;
  /** Added for each word of a line; the frequencies of words alone would favor few words. */
  readonly word: number;
  /** The share of all words that a word gains each time it is accepted. */
  readonly accepted: number;
  /** The logarithm of how frequent a capital first letter, capitals alone, and any other mix of cases are. */
  readonly capitalized: number;
  readonly capitals: number;
  readonly mixed: number;
  /** Added for the case that the lexicon gives a word, unless that is small letters. */
  readonly spelling: number;
  /** Scores are divided by it, so that probabilities match how often the candidates are right. */
  readonly temperature: number;
  /** How many strings are kept after each step: the best by the words that they may become, and the best by themselves. */
  readonly lexiconBeam: number;
  readonly openBeam: number;
}

/**
 * Chosen by `scripts/words/tune-decoder.ts` on writers that are held out of training, by how probable the truth becomes and how much
 * of it is read right; to be chosen again when the network changes. Beams twice as wide read no more words right.
 */
export const DECODER_WEIGHTS: DecoderWeights = {
  prior: 0.5,
  open: -7,
  letter: 0,
  digit: -0.5,
  mark: -3,
  nothing: -8,
  likeness: 1,
  unlike: -4.5,
  change: -4,
  leading: -4,
  trailing: -1,
  possessive: -4,
  compound: -4,
  word: 2.5,
  accepted: 0.001,
  capitalized: -1,
  capitals: -1.2,
  mixed: -6,
  spelling: 3,
  temperature: 1.1,
  lexiconBeam: 60,
  openBeam: 20,
};
