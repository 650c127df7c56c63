import type { SamplesEvent } from '../../app/events.ts';
import { bytes, count, counted } from '../../app/format.ts';
import { alignLeft, alignRight, columnsOf, printable } from '../../app/text-layout.ts';
import type { LabelCount } from '../../core/samples/sample.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

const GAP = '    ';

export function describeSamples(event: SamplesEvent, style: Pick<Style, 'columns'>): Shown {
  const { samples, labels, path, exported, imported, deleted } = event;
  const total =
    samples === 0
      ? 'No samples are left.'
      : `${counted(samples, 'sample')} of ${counted(labels.length, 'label')} in ${path}`;
  if (exported) {
    return { result: `Exported ${counted(samples, 'sample')}: ${exported.path} (${bytes(exported.bytes)})` };
  }
  if (imported) {
    const skipped = [
      ...(imported.duplicates > 0 ? [`${count(imported.duplicates)} already there`] : []),
      ...(imported.unlabeled > 0 ? [`${count(imported.unlabeled)} without a label`] : []),
    ];
    const why = skipped.length > 0 ? ` (skipped: ${skipped.join(', ')})` : '';
    return { result: `Imported ${counted(imported.samples, 'sample')}${why}.`, log: total };
  }
  if (deleted !== undefined) {
    return { result: deleted === 0 ? 'Nothing was deleted.' : `Deleted ${counted(deleted, 'sample')}.`, log: total };
  }
  if (samples === 0) return { result: `There are no samples yet. They will be kept in ${path}` };
  return { result: inColumns(labels, style.columns), log: total };
}

/** Labels with their counts, in columns from top to bottom, as many as fit. */
function inColumns(labels: readonly LabelCount[], width: number): string {
  const names = labels.map(({ label }) => printable(label));
  const counts = labels.map(({ count: samples }) => count(samples));
  const [nameWidth, countWidth] = [names, counts].map((texts) => Math.max(...texts.map(columnsOf))) as [number, number];
  const columns = Math.max(1, Math.floor((width + GAP.length) / (nameWidth + 2 + countWidth + GAP.length)));
  const rows = Math.ceil(labels.length / columns);
  const cells = names.map((name, index) => `${alignLeft(name, nameWidth)}  ${alignRight(counts[index]!, countWidth)}`);
  return Array.from({ length: rows }, (_, row) => cells.filter((_, index) => index % rows === row).join(GAP)).join(
    '\n',
  );
}
