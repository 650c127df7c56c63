import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { isInLexicon, type Lexicon } from '../../../src/core/text/lexicon.ts';
import type { TextReader } from '../../../src/core/text/text-reader.ts';
import { isRightText, type ReadText } from '../errors.ts';
import type { InkStyle, Written } from '../pen-data.ts';
import { decodeGroups } from '../segmentation/decode-groups.ts';
import type { Segmenter } from '../segmentation/segment-words.ts';

/** What was read of a word or line. */
export interface Outcome {
  readonly truth: string;
  readonly inkStyle: InkStyle | undefined;
  /** Whether the lexicon has it, and whether it is the label of a training word; both regardless of case. */
  readonly isKnown: boolean;
  readonly isSeen: boolean;
  /** Up to five candidates, the best first. */
  readonly texts: readonly string[];
  /** The best one without a lexicon. */
  readonly bare: string;
}

/** One way of reading. Returns the candidates with a lexicon, best first, and the best one without. */
export type ReadingWay = (strokes: Drawing) => Promise<Pick<Outcome, 'texts' | 'bare'>>;

/** As the program reads. */
export function byReader(reader: TextReader, lexicon: Lexicon): ReadingWay {
  return async (strokes) => {
    const { candidates } = await reader.readStrokes(strokes, { lexicon });
    const { text } = await reader.readStrokes(strokes, { lexicon: null });
    // Words that were read in two rows count as if they were in one.
    return { texts: candidates.map((each) => inOneRow(each.text)), bare: inOneRow(text) };
  };
}

function inOneRow(text: string): string {
  return text.replaceAll('\n', ' ');
}

const TOP = 5;

/** By cutting words into characters. */
export function bySegments(segmenter: Segmenter, { tree }: Lexicon): ReadingWay {
  return async (strokes) => {
    const scored = await segmenter.segment(strokes);
    return {
      texts: decodeGroups(scored, tree)
        .slice(0, TOP)
        .map(({ text }) => text),
      bare: decodeGroups(scored, null)[0]?.text ?? '',
    };
  };
}

/** Reads words or lines. `seen`: the labels of training, in small letters. */
export async function readAll(
  written: readonly Pick<Written, 'label' | 'inkStyle' | 'strokes'>[],
  read: ReadingWay,
  lexicon: Lexicon,
  seen: ReadonlySet<string>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { label, inkStyle, strokes } of written) {
    const isKnown = isInLexicon(lexicon, label);
    const isSeen = seen.has(label.toLowerCase());
    outcomes.push({ truth: label, inkStyle, isKnown, isSeen, ...(await read(strokes)) });
  }
  return outcomes;
}

/** Whether the best candidate is right, regardless of case. */
export function isRight({ truth, texts }: Outcome): boolean {
  return isRightText({ truth, read: texts[0] ?? '' });
}

/** The same with its case. */
export function isExact({ truth, texts }: Outcome): boolean {
  return texts[0] === truth;
}

/** Whether one of the candidates is right, regardless of case. */
export function isAmongFive({ truth, texts }: Outcome): boolean {
  return texts.slice(0, TOP).some((read) => isRightText({ truth, read }));
}

/** The best candidate, and the one without a lexicon. */
export const bestOf = ({ truth, texts }: Outcome): ReadText => ({ truth, read: texts[0] ?? '' });
export const bareOf = ({ truth, bare }: Outcome): ReadText => ({ truth, read: bare });
