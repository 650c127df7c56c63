import type { DrawUpdate, TextRecognition } from '../../../core/server/draw-event.ts';
import type { PageMode } from '../../../core/server/protocol.ts';
import type { Drawing } from '../../../core/strokes/drawing.ts';
import { type CopyResult, MAX_COPIED_BYTES } from '../../clipboard.ts';

/** A line that is being written, and how it was read. */
export interface WrittenLine {
  readonly strokes: Drawing;
  readonly reading: TextRecognition;
  readonly milliseconds: number;
}

/** What is written on pages in Word mode. */
export interface WritingState {
  /** The mode of the page that was drawn on last, or the one that was chosen since. */
  readonly mode: PageMode;
  /** Null if nothing is being written. */
  readonly line: WrittenLine | null;
  /** The texts that were accepted on pages, in order. If there are very many, only the last ones, which can be copied at once. */
  readonly accepted: readonly string[];
  /** What became of the text that was copied last; null if more has been accepted since. */
  readonly copied: { readonly result: CopyResult; readonly characters: number } | null;
}

export type WritingAction =
  | { event: 'mode'; mode: PageMode }
  | { event: 'copied'; result: CopyResult; characters: number }
  | { event: 'cleared' };

export const NO_WRITING: WritingState = { mode: 'character', line: null, accepted: [], copied: null };

/** All that was accepted, as one text. */
export function acceptedText({ accepted }: WritingState): string {
  return accepted.join(' ');
}

export function reduceWriting(state: WritingState, action: WritingAction): WritingState {
  switch (action.event) {
    case 'mode':
      return { ...state, mode: action.mode, line: null };
    case 'copied':
      return { ...state, copied: { result: action.result, characters: action.characters } };
    case 'cleared':
      return { ...state, accepted: [], copied: null };
  }
}

/** Takes note of what was drawn, in either mode. */
export function noteWriting(state: WritingState, { event, line }: DrawUpdate): WritingState {
  switch (event.event) {
    case 'prediction':
      return state.mode === 'character' ? state : { ...state, mode: 'character', line: null };
    case 'text': {
      const { text, candidates, characters, words, model, milliseconds } = event;
      const reading = { text, candidates, characters, words, model };
      const hasLine = line !== undefined && line.length > 0;
      return { ...state, mode: 'word', line: hasLine ? { strokes: line, reading, milliseconds } : null };
    }
    case 'accepted':
      return { ...state, accepted: lastTexts([...state.accepted, event.text]), copied: null };
    default:
      return state;
  }
}

/** The last texts, as many as can be copied at once. */
function lastTexts(texts: readonly string[]): readonly string[] {
  let bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  let first = 0;
  while (bytes > MAX_COPIED_BYTES && first < texts.length - 1) bytes -= Buffer.byteLength(texts[first++]!) + 1;
  return first === 0 ? texts : texts.slice(first);
}
