import { NONE, ROOT, type WordTree } from '../../../src/core/text/word-tree.ts';
import { FOLDED, type GroupScores } from './group-scores.ts';

/** How much each term counts; see `tune-segmentation.ts` for how the values were found. */
export interface SegmentationWeights {
  /** That a group is a character. */
  readonly isCharacter: number;
  /** Its size. */
  readonly size: number;
  /** Added to the weight of a group for each piece after the first, so that few large groups do not win by their number. */
  readonly piece: number;
  /** Added for each character. */
  readonly character: number;
  /** For a gap within a character, and for characters that overlap; both in heights of a small letter. */
  readonly gapWithin: number;
  readonly overlap: number;
  /** Word frequencies. */
  readonly words: number;
  /** The logarithm of the frequency of a string that is not a word: in all, and for each of its characters. */
  readonly string: number;
  readonly letter: number;
  /** Added for each character of a string without a lexicon, in place of `words` and `letter`. */
  readonly bare: number;
}

export const SEGMENTATION_WEIGHTS: SegmentationWeights = {
  isCharacter: 2.54,
  size: 1.52,
  piece: 0.3,
  character: 3.81,
  gapWithin: 0.6,
  overlap: 0.75,
  words: 0.75,
  string: -27,
  letter: -2.5,
  bare: -3,
};

/** A reading and its score, a logarithm. */
export interface SegmentedReading {
  readonly text: string;
  readonly score: number;
  readonly inLexicon: boolean;
}

const WORD_BEAM = 80;
const STRING_BEAM = 20;
/** Characters that are less likely than the best by more than this are not tried in strings. */
const UNLIKELY = 5;

/** What of a cut word is decoded. */
export interface ScoredWord {
  readonly groups: readonly GroupScores[];
  readonly gaps: readonly number[];
}

/** The best readings of a word, in small letters, best first. Without a tree, it is read character by character. */
export function decodeGroups(
  { groups, gaps }: ScoredWord,
  tree: WordTree | null,
  weights: SegmentationWeights = SEGMENTATION_WEIGHTS,
): SegmentedReading[] {
  const count = gaps.length;
  const from = Array.from({ length: count }, (): { to: number; scores: Float64Array }[] => []);
  for (const scored of groups) {
    from[scored.group.from]!.push({ to: scored.group.to, scores: weigh(scored, gaps, weights) });
  }
  const rare = tree ? weights.words * weights.string : 0;
  const letter = tree ? weights.words * weights.letter : weights.bare;
  const readings = [
    ...(tree ? decodeWords(from, count, tree, weights) : []),
    ...decodeStrings(from, count, letter).map(({ text, score }) => ({ text, score: score + rare, inLexicon: false })),
  ];
  const best = new Map<string, SegmentedReading>();
  for (const reading of readings.sort((a, b) => b.score - a.score)) {
    if (!best.has(reading.text)) best.set(reading.text, reading);
  }
  return [...best.values()];
}

type Edges = readonly (readonly { to: number; scores: Float64Array }[])[];

/** What a group adds to the score of a reading for each character, [FOLDED.length]. */
function weigh(scored: GroupScores, gaps: readonly number[], weights: SegmentationWeights): Float64Array {
  const { group, characters, isCharacter, sizes } = scored;
  const factor = 1 + weights.piece * (group.to - group.from - 1);
  let fixed = weights.character + factor * weights.isCharacter * isCharacter;
  fixed += weights.overlap * Math.max(-1, Math.min(0, gaps[group.from]!));
  for (let piece = group.from + 1; piece < group.to; piece++) fixed -= weights.gapWithin * Math.max(0, gaps[piece]!);
  return characters.map((score, index) => fixed + factor * score + weights.size * sizes[index]!);
}

function decodeWords(edges: Edges, count: number, tree: WordTree, weights: SegmentationWeights): SegmentedReading[] {
  /** For each number of pieces: the best score of each node of the tree, and its text. */
  const beams = Array.from({ length: count + 1 }, () => new Map<number, { text: string; score: number }>());
  beams[0]!.set(ROOT, { text: '', score: 0 });
  for (let at = 0; at < count; at++) {
    const kept = [...beams[at]!]
      .map(([node, { text, score }]) => ({ node, text, score, promise: score + weights.words * tree.best[node]! }))
      .sort((a, b) => b.promise - a.promise)
      .slice(0, WORD_BEAM);
    for (const { node, text, score } of kept) {
      for (const { to, scores } of edges[at]!) {
        const beam = beams[to]!;
        for (let child = tree.firstChild[node]!; child !== NONE; child = tree.nextSibling[child]!) {
          const letter = tree.letter[child]!;
          if (letter >= FOLDED.length) continue;
          const reached = score + scores[letter]!;
          const known = beam.get(child);
          if (known === undefined) beam.set(child, { text: text + FOLDED[letter]!, score: reached });
          else if (known.score < reached) known.score = reached;
        }
      }
    }
  }
  return [...beams[count]!].flatMap(([node, { text, score }]) => {
    const logFrequency = tree.logFrequency[node]!;
    return Number.isFinite(logFrequency)
      ? [{ text, score: score + weights.words * logFrequency, inLexicon: true }]
      : [];
  });
}

/** The best strings. `letter`: what is added for each of their characters. */
function decodeStrings(edges: Edges, count: number, letter: number): { text: string; score: number }[] {
  const beams = Array.from({ length: count + 1 }, () => new Map<string, number>());
  beams[0]!.set('', 0);
  const best = (beam: ReadonlyMap<string, number>) =>
    [...beam]
      .map(([text, score]) => ({ text, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, STRING_BEAM);
  for (let at = 0; at < count; at++) {
    const kept = best(beams[at]!);
    for (const { to, scores } of edges[at]!) {
      const beam = beams[to]!;
      const highest = scores.reduce((a, b) => Math.max(a, b));
      for (const [character, added] of scores.entries()) {
        if (added < highest - UNLIKELY) continue;
        for (const { text, score } of kept) {
          const longer = text + FOLDED[character]!;
          const reached = score + added + letter;
          const known = beam.get(longer);
          if (known === undefined || known < reached) beam.set(longer, reached);
        }
      }
    }
  }
  return best(beams[count]!);
}
