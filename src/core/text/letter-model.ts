import { LETTERS } from './folded-characters.ts';
import { NONE, ROOT, type WordTree } from './word-tree.ts';

/** Anything that is not a letter, including the beginning and the end of a word. */
export const NO_LETTER = LETTERS;
const SYMBOLS = LETTERS + 1;

/** How letters follow each other in the words of a lexicon, to tell how much another string looks like a word. */
export interface LetterModel {
  /** The natural logarithm of the probability of a symbol after two others: see `letterIndex`. */
  readonly logs: Float32Array;
}

/**
 * The index of the logarithm for `symbol` after `before` and, before that, `beforeThat`; each is a letter's folded class or
 * `NO_LETTER`.
 */
export function letterIndex(beforeThat: number, before: number, symbol: number): number {
  return (beforeThat * SYMBOLS + before) * SYMBOLS + symbol;
}

/** Frequencies are raised to this power: new words look more like the many rare words than like the few frequent ones. */
const FLATTENED = 0.25;
/** How many words the estimate from fewer letters counts as. */
const SMOOTHING = 3;

const models = new WeakMap<WordTree, LetterModel>();

/** The model of a tree's words, which is made once. */
export function letterModel(tree: WordTree): LetterModel {
  let model = models.get(tree);
  if (!model) {
    model = trigrams(tree);
    models.set(tree, model);
  }
  return model;
}

/** Interpolated trigrams (Jelinek & Mercer 1980). */
function trigrams(tree: WordTree): LetterModel {
  const counts = new Float64Array(SYMBOLS ** 3);
  const { parents, below } = weightsBelow(tree);
  const symbolAt = (node: number) => (node === ROOT || tree.letter[node]! >= LETTERS ? NO_LETTER : tree.letter[node]!);
  for (let node = 1; node < tree.nodes; node++) {
    const before = parents[node]!;
    const beforeThat = symbolAt(parents[before]!);
    const last = symbolAt(node);
    counts[letterIndex(beforeThat, symbolAt(before), last)]! += below[node]!;
    counts[letterIndex(symbolAt(before), last, NO_LETTER)]! += weightOf(tree, node);
  }
  const pairs = new Float64Array(SYMBOLS ** 2);
  const singles = new Float64Array(SYMBOLS);
  for (let index = 0; index < counts.length; index++) {
    pairs[index % SYMBOLS ** 2]! += counts[index]!;
    singles[index % SYMBOLS]! += counts[index]!;
  }
  // Weights count words in multiples of the weight of the rarest word.
  const unit = SMOOTHING * rarest(tree);
  const single = smoothed(singles, () => 1 / SYMBOLS, unit);
  const pair = smoothed(pairs, (index) => single[index % SYMBOLS]!, unit);
  const triple = smoothed(counts, (index) => pair[index % SYMBOLS ** 2]!, unit);
  return { logs: Float32Array.from(triple, Math.log) };
}

function weightOf(tree: WordTree, node: number): number {
  return Math.exp(FLATTENED * tree.logFrequency[node]!);
}

function rarest(tree: WordTree): number {
  let least = Number.POSITIVE_INFINITY;
  for (let node = 1; node < tree.nodes; node++) {
    if (tree.logFrequency[node]! > Number.NEGATIVE_INFINITY) least = Math.min(least, weightOf(tree, node));
  }
  return Number.isFinite(least) ? least : 1;
}

/** The parent of each node, and the weight of all words that begin with it. */
function weightsBelow(tree: WordTree): { parents: Uint32Array; below: Float64Array } {
  const parents = new Uint32Array(tree.nodes);
  for (let node = 0; node < tree.nodes; node++) {
    for (let child = tree.firstChild[node]!; child !== NONE; child = tree.nextSibling[child]!) parents[child] = node;
  }
  const below = new Float64Array(tree.nodes);
  // A node comes after its parent.
  for (let node = tree.nodes - 1; node > ROOT; node--) {
    below[node]! += weightOf(tree, node);
    below[parents[node]!]! += below[node]!;
  }
  return { parents, below };
}

/** The probability of each symbol given those before it, where `fallback` has the weight `unit`. */
function smoothed(counts: Float64Array, fallback: (index: number) => number, unit: number): Float64Array {
  const probabilities = new Float64Array(counts.length);
  for (let start = 0; start < counts.length; start += SYMBOLS) {
    let total = unit;
    for (let index = start; index < start + SYMBOLS; index++) total += counts[index]!;
    for (let index = start; index < start + SYMBOLS; index++) {
      probabilities[index] = (counts[index]! + unit * fallback(index)) / total;
    }
  }
  return probabilities;
}
