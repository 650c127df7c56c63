import type { DecoderWeights } from './decoder-weights.ts';
import {
  DIGITS_END,
  FOLDED_BLANK,
  FOLDED_CHARACTERS,
  FOLDED_CLASSES,
  FOLDED_SPACE,
  LETTERS,
} from './folded-characters.ts';
import { type LetterModel, letterIndex, NO_LETTER } from './letter-model.ts';
import { nthLargest } from './nth-largest.ts';
import { childOf, NONE, ROOT, SPELLING, type WordTree } from './word-tree.ts';

/** A string that a part of a line may spell. */
export interface BeamString {
  /** Folded classes. */
  readonly letters: Uint8Array;
  /** The logarithm of its probability by the network, regardless of case. */
  readonly logProbability: number;
  /** The same plus the weighted logarithm of how frequent such a string is. */
  readonly score: number;
  /** Whether it is a word of the lexicon, with or without marks around it. */
  readonly isWord: boolean;
  /** How the lexicon writes the word. */
  readonly spelling: number;
}

/** Where a string is among words and the marks around them. */
const STATE = { lost: 0, before: 1, inside: 2, apostrophe: 3, possessive: 4, behind: 5 } as const;

const classOf = (character: string) => FOLDED_CHARACTERS.indexOf(character);
const LEADING = isOneOf('"\'(');
const TRAILING = isOneOf('.,!?:;"\')');
const APOSTROPHE = classOf("'");
const HYPHEN = classOf('-');
const LETTER_S = classOf('s');

function isOneOf(characters: string): Uint8Array {
  return Uint8Array.from({ length: FOLDED_CLASSES }, (_, letter) =>
    characters.includes(FOLDED_CHARACTERS[letter] ?? ' ') ? 1 : 0,
  );
}

const KIND = { none: 0, letter: 1, digit: 2, mark: 3 } as const;

function kindOf(letter: number): number {
  return letter < LETTERS ? KIND.letter : letter < DIGITS_END ? KIND.digit : KIND.mark;
}

/** The least probability at a step with which a character may start there: in words, and in other strings. */
const MIN_IN_WORD = 1e-5;
const MIN_IN_STRING = 1e-3;
/** Longer strings that are less probable at a step than this share of the most probable string are dropped. */
const NEGLIGIBLE = 1e-11;

/**
 * Prefix beam search (Graves & Jaitly 2014, Hannun et al. 2014) over the strings that steps of a line may spell: words of the
 * lexicon with marks around them, and all other strings, in one beam. A string is kept if it is among the best by the words that it
 * may become, or among the best by itself. Works with probabilities, scaled at each step, in flat arrays; strings are nodes of a
 * tree that grows as they do.
 */
export class WordBeam {
  readonly #tree: WordTree;
  readonly #weights: DecoderWeights;
  readonly #model: LetterModel | null;

  // For each string: its place in the tree, the probability that the steps so far spell it and end in a blank or not, now and
  // at the next step, and what it is as a word and as another string.
  #strings = 0;
  #parent = new Int32Array(1024);
  #letter = new Int8Array(1024);
  #firstChild = new Int32Array(1024);
  #sibling = new Int32Array(1024);
  #blank = new Float64Array(1024);
  #ending = new Float64Array(1024);
  #nextBlank = new Float64Array(1024);
  #nextEnding = new Float64Array(1024);
  /** The step at which it was reached last. */
  #reached = new Int32Array(1024);
  #state = new Uint8Array(1024);
  #node = new Int32Array(1024);
  /**
   * The weighted logarithm of how frequent it is so far: as a word, not counting the word that it is inside, and as another string.
   */
  #wordPrior = new Float64Array(1024);
  #openPrior = new Float64Array(1024);

  /** `model`: how letters follow each other in strings that are not words; null if that does not matter. */
  constructor(tree: WordTree, model: LetterModel | null, weights: DecoderWeights) {
    this.#tree = tree;
    this.#weights = weights;
    this.#model = model;
  }

  /**
   * For each of `ends`, the strings that the steps from `from` up to but not including it may spell, best score first. The empty
   * string is among them unless it is improbable. `folded`: [steps, FOLDED_CLASSES]; `ends`: ascending.
   */
  search(folded: Float64Array, from: number, ends: readonly number[]): BeamString[][] {
    const { lexiconBeam, openBeam } = this.#weights;
    this.#strings = 0;
    const root = this.#add(-1, -1);
    this.#blank[root] = 1;
    let live = [root];
    let logScale = 0;
    const starts: number[] = [];
    const found: BeamString[][] = [];
    for (let step = from; ; step++) {
      if (ends[found.length] === step) {
        found.push(live.map((string) => this.#result(string, logScale)).sort((a, b) => b.score - a.score));
      }
      if (found.length === ends.length) return found;
      const row = step * FOLDED_CLASSES;
      starts.length = 0;
      for (let letter = 0; letter < FOLDED_BLANK; letter++) {
        if (folded[row + letter]! >= MIN_IN_WORD && letter !== FOLDED_SPACE) starts.push(letter);
      }
      const next = this.#advance(live, folded, row, starts, step + 1);
      let largest = 0;
      for (const string of next) {
        this.#blank[string] = this.#nextBlank[string]!;
        this.#ending[string] = this.#nextEnding[string]!;
        largest = Math.max(largest, this.#blank[string]! + this.#ending[string]!);
      }
      if (largest === 0) return ends.map((_, index) => found[index] ?? []);
      logScale += Math.log(largest);
      const asWords = new Float64Array(next.length);
      const asStrings = new Float64Array(next.length);
      for (const [index, string] of next.entries()) {
        this.#blank[string]! /= largest;
        this.#ending[string]! /= largest;
        const log = Math.log(this.#blank[string]! + this.#ending[string]!);
        asWords[index] = log + this.#prospect(string);
        asStrings[index] = log + this.#openPrior[string]!;
      }
      live = next;
      if (next.length > openBeam) {
        const least = nthLargest(asStrings, openBeam);
        const leastWord = nthLargest(asWords, lexiconBeam);
        live = next.filter(
          (string, index) =>
            asStrings[index]! >= least || (this.#state[string] !== STATE.lost && asWords[index]! >= leastWord),
        );
      }
    }
  }

  /** The strings after another step, given those before it and the letters that may start at it. */
  #advance(
    live: readonly number[],
    folded: Float64Array,
    row: number,
    starts: readonly number[],
    reached: number,
  ): number[] {
    const next: number[] = [];
    const blankHere = folded[row + FOLDED_BLANK]!;
    for (const string of live) {
      this.#reached[string] = reached;
      const last = this.#letter[string]!;
      this.#nextBlank[string] = (this.#blank[string]! + this.#ending[string]!) * blankHere;
      this.#nextEnding[string] = last < 0 ? 0 : this.#ending[string]! * folded[row + last]!;
      next.push(string);
    }
    for (const string of live) {
      const blank = this.#blank[string]!;
      const all = blank + this.#ending[string]!;
      const last = this.#letter[string]!;
      for (const letter of starts) {
        const probability = folded[row + letter]!;
        // The same letter twice needs a blank in between.
        const added = (letter === last ? blank : all) * probability;
        if (added < NEGLIGIBLE) continue;
        const child = this.#child(string, letter, probability >= MIN_IN_STRING);
        if (child < 0) continue;
        if (this.#reached[child] !== reached) {
          this.#reached[child] = reached;
          this.#nextBlank[child] = 0;
          this.#nextEnding[child] = 0;
          this.#blank[child] = 0;
          this.#ending[child] = 0;
          next.push(child);
        }
        this.#nextEnding[child]! += added;
      }
    }
    return next;
  }

  /** The string with another letter, or -1 if it is not the beginning of a word and not `isLikely`. */
  #child(string: number, letter: number, isLikely: boolean): number {
    let child = this.#firstChild[string]!;
    while (child >= 0 && this.#letter[child] !== letter) child = this.#sibling[child]!;
    if (child >= 0) return child;
    child = this.#add(string, letter);
    this.#enterWord(child, string, letter);
    if (this.#state[child] === STATE.lost && !isLikely) {
      this.#strings--;
      return -1;
    }
    this.#openPrior[child] = this.#openPrior[string]! + this.#openCost(string, letter);
    this.#sibling[child] = this.#firstChild[string]!;
    this.#firstChild[string] = child;
    return child;
  }

  /** What another letter adds to the weighted logarithm of a string that is not a word. */
  #openCost(string: number, letter: number): number {
    const { prior, open, letter: perLetter, digit, mark, change } = this.#weights;
    const kind = kindOf(letter);
    const last = this.#letter[string]!;
    const before = last < 0 ? KIND.none : kindOf(last);
    let cost =
      (before === KIND.letter && kind === KIND.digit) || (before === KIND.digit && kind === KIND.letter) ? change : 0;
    if (this.#model) {
      if (before === KIND.none) cost += open;
      cost += kind === KIND.letter ? perLetter : kind === KIND.digit ? digit : mark;
      // A digit after letters does not end a word; it makes them a code.
      const isEnd = before === KIND.letter && kind === KIND.mark;
      if (kind === KIND.letter || isEnd) cost += this.#likeness(string, letter);
    }
    return prior * cost;
  }

  /** How much a letter after a string, or the end of its letters, looks like a word. */
  #likeness(string: number, letter: number): number {
    const parent = this.#parent[string]!;
    const beforeThat = parent < 0 ? NO_LETTER : this.#symbol(parent);
    const symbol = letter < LETTERS ? letter : NO_LETTER;
    const log = this.#model!.logs[letterIndex(beforeThat, this.#symbol(string), symbol)]!;
    return this.#weights.likeness * Math.max(log, this.#weights.unlike);
  }

  #symbol(string: number): number {
    const letter = this.#letter[string]!;
    return letter >= 0 && letter < LETTERS ? letter : NO_LETTER;
  }

  /** Sets what a string is as a word, from the string that it extends by a letter. */
  #enterWord(child: number, string: number, letter: number): void {
    const { prior, leading, trailing, possessive, compound } = this.#weights;
    const state = this.#state[string]!;
    const node = this.#node[string]!;
    const before = this.#wordPrior[string]!;
    const isInTree = state === STATE.before || state === STATE.inside;
    const below = isInTree ? childOf(this.#tree, node, letter) : NONE;
    const log = state === STATE.inside ? this.#tree.logFrequency[node]! : 0;
    const ended = before + prior * log;
    const isEnded = state >= STATE.inside && log > Number.NEGATIVE_INFINITY;
    if (below !== NONE) this.#become(child, STATE.inside, below, before);
    else if (state === STATE.before && LEADING[letter] && this.#isShort(string)) {
      this.#become(child, STATE.before, ROOT, before + prior * leading);
    } else if (!isEnded) this.#become(child, STATE.lost, ROOT, before);
    else if (state === STATE.inside && letter === HYPHEN) {
      this.#become(child, STATE.before, ROOT, ended + prior * compound);
    } else if (state === STATE.inside && letter === APOSTROPHE) {
      this.#become(child, STATE.apostrophe, node, ended + prior * trailing);
    } else if (state === STATE.apostrophe && letter === LETTER_S) {
      this.#become(child, STATE.possessive, node, ended + prior * (possessive - trailing));
    } else if (TRAILING[letter]) this.#become(child, STATE.behind, node, ended + prior * trailing);
    else this.#become(child, STATE.lost, ROOT, before);
  }

  #become(string: number, state: number, node: number, prior: number): void {
    this.#state[string] = state;
    this.#node[string] = node;
    this.#wordPrior[string] = prior;
  }

  /** Whether a string has at most one character, so that it may be the marks before a word. */
  #isShort(string: number): boolean {
    const parent = this.#parent[string]!;
    return parent < 0 || this.#parent[parent]! < 0;
  }

  /** The weighted logarithm of the most frequent word that a string may become. */
  #prospect(string: number): number {
    const state = this.#state[string]!;
    if (state === STATE.lost) return Number.NEGATIVE_INFINITY;
    const ahead = state <= STATE.inside ? this.#weights.prior * this.#tree.best[this.#node[string]!]! : 0;
    return this.#wordPrior[string]! + ahead;
  }

  #result(string: number, logScale: number): BeamString {
    const reversed: number[] = [];
    for (let at = string; this.#parent[at]! >= 0; at = this.#parent[at]!) reversed.push(this.#letter[at]!);
    const logProbability = Math.log(this.#blank[string]! + this.#ending[string]!) + logScale;
    const state = this.#state[string]!;
    let asWord = Number.NEGATIVE_INFINITY;
    if (state === STATE.inside) {
      asWord = this.#wordPrior[string]! + this.#weights.prior * this.#tree.logFrequency[this.#node[string]!]!;
    } else if (state > STATE.inside) asWord = this.#wordPrior[string]!;
    let asString = this.#openPrior[string]!;
    if (this.#model && reversed.length === 0) asString = this.#weights.nothing;
    else if (this.#model && this.#symbol(string) !== NO_LETTER) {
      asString += this.#weights.prior * this.#likeness(string, NO_LETTER);
    }
    const isWord = asWord > asString || (asWord > Number.NEGATIVE_INFINITY && asWord === asString);
    return {
      letters: Uint8Array.from(reversed.reverse()),
      logProbability,
      score: logProbability + Math.max(asWord, asString),
      isWord,
      spelling: isWord ? this.#tree.spelling[this.#node[string]!]! : SPELLING.small,
    };
  }

  /** Adds the string that extends another by a letter, but not to the list of its children. */
  #add(parent: number, letter: number): number {
    if (this.#strings === this.#parent.length) this.#grow();
    const string = this.#strings++;
    this.#parent[string] = parent;
    this.#letter[string] = letter;
    this.#firstChild[string] = -1;
    this.#sibling[string] = -1;
    this.#blank[string] = 0;
    this.#ending[string] = 0;
    this.#reached[string] = -1;
    this.#state[string] = STATE.before;
    this.#node[string] = ROOT;
    this.#wordPrior[string] = 0;
    this.#openPrior[string] = 0;
    return string;
  }

  #grow(): void {
    this.#parent = grown(this.#parent);
    this.#letter = grown(this.#letter);
    this.#firstChild = grown(this.#firstChild);
    this.#sibling = grown(this.#sibling);
    this.#blank = grown(this.#blank);
    this.#ending = grown(this.#ending);
    this.#nextBlank = grown(this.#nextBlank);
    this.#nextEnding = grown(this.#nextEnding);
    this.#reached = grown(this.#reached);
    this.#state = grown(this.#state);
    this.#node = grown(this.#node);
    this.#wordPrior = grown(this.#wordPrior);
    this.#openPrior = grown(this.#openPrior);
  }
}

function grown<Array extends Int32Array | Int8Array | Uint8Array | Float64Array>(array: Array): Array {
  const larger = new (array.constructor as new (length: number) => Array)(2 * array.length);
  larger.set(array);
  return larger;
}
