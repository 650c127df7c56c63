import { count, counted, percent } from '../../../app/format.ts';
import { printable } from '../../../app/text-layout.ts';
import { isSplit } from '../../../core/dataset/dataset-name.ts';
import { mergedCase } from '../../../core/labels.ts';
import type { DrawingNotice } from '../../../core/server/draw-event.ts';
import {
  type Expectation,
  expectationProblem,
  expectationText,
  isSameExpectation,
} from '../../../core/server/expectation.ts';
import type { LabelState } from './draw-labels.ts';
import type { DrawState, Reader } from './draw-state.ts';

/** The number of classes of a model, and what it was trained on. */
export function readerText({ labels, split }: Reader): string {
  return `${labels.length} classes, ${split === null ? 'no training record' : `trained on ${split}`}`;
}

/** A note on a merged class; null for a class that stands for one character only. */
export function mergedClassNote(label: string, labels: readonly string[]): string | null {
  const other = mergedCase(label, labels);
  return other && `${label} also stands for ${other}: the model has one class for the two.`;
}

/** How long reading took: `Read in 2.8 ms`. */
export function readTime(milliseconds: number): string {
  return `Read in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

const NOTICES: Readonly<Record<DrawingNotice, string>> = {
  'several-characters': 'This looks like two characters. The model reads one at a time.',
  'no-character': 'This does not look like a character.',
  'not-sure': 'Not sure: this may be none of these characters',
};

/** What is to be said about the latest answer; empty if nothing is. */
export function answerNote({ notice, noCharacter, predictions, reader }: DrawState): string {
  if (notice === 'not-sure') return `${NOTICES[notice]}${noCharacter === null ? '' : ` (${percent(noCharacter)})`}.`;
  if (notice) return NOTICES[notice];
  const best = predictions[0];
  // In own data, a label stands for itself.
  const isOwn = reader?.split != null && !isSplit(reader.split);
  return (best && reader && !isOwn && mergedClassNote(best.label, reader.labels)) || '';
}

/** Whether the last label was saved or undone: `Saved as g · 14 samples`; empty without a change. */
export function labelNote({ isSaving, change, samples }: LabelState, separator: string): string {
  if (isSaving) return 'Saving';
  if (!change) return '';
  const what = change.removed ? `No longer saved as ${printable(change.label)}` : `Saved as ${printable(change.label)}`;
  return samples === null ? what : `${what} ${separator} ${counted(samples, 'sample')}`;
}

/** Whether the reading was adapted; empty without samples. */
export function adaptedNote({ adapts, adaptedTo, labels }: DrawState): string {
  if (!adapts) return labels.isAvailable ? 'Not adapted to your samples' : '';
  return adaptedTo > 0 ? `Adapted to ${count(adaptedTo)} of your samples` : '';
}

/** What is expected to be drawn; empty if that is any character and nobody has chosen it. */
export function expectedText({ expected, readAs, reader }: DrawState): string {
  if (readAs && isChoice(readAs, expected, reader)) return `expecting ${expectationText(readAs)}, chosen on the page`;
  if (isSameExpectation(expected, {})) return '';
  const problem = reader && expectationProblem(expected, reader.labels);
  return problem ? `expecting any character, since ${problem}` : `expecting ${expectationText(expected)}`;
}

/** Whether what a page expected was its user's choice, and not what pages are to expect. */
function isChoice(readAs: Expectation, expected: Expectation, reader: Reader | null): boolean {
  if (isSameExpectation(readAs, expected)) return false;
  return !(isSameExpectation(readAs, {}) && reader && expectationProblem(expected, reader.labels));
}
