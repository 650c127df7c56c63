/** Words and how frequent they are. */
export interface Lexicon {
  /** `english`, or the path of the file. */
  readonly name: string;
  /** The number of words. */
  readonly size: number;
  /** The words, in small letters, with their counts. */
  readonly words: Iterable<readonly [word: string, count: number]>;
}
