import { bestSteps } from './ctc-path.ts';
import { DECODER_WEIGHTS, type DecoderWeights } from './decoder-weights.ts';
import { FOLDED_BLANK, FOLDED_CLASSES, foldedClasses } from './folded-characters.ts';
import { casedStrings } from './letter-case.ts';
import { letterModel } from './letter-model.ts';
import { englishLexicon } from './lexicon.ts';
import { CERTAIN_GAP, type Gap, lineGaps } from './line-gaps.ts';
import { type LineOutputs, lineOutputs } from './line-outputs.ts';
import { TEXT_CLASSES, textClasses } from './text-characters.ts';
import { TEXT_DEFAULTS, type TextOptions } from './text-options.ts';
import type { TextCandidate } from './text-reading.ts';
import { type BeamString, WordBeam } from './word-beam.ts';
import { emptyTree, type WordTree, withFrequencies } from './word-tree.ts';

/** A word of a line, and the characters of the line that it takes; `to` is exclusive. */
export interface DecodedWord {
  text: string;
  /** As in `TextWord`. */
  candidates: TextCandidate[];
  from: number;
  to: number;
}

/** A line as it was read from the outputs of the network. */
export interface DecodedLine {
  /** As in `TextReading`. */
  candidates: TextCandidate[];
  /**
   * The characters of the best candidate with the steps of the network at which they are spelled, which are often only the
   * middle of what was written; `to` is exclusive.
   */
  characters: { label: string; probability: number; from: number; to: number }[];
  /** The words of the best candidate. */
  words: DecodedWord[];
}

/** What a line may say, and where: the candidates, and how one of them was found. */
export interface LineReading {
  /** As in `TextReading`. */
  readonly candidates: readonly TextCandidate[];
  /** The characters and words of a candidate; none of any other text. */
  detailsOf(text: string): Pick<DecodedLine, 'characters' | 'words'>;
}

/** The part of a line between two gaps, and what it may spell. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Best score first. A text may be empty. */
  readonly readings: readonly { text: string; score: number }[];
  /** The logarithm of the sum of `exp(score / temperature)` over all readings, including those that were left out. */
  readonly logSum: number;
}

/** A way to read the beginning of a line: the path before, and a reading of a span. */
interface Path {
  readonly score: number;
  readonly before: Path | null;
  readonly span: Span | null;
  readonly text: string;
}

const NO_WORDS = emptyTree(1);

/** How many uncertain gaps in a row may be inside a word. */
const MAX_INSIDE = 3;
/** Readings of a span, beyond the number of candidates. */
const MORE = 3;
/** A case less probable than this is not a candidate, unless it is the most probable. */
const MIN_CASE = 0.2;

/** Reads the outputs of the network for a line: as `readOutputs`, with the details of the best candidate. */
export function decodeLine(...parameters: Parameters<typeof readOutputs>): DecodedLine {
  const { candidates, detailsOf } = readOutputs(...parameters);
  return { candidates: [...candidates], ...detailsOf(candidates[0]?.text ?? '') };
}

/**
 * Reads the outputs of the network for a line: words of the lexicon and other strings between gaps. Uncertain gaps are tried both
 * ways. `logits`: [steps, TEXT_CLASSES].
 *
 * Throws `installation-damaged` if the English lexicon is the default and is missing.
 */
export function readOutputs(
  logits: Float32Array,
  { top = TEXT_DEFAULTS.top, lexicon = englishLexicon(), accepted }: TextOptions = {},
  weights: DecoderWeights = DECODER_WEIGHTS,
): LineReading {
  const outputs = lineOutputs(logits);
  const hasWords = lexicon !== null || (accepted !== undefined && accepted.size > 0);
  const base = lexicon?.tree ?? NO_WORDS;
  const beam = new WordBeam(withAccepted(base, accepted, weights), hasWords ? letterModel(base) : null, weights);
  const gaps = lineGaps(outputs);
  const word = hasWords ? weights.word : 0;
  /** The spans that begin at the beginning of the line, and after each gap; by how many gaps they have inside. */
  const spans = [-1, ...gaps.keys()].map((gap) => {
    const from = gaps[gap]?.to ?? 0;
    const ends = endsOf(gaps, gap).map((end) => gaps[end]?.from ?? outputs.steps);
    const found = beam.search(outputs.folded, from, ends);
    return ends.map((to, index) => readingsOf(outputs, from, to, found[index]!, word, top, weights));
  });
  const { paths, logSum } = readPaths(gaps, spans, top, weights);
  const candidates = candidatesOf(paths, logSum, top, weights);
  return {
    candidates,
    detailsOf(text) {
      const path = candidates.some((each) => each.text === text) && paths.find((each) => textOf(each) === text);
      return path ? detailsOf(path, outputs, top, weights) : { characters: [], words: [] };
    },
  };
}

function withAccepted(tree: WordTree, accepted: TextOptions['accepted'], weights: DecoderWeights): WordTree {
  if (!accepted || accepted.size === 0) return tree;
  const more = [...accepted].flatMap(([text, count]) => {
    const word = foldedClasses(text);
    return word && word.length > 0 && count > 0 ? [{ word, frequency: count * weights.accepted }] : [];
  });
  return withFrequencies(tree, more);
}

/** The gaps at which a span that begins after `start` may end; the number of gaps stands for the end of the line. */
function endsOf(gaps: readonly Gap[], start: number): number[] {
  const ends: number[] = [];
  for (let end = start + 1; end <= gaps.length && ends.length <= MAX_INSIDE; end++) {
    ends.push(end);
    if (end < gaps.length && gaps[end]!.probability >= CERTAIN_GAP) break;
  }
  return ends;
}

/**
 * What the steps from `from` up to but not including `to` may spell, with a score for each text. `found`: the strings without their
 * case; `word`: what is added to the score unless the text is empty.
 */
function readingsOf(
  outputs: LineOutputs,
  from: number,
  to: number,
  found: readonly BeamString[],
  word: number,
  top: number,
  weights: DecoderWeights,
): Span {
  const { temperature } = weights;
  const strings = found.map((string) => ({
    ...string,
    score: string.score + (string.letters.length > 0 ? word : 0),
  }));
  const readings = strings.slice(0, top + MORE).flatMap(({ letters, score, spelling }) => {
    const cased = casedStrings(outputs, from, to, letters, spelling, weights);
    return cased
      .filter(({ probability }, index) => index === 0 || probability >= MIN_CASE)
      .map(({ text, probability }) => ({ text, score: score + temperature * Math.log(probability) }));
  });
  readings.sort((a, b) => b.score - a.score);
  return { from, to, readings, logSum: logSumExp(strings.map(({ score }) => score / temperature)) };
}

/** The best ways to read a line, and the logarithm of the sum of `exp(score / temperature)` over all ways. */
function readPaths(
  gaps: readonly Gap[],
  spans: readonly (readonly Span[])[],
  top: number,
  { temperature }: DecoderWeights,
): { paths: Path[]; logSum: number } {
  const start: Path = { score: 0, before: null, span: null, text: '' };
  /** The paths that end before each gap, and at the end of the line. */
  const ends: { paths: Path[]; logSum: number }[] = [];
  for (let end = 0; end <= gaps.length; end++) {
    const paths: Path[] = [];
    const sums: number[] = [];
    for (let gap = end - 1, inside = 0; gap >= -1; gap--, inside++) {
      const span = spans[gap + 1]![inside];
      if (!span) break;
      const before = gap < 0 ? { paths: [start], logSum: 0 } : ends[gap]!;
      const logSpace = gap < 0 ? 0 : gaps[gap]!.logSpace;
      for (const path of before.paths) {
        for (const { text, score } of span.readings) {
          paths.push({ score: path.score + logSpace + score, before: path, span, text });
        }
      }
      sums.push(before.logSum + logSpace / temperature + span.logSum);
    }
    paths.sort((a, b) => b.score - a.score);
    ends.push({ paths: paths.slice(0, top + MORE), logSum: logSumExp(sums) });
  }
  return ends.at(-1)!;
}

/** The texts of paths with their probabilities; none if there is most likely nothing to read. */
function candidatesOf(
  paths: readonly Path[],
  logSum: number,
  top: number,
  { temperature }: DecoderWeights,
): TextCandidate[] {
  const probabilities = new Map<string, number>();
  for (const path of paths) {
    const text = textOf(path);
    // A text may be found with different gaps, such as beside a part without writing; the first is the most probable.
    if (!probabilities.has(text)) probabilities.set(text, Math.exp(path.score / temperature - logSum));
  }
  if (probabilities.get('')! > 0.5) return [];
  probabilities.delete('');
  return [...probabilities].map(([text, probability]) => ({ text, probability })).slice(0, top);
}

function spansOf(path: Path): { span: Span; text: string }[] {
  const spans: { span: Span; text: string }[] = [];
  for (let at: Path | null = path; at !== null; at = at.before) {
    if (at.span && at.text !== '') spans.push({ span: at.span, text: at.text });
  }
  return spans.reverse();
}

function textOf(path: Path): string {
  return spansOf(path)
    .map(({ text }) => text)
    .join(' ');
}

/** The words and characters of a path. */
function detailsOf(
  path: Path,
  { cased, folded }: LineOutputs,
  top: number,
  { temperature }: DecoderWeights,
): Pick<DecodedLine, 'characters' | 'words'> {
  const characters: DecodedLine['characters'] = [];
  const words: DecodedWord[] = [];
  for (const { span, text } of spansOf(path)) {
    const from = characters.length;
    const classes = textClasses(text)!;
    const places = bestSteps(folded, FOLDED_CLASSES, span.from, span.to, foldedClasses(text)!) ?? [];
    for (const [index, place] of places.entries()) {
      let [seen, written] = [0, 0];
      for (let step = place.from; step < place.to; step++) {
        seen += cased[step * TEXT_CLASSES + classes[index]!]!;
        written += 1 - folded[step * FOLDED_CLASSES + FOLDED_BLANK]!;
      }
      characters.push({ label: text[index]!, probability: written > 0 ? Math.min(1, seen / written) : 0, ...place });
    }
    const readings = span.readings.filter((reading) => reading.text !== '').slice(0, top);
    const candidates = readings.map((reading) => ({
      text: reading.text,
      probability: Math.exp(reading.score / temperature - span.logSum),
    }));
    words.push({ text, candidates, from, to: characters.length });
  }
  return { characters, words };
}

function logSumExp(values: readonly number[]): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(largest > Number.NEGATIVE_INFINITY)) return Number.NEGATIVE_INFINITY;
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
