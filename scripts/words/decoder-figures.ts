import { decodeLine } from '../../src/core/text/decode-line.ts';
import type { DecoderWeights } from '../../src/core/text/decoder-weights.ts';
import { isInLexicon, type Lexicon } from '../../src/core/text/lexicon.ts';
import type { TextOptions } from '../../src/core/text/text-options.ts';
import { errorRate, isRightText, type ReadText } from './errors.ts';
import type { InkStyle } from './pen-data.ts';
import type { ReadLine } from './read-logits.ts';
import { STYLES } from './styles.ts';

/**
 * How well words or lines are read. Values are shares unless described otherwise, and regardless of case unless the name says
 * otherwise.
 */
export interface DecoderFigures {
  readonly count: number;
  /** Texts read right, and those among the first five candidates. */
  readonly right: number;
  readonly topFive: number;
  /** The same with the case. */
  readonly cased: number;
  /** The same for texts that are in the lexicon, and how many there are. */
  readonly inLexicon: { readonly count: number; readonly right: number; readonly topFive: number };
  /** The edit distance from the truth to what was read, for each character. */
  readonly errors: number;
  /** The mean negative logarithm of the truth's probability, which counts as at least `LEAST`. */
  readonly surprise: number;
  /** How far the probability of best candidates is from the share that is right, averaged over ten groups of probabilities. */
  readonly calibration: number;
  /** Milliseconds to decode one text. */
  readonly milliseconds: number;
}

const LEAST = 1e-4;

interface Outcome {
  readonly truth: string;
  readonly inkStyle: InkStyle | undefined;
  readonly isKnown: boolean;
  readonly texts: readonly { text: string; probability: number }[];
  readonly milliseconds: number;
}

/**
 * Decodes texts and returns the figures for all of them and for each style of writing that occurs. `lexicon`: which words count as
 * known.
 */
export function decoderFigures(
  lines: readonly ReadLine[],
  options: TextOptions,
  weights: DecoderWeights | undefined,
  lexicon: Lexicon,
): { all: DecoderFigures; styles: { title: string; figures: DecoderFigures }[] } {
  const outcomes = lines.map(({ truth, inkStyle, logits }): Outcome => {
    const started = performance.now();
    const { candidates } = decodeLine(logits, { top: 8, ...options }, weights);
    const milliseconds = performance.now() - started;
    return { truth, inkStyle, isKnown: isInLexicon(lexicon, truth), texts: candidates, milliseconds };
  });
  const byStyle = STYLES.map(({ title, has }) => ({ title, some: outcomes.filter(has) }));
  return {
    all: figuresOf(outcomes),
    styles: byStyle.flatMap(({ title, some }) => (some.length > 0 ? [{ title, figures: figuresOf(some) }] : [])),
  };
}

function figuresOf(outcomes: readonly Outcome[]): DecoderFigures {
  const share = (some: readonly Outcome[], is: (outcome: Outcome) => boolean) => some.filter(is).length / some.length;
  const known = outcomes.filter(({ isKnown }) => isKnown);
  const sum = (value: (outcome: Outcome) => number) => outcomes.reduce((total, each) => total + value(each), 0);
  return {
    count: outcomes.length,
    right: share(outcomes, isRight),
    topFive: share(outcomes, isAmongFive),
    cased: share(outcomes, ({ truth, texts }) => texts[0]?.text === truth),
    inLexicon: { count: known.length, right: share(known, isRight), topFive: share(known, isAmongFive) },
    errors: errorRate(outcomes.map(bestOf)),
    surprise: sum((outcome) => -Math.log(Math.max(LEAST, probabilityOfTruth(outcome)))) / outcomes.length,
    calibration: calibrationError(outcomes),
    milliseconds: sum(({ milliseconds }) => milliseconds) / outcomes.length,
  };
}

function bestOf({ truth, texts }: Outcome): ReadText {
  return { truth, read: texts[0]?.text ?? '' };
}

function fold(text: string): string {
  return text.toLowerCase();
}

function isRight(outcome: Outcome): boolean {
  return isRightText(bestOf(outcome));
}

/** Whether the truth is among the first five candidates that differ in more than case. */
function isAmongFive({ truth, texts }: Outcome): boolean {
  return [...new Set(texts.map(({ text }) => fold(text)))].slice(0, 5).includes(fold(truth));
}

function probabilityOfTruth({ truth, texts }: Outcome): number {
  return texts.reduce((sum, { text, probability }) => sum + (fold(text) === fold(truth) ? probability : 0), 0);
}

const GROUPS = 10;

function calibrationError(outcomes: readonly Outcome[]): number {
  const groups = Array.from({ length: GROUPS }, () => ({ sure: 0, right: 0 }));
  for (const { truth, texts } of outcomes) {
    if (texts.length === 0) continue;
    const { text, probability } = texts[0]!;
    const group = groups[Math.min(GROUPS - 1, Math.floor(probability * GROUPS))]!;
    group.sure += probability;
    group.right += text === truth ? 1 : 0;
  }
  return groups.reduce((sum, { sure, right }) => sum + Math.abs(sure - right), 0) / outcomes.length;
}
