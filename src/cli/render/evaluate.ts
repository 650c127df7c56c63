import { sourceName } from '../../app/source-name.ts';
import type { EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';
import type { Shown } from './output.ts';
import { bar, count, percent, type Style, table } from './style.ts';

type End = Extract<EvaluateEvent, { event: 'end' }>;

const WORST = 8;
const CONFUSIONS = 10;

export function describeEvaluation(event: EvaluateEvent, style: Style): Shown {
  switch (event.event) {
    case 'start':
      return { log: `Reading ${count(event.images)} images of ${sourceName(event)} with ${event.model}` };
    case 'progress': {
      const share = event.images / event.total;
      return { status: `${bar(share)} ${percent(share, 0)}  ${count(event.imagesPerSecond)} images/s` };
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
    ['Among the top 5', percent(end.top5Accuracy, 2)],
    ['Loss', end.loss.toFixed(4)],
    ['Calibration error', percent(end.calibrationError, 2)],
    ...(end.prior === 'split' ? [['Classes as frequent', 'as in the training part of the split']] : []),
    ...remarks(end),
  ]);
  // Where the model has no such class there is nothing to learn from its mistakes.
  const isKnown = (label: string) => !end.unknown?.includes(label);
  const known = end.perClass.filter(({ label }) => isKnown(label));
  const worst = known.toSorted((a, b) => a.accuracy - b.accuracy).slice(0, WORST);
  const classes = table(
    worst.map(({ label, accuracy, images }) => [
      `  ${label}`,
      percent(accuracy),
      bar(accuracy),
      `of ${count(images)} images`,
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

/** How model and data set were compared where their classes differ. */
function remarks({ restrictedTo, merged, unknown }: End): string[][] {
  const rows: string[][] = [];
  if (restrictedTo !== undefined) rows.push(['Answers among', restrictedTo]);
  if (merged !== undefined) rows.push(['Both cases as one', merged]);
  if (unknown !== undefined) rows.push(['Unknown to model', unknown]);
  return rows;
}
