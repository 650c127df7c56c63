import type { Model } from '../../src/core/model/model.ts';
import type { Measured } from './measure.ts';
import type { Notices } from './notices.ts';
import type { ReadingTime } from './reading-time.ts';
import type { Rejection } from './rejection.ts';
import { lookAlikesSection } from './sections/look-alikes.ts';
import { noticesSection } from './sections/notices.ts';
import { rejectionSection } from './sections/rejection.ts';
import { sourcesSection } from './sections/sources.ts';
import { mistakesSections, testSetsSection } from './sections/test-sets.ts';
import { trainingSection } from './sections/training.ts';
import { writersSection } from './sections/writers.ts';
import type { SourceReadings } from './sources.ts';
import type { WriterGroup, WriterSpread } from './writers.ts';

/** Everything that a model card states in numbers. */
export interface Figures {
  model: Model;
  /** The model's size on disk. */
  bytes: number;
  time: ReadingTime;
  measured: readonly Measured[];
  sources: readonly SourceReadings[];
  writers: { groups: readonly WriterGroup[]; spread: WriterSpread | null };
  /** Null if the model cannot reject. */
  rejection: Rejection | null;
  notices: readonly Notices[];
}

/** The figures of a model card as Markdown. */
export function figuresText({ model, bytes, time, measured, sources, writers, rejection, notices }: Figures): string {
  return [
    trainingSection(model, bytes, time),
    testSetsSection(model.labels.length, measured),
    sourcesSection(sources),
    writersSection(writers.groups, writers.spread),
    lookAlikesSection(sources, model.labels),
    ...mistakesSections(measured, model.labels),
    rejectionSection(rejection),
    noticesSection(notices),
  ].join('\n\n');
}
