/** How the list that a word is from writes it. */
export const SPELLING = { small: 0, capitalized: 1, capitals: 2 } as const;
export type Spelling = (typeof SPELLING)[keyof typeof SPELLING];

/** No child, no sibling, no such node: the root is nobody's child. */
export const NONE = 0;
export const ROOT = 0;

/**
 * A prefix tree of words in folded classes, as flat arrays with a value for each node: looking for words touches thousands of nodes
 * for each word read, and a tree of tens of thousands of words is loaded while somebody waits.
 */
export interface WordTree {
  /** The nodes in use; the arrays may be longer. */
  readonly nodes: number;
  /** The folded class that leads to a node. */
  readonly letter: Uint8Array;
  readonly firstChild: Uint32Array;
  readonly nextSibling: Uint32Array;
  /** The natural logarithm of the frequency of the word that ends at a node; -Infinity if none does. */
  readonly logFrequency: Float32Array;
  /** The largest such logarithm of the node and of all below it. */
  readonly best: Float32Array;
  readonly spelling: Uint8Array;
}

/** The child of a node for a folded class, or `NONE`. */
export function childOf(tree: WordTree, node: number, letter: number): number {
  let child = tree.firstChild[node]!;
  while (child !== NONE && tree.letter[child] !== letter) child = tree.nextSibling[child]!;
  return child;
}

/** The node of a word's last character, or `NONE` if no word begins like this. */
export function nodeOf(tree: WordTree, word: Uint8Array): number {
  let node = ROOT;
  for (const letter of word) {
    node = childOf(tree, node, letter);
    if (node === NONE) return NONE;
  }
  return node;
}

/** Whether the tree has this word, given in folded classes. */
export function hasWord(tree: WordTree, word: Uint8Array): boolean {
  const node = nodeOf(tree, word);
  return node !== NONE && tree.logFrequency[node]! > Number.NEGATIVE_INFINITY;
}

/** A tree with room for more nodes. */
export function emptyTree(room: number): WordTree {
  const tree = {
    nodes: 1,
    letter: new Uint8Array(room),
    firstChild: new Uint32Array(room),
    nextSibling: new Uint32Array(room),
    logFrequency: new Float32Array(room).fill(Number.NEGATIVE_INFINITY),
    best: new Float32Array(room).fill(Number.NEGATIVE_INFINITY),
    spelling: new Uint8Array(room),
  };
  return tree;
}

/** A word in folded classes. `logFrequency`: as in `WordTree`. */
export interface TreeWord {
  readonly word: Uint8Array;
  readonly logFrequency: number;
  readonly spelling: Spelling;
}

/** The tree of different words in any order. */
export function buildTree(words: readonly TreeWord[]): WordTree {
  const room = words.reduce((sum, { word }) => sum + word.length, 1);
  const tree = emptyTree(room);
  let nodes = 1;
  for (const { word, logFrequency, spelling } of words) {
    const added = addWord(tree, nodes, word);
    nodes = added.nodes;
    setFrequency(tree, word, logFrequency);
    tree.spelling[added.node] = spelling;
  }
  return { ...tree, nodes };
}

/**
 * A tree in which some words are more frequent than in another, and which has those that the other lacks; the other stays as it is.
 * `more`: what is added to the frequency of each word.
 */
export function withFrequencies(tree: WordTree, more: readonly { word: Uint8Array; frequency: number }[]): WordTree {
  const room = more.reduce((sum, { word }) => sum + word.length, tree.nodes);
  const grown = emptyTree(room);
  for (const name of ['letter', 'firstChild', 'nextSibling', 'logFrequency', 'best', 'spelling'] as const) {
    grown[name].set(tree[name].subarray(0, tree.nodes));
  }
  let nodes = tree.nodes;
  for (const { word, frequency } of more) {
    const added = addWord(grown, nodes, word);
    nodes = added.nodes;
    setFrequency(grown, word, Math.log(Math.exp(grown.logFrequency[added.node]!) + frequency));
  }
  return { ...grown, nodes };
}

/** Adds the nodes of a word behind the first `nodes`. Returns their number then, and the node at which the word ends. */
function addWord(tree: WordTree, nodes: number, word: Uint8Array): { nodes: number; node: number } {
  let node = ROOT;
  for (const letter of word) {
    let child = childOf(tree, node, letter);
    if (child === NONE) {
      child = nodes++;
      tree.letter[child] = letter;
      tree.nextSibling[child] = tree.firstChild[node]!;
      tree.firstChild[node] = child;
    }
    node = child;
  }
  return { nodes, node };
}

/** Sets the frequency of a word that has its nodes; it must not become less frequent. */
function setFrequency(tree: WordTree, word: Uint8Array, logFrequency: number): void {
  let node = ROOT;
  tree.best[node] = Math.max(tree.best[node]!, logFrequency);
  for (const letter of word) {
    node = childOf(tree, node, letter);
    tree.best[node] = Math.max(tree.best[node]!, logFrequency);
  }
  tree.logFrequency[node] = logFrequency;
}
