import type { ServerMessage } from '../core/server/protocol.ts';
import type { LabelsOutbox } from './labels-outbox.ts';
import { nameOf } from './prediction-text.ts';

export interface LabelStatus {
  readonly kind: 'hint' | 'saved' | 'waiting' | 'refused';
  readonly text: string;
}

/**
 * What became of the latest labels; the `hint` if there is nothing to report. `isBlank`: nothing is drawn yet. Otherwise, what
 * was saved would seem to be about the new drawing.
 */
export function labelStatus(
  { last, waiting, refusal }: Pick<LabelsOutbox, 'last' | 'waiting' | 'refusal'>,
  { connected, isBlank }: { connected: boolean; isBlank: boolean },
  hint: string,
): LabelStatus {
  if (refusal) {
    const what = refusal.type === 'label' ? 'Not saved' : 'Not removed';
    return { kind: 'refused', text: `${what}: ${refusal.message}` };
  }
  if (waiting > 0 && !connected) {
    const what = waiting > 1 ? `${waiting} changes` : last && !last.isSaved ? `“${last.label}”` : 'The change';
    return { kind: 'waiting', text: `${what} will be saved once the page is connected.` };
  }
  if (last && !last.isSaved) return { kind: 'waiting', text: `Saving as ${last.label}…` };
  return last && isBlank ? { kind: 'saved', text: `Saved as ${last.label}` } : { kind: 'hint', text: hint };
}

/** The text of the switch for adapting. `adaptedTo`: how many samples the reading on display was adapted to, if any. */
export function adaptationText(isOn: boolean, samples: number, adaptedTo: number | undefined): string {
  if (isOn && adaptedTo !== undefined) return `Adapted to ${adaptedTo} of your samples`;
  return `Adapt to your ${samples === 1 ? 'sample' : `${samples} samples`}`;
}

/** What to write in practice: `Write a lowercase g`. */
export function practiceTask(label: string): string {
  const name = nameOf(label).replace(/^the (uppercase|lowercase) letter /, (_, letterCase: string) =>
    letterCase === 'uppercase' ? 'an uppercase ' : 'a lowercase ',
  );
  return `Write ${name}`;
}

export type SamplesMessage = Extract<ServerMessage, { type: 'samples' }>;

/** How many samples there are of a label, and in total. `written`: in this round. */
export function practiceProgress(
  label: string,
  { samples, labels }: Pick<SamplesMessage, 'samples' | 'labels'>,
  enough: number,
  written: number,
): { count: number; ofLabel: string; total: string } {
  const count = labels.find((one) => one.label === label)?.count ?? 0;
  const ofLabel = count < enough ? `${count} of ${enough} samples of ${label}` : `${count} samples of ${label}`;
  const total = `${samples} ${samples === 1 ? 'sample' : 'samples'} in total`;
  return { count, ofLabel, total: written === 0 ? total : `${written} in this round, ${total}` };
}
