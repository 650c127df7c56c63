import { count, decimal, images, percent } from '../../app/format.ts';
import { sourceName } from '../../app/source-name.ts';
import { table } from '../../app/text-layout.ts';
import type { EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type End = Extract<EvaluateEvent, { event: 'end' }>;

const WORST_CLASSES = 8;
const CONFUSIONS = 10;

export function describeEvaluation(event: EvaluateEvent, style: Style): Shown {
  switch (event.event) {
    case 'start':
      return { log: `Evaluating ${event.model} on ${images(event.images)} of ${sourceName(event)}` };
    case 'progress': {
      const share = event.images / event.total;
      return { status: `${style.bar(share)} ${percent(share, 0)}  ${count(event.imagesPerSecond)} images/s` };
    }
    case 'end':
      return { result: report(event, style) };
  }
}

function report(end: End, style: Style): string {
  const heading = (text: string) => style.paint('bold', text);
  const figures = table([
    ['Model', end.model],
    ['Images', `${count(end.images)} of ${sourceName(end)}`],
    ['Accuracy', percent(end.accuracy, 2)],
    ['Top-5 accuracy', percent(end.top5Accuracy, 2)],
    ['Loss', decimal(end.loss, 4)],
    ['Calibration error', percent(end.calibrationError, 2)],
    ['Prior', end.prior === 'split' ? 'class frequencies of the training part' : 'equally likely classes'],
    ...remarks(end),
    ...(end.mistakes ? [['Mistakes', `${images(end.mistakes.images)} in ${end.mistakes.path}`]] : []),
  ]);
  // The model cannot be better on classes that it does not have.
  const isKnown = (label: string) => !end.unknownLabels?.includes(label);
  const known = end.perClass.filter(({ label }) => isKnown(label));
  const worst = known.toSorted((a, b) => a.accuracy - b.accuracy).slice(0, WORST_CLASSES);
  const classes = table(
    worst.map(({ label, accuracy, images: size }) => [
      `  ${label}`,
      percent(accuracy),
      style.bar(accuracy),
      `of ${images(size)}`,
    ]),
    [1],
  );
  const sections = [figures, `${heading('Worst classes')}\n${classes}`];
  const pairs = end.confusions.filter(({ truth }) => isKnown(truth)).slice(0, CONFUSIONS);
  if (pairs.length > 0) {
    const rows = pairs.map((pair) => [`  ${pair.truth}`, 'read as', pair.predicted, count(pair.count)]);
    sections.push(`${heading('Most frequent confusions')}\n${table(rows, [3])}`);
  }
  return sections.join('\n\n');
}

/** How the classes of model and data set were matched where they differ. */
function remarks({ restrictedTo, merged, unknown }: End): string[][] {
  const rows: string[][] = [];
  if (restrictedTo !== undefined) rows.push(['Restricted to', restrictedTo]);
  if (merged !== undefined) rows.push(['Cases merged', merged]);
  if (unknown !== undefined) rows.push(['Unknown to model', unknown]);
  return rows;
}
