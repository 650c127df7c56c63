import { emptyTree, NONE, ROOT, type Spelling, type WordTree } from './word-tree.ts';

/**
 * The compact form of a lexicon: the nodes of its prefix tree in depth-first order, a byte each, and a byte for each word. 74,000
 * words take 252 kB, 148 kB compressed, and turn into a tree again in a few milliseconds.
 *
 * uint32 number of nodes without the root; uint32 number of words; uint8 number of letters; the folded class of each letter; the nodes:
 * the letter's index, and the bits below; the words, in the order of their nodes: the logarithm of the count, and the spelling.
 * Integers are little-endian.
 */
const HEADER = 9;
const MAX_LETTERS = 32;
const IS_WORD = 0x20;
const HAS_CHILD = 0x40;
const HAS_SIBLING = 0x80;
/** Steps to a doubling of the count; a count is known to within 7 %. */
const COUNT_STEPS = 5;
const COUNT_BITS = 7;

export interface CountedWord {
  /** Folded classes. */
  readonly word: Uint8Array;
  /** At least 1. */
  readonly count: number;
  readonly spelling: Spelling;
}

/** Encodes words; each may occur only once. Throws if they have more than 32 different characters. */
export function encodeLexicon(words: readonly CountedWord[]): Uint8Array {
  const letters = [...new Set(words.flatMap(({ word }) => [...word]))].sort((a, b) => a - b);
  if (letters.length > MAX_LETTERS) throw new RangeError(`${letters.length} characters, more than ${MAX_LETTERS}`);
  const nodes: number[] = [];
  const counts: number[] = [];
  const sorted = words.toSorted((a, b) => Buffer.compare(a.word, b.word));
  /** Encodes the nodes below a prefix of `depth` characters that the words from `first` to before `end` share. */
  const encode = (first: number, end: number, depth: number): void => {
    let from = first;
    while (from < end) {
      const { word, count, spelling } = sorted[from]!;
      let to = from + 1;
      while (to < end && sorted[to]!.word[depth] === word[depth]) to++;
      const isWord = word.length === depth + 1;
      const below = isWord ? from + 1 : from;
      nodes.push(
        letters.indexOf(word[depth]!) |
          (isWord ? IS_WORD : 0) |
          (below < to ? HAS_CHILD : 0) |
          (to < end ? HAS_SIBLING : 0),
      );
      if (isWord) {
        const level = Math.min(2 ** COUNT_BITS - 1, Math.round(COUNT_STEPS * Math.log2(count)));
        counts.push(level | (spelling === 0 ? 0 : 2 ** COUNT_BITS));
      }
      encode(below, to, depth + 1);
      from = to;
    }
  };
  encode(0, sorted.length, 0);
  const bytes = new Uint8Array(HEADER + letters.length + nodes.length + counts.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nodes.length, true);
  view.setUint32(4, words.length, true);
  bytes[8] = letters.length;
  bytes.set(letters, HEADER);
  bytes.set(nodes, HEADER + letters.length);
  bytes.set(counts, HEADER + letters.length + nodes.length);
  return bytes;
}

/** Reads what `encodeLexicon` wrote. Throws a RangeError if it is something else. */
export function decodeLexicon(bytes: Uint8Array): { tree: WordTree; size: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nodes = view.getUint32(0, true);
  const size = view.getUint32(4, true);
  const letters = view.getUint8(8);
  const first = HEADER + letters;
  const words = first + nodes;
  if (bytes.length !== words + size) throw new RangeError('it has the wrong length');
  const frequencies = new Float64Array(size);
  let total = 0;
  for (let index = 0; index < size; index++) {
    frequencies[index] = 2 ** ((bytes[words + index]! & (2 ** COUNT_BITS - 1)) / COUNT_STEPS);
    total += frequencies[index]!;
  }
  const tree = emptyTree(nodes + 1);
  /** The nodes that will have another sibling, with the parents. */
  const waiting: number[] = [];
  const parents = new Uint32Array(nodes + 1);
  let previous = ROOT;
  let hasChild = true;
  let word = 0;
  for (let node = 1; node <= nodes; node++) {
    const byte = bytes[first + node - 1]!;
    tree.letter[node] = bytes[HEADER + (byte & (MAX_LETTERS - 1))]!;
    if (hasChild) {
      tree.firstChild[previous] = node;
      parents[node] = previous;
    } else {
      const sibling = waiting.pop();
      if (sibling === undefined) throw new RangeError('its nodes form no tree');
      tree.nextSibling[sibling] = node;
      parents[node] = parents[sibling]!;
    }
    if (byte & HAS_SIBLING) waiting.push(node);
    if (byte & IS_WORD) {
      tree.logFrequency[node] = Math.log(frequencies[word]! / total);
      tree.spelling[node] = bytes[words + word]! >> COUNT_BITS;
      word++;
    }
    hasChild = (byte & HAS_CHILD) !== 0;
    previous = node;
  }
  if (word !== size || waiting.length > 0 || (hasChild && nodes > 0)) throw new RangeError('its nodes form no tree');
  for (let node = nodes; node > NONE; node--) {
    tree.best[node] = Math.max(tree.best[node]!, tree.logFrequency[node]!);
    const parent = parents[node]!;
    tree.best[parent] = Math.max(tree.best[parent]!, tree.best[node]!);
  }
  return { tree: { ...tree, nodes: nodes + 1 }, size };
}
