/** How the decoder weighs what it knows about writing against what the network sees. Logarithms are natural. */
export interface DecoderWeights {
  /**
   * What logarithms of frequencies are multiplied by, beside those of the network's probabilities: the lexicon's and those below, from
   * `open` to `compound` but `nothing`.
   */
  readonly prior: number;
  /** The logarithm of the frequency of all strings that are no words, and of each of their characters by its kind. */
  readonly open: number;
  readonly letter: number;
  readonly digit: number;
  readonly mark: number;
  /** Added to the score if there is no character at all, since something was written. */
  readonly nothing: number;
  /** How much it counts in strings that are no words that letters follow each other as in the words of the lexicon. */
  readonly likeness: number;
  /** The least logarithm of the probability of a letter by that: there are abbreviations, codes, and other languages. */
  readonly unlike: number;
  /** Of a letter beside a digit in them. */
  readonly change: number;
  /** Of a mark before or behind a word, an 's behind it, and a hyphen and another word. */
  readonly leading: number;
  readonly trailing: number;
  readonly possessive: number;
  readonly compound: number;
  /** Added for each word of a line; the frequencies of words alone would rather have few. */
  readonly word: number;
  /** The share of all words that a word has for each time that it was accepted. */
  readonly accepted: number;
  /** The logarithm of how frequent a capital first letter, capitals alone, and any other mix of cases are. */
  readonly capitalized: number;
  readonly capitals: number;
  readonly mixed: number;
  /** What is added for the case in which the lexicon has the word if it always has it in that one. */
  readonly spelling: number;
  /** Scores are divided by it, so that probabilities match how often the candidates are right. */
  readonly temperature: number;
  /** How many strings are kept after each step: by what may become of them with the lexicon, and by themselves. */
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
