import type { ModelsEvent } from '../../app/events.ts';
import { count, percent } from '../../app/format.ts';
import { columnsOf, printable, table, wrap } from '../../app/text-layout.ts';
import { localTime } from '../../core/local-time.ts';
import { testEvaluation } from '../../core/model/model-notes.ts';

/** A model as `models` describes it. */
export type ListedModel = Extract<ModelsEvent, { event: 'model' }>;

/** What a table that is too wide goes without, the least useful first. */
const DETAILS = ['images', 'time', 'network', 'classes', 'epochs', 'date'] as const;
type Detail = (typeof DETAILS)[number];

/** Columns before a remark that is on a line of its own. */
const INDENT = 5;

/**
 * The models as a table that is at most `width` columns wide, unless names are too long. The first line is the heading.
 * Remarks are beside the models or, where that would cost the date, below them.
 */
export function modelsTable(models: readonly ListedModel[], width: number): string {
  const remarks = models.map((model) => printable(remark(model)));
  const layouts = Array.from({ length: DETAILS.length + 1 }, (_, omitted) => {
    const details = new Set(DETAILS.slice(omitted));
    const head = headOf(details);
    const rows = models.map((model) => cells(model, details).map(printable));
    const render = (beside: readonly string[]) =>
      table(
        [head, ...rows].map((row, index) => [...row, beside[index - 1] ?? '']),
        [head.indexOf('classes'), head.indexOf('epochs')],
      );
    return { details, render };
  });
  const fits = (text: string) => text.split('\n').every((line) => columnsOf(line) <= width);
  const complete = layouts
    .filter(({ details }) => details.has('date'))
    .map(({ render }) => render(remarks))
    .find(fits);
  if (complete !== undefined) return complete;
  const plain = layouts.map(({ render }) => render([]));
  const [head, ...rows] = (plain.find(fits) ?? plain.at(-1)!).split('\n');
  const below = (text: string) => {
    if (text === '') return [];
    return wrap(text, Math.max(1, width - INDENT)).map((line) => ' '.repeat(INDENT) + line);
  };
  return [head, ...rows.flatMap((row, index) => [row, ...below(remarks[index]!)])].join('\n');
}

function headOf(details: ReadonlySet<Detail>): string[] {
  const optional = (detail: Detail) => (details.has(detail) ? [detail] : []);
  const shape = [...optional('network'), ...optional('classes'), ...optional('epochs')];
  return ['', 'model', 'split', ...shape, 'validation', 'test', ...optional('date')];
}

function cells(model: ListedModel, details: ReadonlySet<Detail>): string[] {
  const { unfinished, validationAccuracy, validationImages, evaluations, split } = model;
  const optional = (detail: Detail, text: string) => (details.has(detail) ? [text] : []);
  const accuracy = (share: number, images: number | null) =>
    details.has('images') ? `${percent(share)} of ${count(images ?? 0)}` : percent(share);
  const test = testEvaluation(evaluations, split);
  const ofOtherSplit = test && test.split !== split ? ` (${test.split})` : '';
  const date = model.date === null ? '?' : localTime(model.date).slice(0, 16);
  return [
    model.default ? '*' : '',
    model.name,
    split ?? unfinished?.split ?? '?',
    ...optional('network', model.architecture ?? unfinished?.architecture ?? '?'),
    ...optional('classes', String(model.classes ?? '?')),
    ...optional('epochs', String(model.epochs ?? '?')),
    validationAccuracy === null ? '?' : accuracy(validationAccuracy, validationImages),
    test ? accuracy(test.accuracy, test.images) + ofOtherSplit : '-',
    ...optional('date', details.has('time') ? date : date.slice(0, 10)),
  ];
}

function remark({ problem, unfinished, shipped, parent, note }: ListedModel): string {
  const remarks = shipped ? ['built-in'] : [];
  if (parent !== null) remarks.push(`from ${parent}`);
  if (problem !== null) remarks.push(`unusable: ${problem}`);
  if (unfinished) {
    const { running, epochsDone, epochs } = unfinished;
    remarks.push(`${running ? 'being trained' : 'resumable'}: ${epochsDone} of ${epochs} epochs`);
  }
  if (note !== '') remarks.push(note);
  return remarks.join('; ');
}
