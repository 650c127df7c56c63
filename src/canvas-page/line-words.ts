import * as v from 'valibot';
import type { Drawing, Stroke } from '../core/strokes/drawing.ts';

interface Candidate {
  readonly text: string;
  readonly probability: number;
}

/** A word as it was read. `strokes`: indices in the line. */
interface ReadWord {
  readonly text: string;
  readonly candidates: readonly Candidate[];
  readonly strokes: readonly number[];
}

/** A line as it was read. */
export interface ReadLine {
  /** Its words are separated by white space. */
  readonly text: string;
  readonly words: readonly ReadWord[];
}

/** A word as the page shows it. */
export interface LineWord {
  readonly text: string;
  readonly candidates: readonly Candidate[];
  readonly strokes: readonly Stroke[];
  /** The white space before it. */
  readonly before: string;
  /** The user has chosen it among the candidates. */
  readonly isChosen: boolean;
}

type Choice = Pick<LineWord, 'text' | 'candidates' | 'strokes'>;

export const savedChoicesSchema = v.array(
  v.strictObject({
    text: v.string(),
    candidates: v.array(v.strictObject({ text: v.string(), probability: v.number() })),
    strokes: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
);
/** Choices as plain data: their strokes are indices in the line. */
export type SavedChoices = v.InferOutput<typeof savedChoicesSchema>;

/**
 * The words that the user has chosen. A chosen word stays as long as it has the same strokes, however the line is read. When its
 * strokes change, it becomes what was read, until the change is undone.
 */
export class WordChoices {
  #choices: Choice[] = [];

  /** Chooses a text for a word. */
  choose({ strokes, candidates }: LineWord, text: string): void {
    this.#choices = [
      ...this.#choices.filter((choice) => !isSame(choice.strokes, strokes)),
      { text, candidates, strokes },
    ];
  }

  clear(): void {
    this.#choices = [];
  }

  /** The words of a line as it was read, with what was chosen instead. */
  wordsOf({ text, words }: ReadLine, drawing: Drawing): LineWord[] {
    const spaces = spacesBefore(text, words);
    const read = words.map(({ text, candidates, strokes }, index): LineWord => {
      const drawn = strokes.map((stroke) => drawing[stroke]).filter((stroke) => stroke !== undefined);
      return { text, candidates, strokes: drawn, before: spaces[index]!, isChosen: false };
    });
    return this.#choices.reduce(apply, read);
  }

  /** The choices about strokes of this drawing. */
  save(drawing: Drawing): SavedChoices {
    return this.#choices.flatMap(({ text, candidates, strokes }) => {
      const indices = strokes.map((stroke) => drawing.indexOf(stroke));
      return indices.includes(-1) ? [] : [{ text, candidates: [...candidates], strokes: indices }];
    });
  }

  restore(saved: SavedChoices, drawing: Drawing): void {
    this.#choices = saved.flatMap(({ text, candidates, strokes: indices }) => {
      const strokes = indices.map((index) => drawing[index]);
      return strokes.every((stroke) => stroke !== undefined) ? [{ text, candidates, strokes }] : [];
    });
  }
}

/** The text of a line with these words. */
export function textOf(words: readonly Pick<LineWord, 'before' | 'text'>[]): string {
  return words.map(({ before, text }) => before + text).join('');
}

/** Applies a choice: replaces the word that has its strokes, or the words that together have them. */
function apply(words: LineWord[], choice: Choice): LineWord[] {
  const same = words.filter(({ strokes }) => isSame(strokes, choice.strokes));
  const parts = same.length > 0 ? same.slice(0, 1) : words.filter((word) => sharesStroke(word, choice.strokes));
  const [first] = parts;
  const together = [...new Set(parts.flatMap(({ strokes }) => strokes))];
  if (!first || !isSame(together, choice.strokes)) return words;
  const chosen = { ...choice, before: first.before, isChosen: true };
  return words.flatMap((word) => (word === first ? [chosen] : parts.includes(word) ? [] : [word]));
}

function isSame(strokes: readonly Stroke[], others: readonly Stroke[]): boolean {
  return strokes.length > 0 && strokes.length === others.length && strokes.every((stroke) => others.includes(stroke));
}

function sharesStroke({ strokes }: Pick<LineWord, 'strokes'>, others: readonly Stroke[]): boolean {
  return strokes.some((stroke) => others.includes(stroke));
}

/** The white space before each word of a text; a space if the words are not those of the text. */
function spacesBefore(text: string, words: readonly ReadWord[]): string[] {
  let end = 0;
  return words.map((word, index) => {
    const at = text.indexOf(word.text, end);
    const space = at === -1 ? '' : text.slice(end, at);
    if (at !== -1) end = at + word.text.length;
    if (index === 0) return '';
    return /^\s+$/.test(space) ? space : ' ';
  });
}
