import type { AssessEvent, SampleReading } from '../../../app/assess-samples.ts';
import { compareLabels } from '../../../core/label-text.ts';

/** The user's samples, and how those that have been read so far were read. */
export interface SampleList {
  /** The label of each sample, in the order in which they were labeled; null while they are being loaded. */
  readonly labels: readonly string[] | null;
  /** The model that reads them. */
  readonly model: string | null;
  /** Labels that the model has no class for. */
  readonly unknown: readonly string[];
  /** How the samples read so far are read, in the order of `labels`. */
  readonly readings: readonly SampleReading[];
  /** Why they could not be loaded or read; null if they could. */
  readonly error: unknown;
}

export type SampleListAction = AssessEvent | { event: 'failed'; error: unknown };

export const NO_SAMPLES: SampleList = { labels: null, model: null, unknown: [], readings: [], error: null };

export function reduceSampleList(list: SampleList, action: SampleListAction): SampleList {
  switch (action.event) {
    case 'samples':
      return { ...NO_SAMPLES, labels: action.labels };
    case 'model':
      return { ...list, model: action.model, unknown: action.unknown };
    case 'read':
      return { ...list, readings: [...list.readings, ...action.readings] };
    case 'failed':
      return { ...list, error: action.error };
  }
}

/** The samples of a label. */
export interface SampleGroup {
  /** The label. */
  readonly name: string;
  /** How each is read, the latest last; null for those that have not been read yet. */
  readonly readings: readonly (SampleReading | null)[];
  /** Whether the model has no class for it. */
  readonly isNew: boolean;
}

/** The samples by label, in the order of labels. */
export function sampleGroups({ labels, unknown, readings }: SampleList): SampleGroup[] {
  const groups = new Map<string, (SampleReading | null)[]>();
  labels?.forEach((label, index) => {
    const group = groups.get(label) ?? [];
    group.push(readings[index] ?? null);
    groups.set(label, group);
  });
  return [...groups]
    .map(([name, group]) => ({ name, readings: group, isNew: unknown.includes(name) }))
    .sort((a, b) => compareLabels(a.name, b.name));
}
