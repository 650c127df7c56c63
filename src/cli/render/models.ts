import type { ModelsEvent } from '../../app/events.ts';
import { count, percent } from '../../app/format.ts';
import { printable, table } from '../../app/text-layout.ts';
import { localTime } from '../../core/local-time.ts';
import { testEvaluation } from '../../core/model/model-notes.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type ModelEvent = Extract<ModelsEvent, { event: 'model' }>;
type EndEvent = Extract<ModelsEvent, { event: 'end' }>;

/** Collects the models to print them as one table at the end. */
export class ModelsView {
  readonly #models: ModelEvent[] = [];

  describe(event: ModelsEvent, style: Style): Shown | undefined {
    if (event.event === 'model') {
      this.#models.push(event);
      return undefined;
    }
    const done = describeChange(event, style);
    if (done !== null) return { result: done };
    const head = ['', 'model', 'split', 'network', 'classes', 'epochs', 'validation', 'test', 'date', ''];
    const [first = '', ...rows] = table(
      [head, ...this.#models.map((model) => row(model).map(printable))],
      [4, 5],
    ).split('\n');
    const used = this.#models.find((model) => model.default);
    return {
      result: [style.paint('bold', first), ...rows].join('\n'),
      log: used && `* default, used without --model: ${used.path}`,
    };
  }
}

/** What was done with a model; null if the models are only listed. */
function describeChange({ chosen, renamed, noted, deleted }: EndEvent, style: Style): string | null {
  const bold = (name: string) => style.paint('bold', printable(name));
  if (chosen !== undefined) return `${bold(chosen)} is now the default model, until a later one is trained.`;
  if (renamed) return `Renamed ${printable(renamed.from)} to ${bold(renamed.to)}.`;
  if (noted)
    return noted.note === ''
      ? `Removed the note about ${bold(noted.model)}.`
      : `Noted about ${bold(noted.model)}: ${printable(noted.note)}`;
  if (deleted === undefined) return null;
  return deleted === null ? 'Nothing was deleted.' : `Deleted ${bold(deleted)}.`;
}

function row(model: ModelEvent): string[] {
  const { validationAccuracy, validationImages } = model;
  return [
    model.default ? '*' : '',
    model.name,
    model.split ?? model.unfinished?.split ?? '?',
    model.architecture ?? model.unfinished?.architecture ?? '?',
    String(model.classes ?? '?'),
    String(model.epochs ?? '?'),
    validationAccuracy === null ? '?' : `${percent(validationAccuracy)} of ${count(validationImages ?? 0)}`,
    testAccuracy(model),
    model.date === null ? '?' : localTime(model.date).slice(0, 16),
    remark(model),
  ];
}

/** The accuracy on test images: `97.4% of 10,000`, with the split unless the model was trained on it. */
function testAccuracy({ evaluations, split }: ModelEvent): string {
  const test = testEvaluation(evaluations, split);
  if (!test) return '-';
  const figures = `${percent(test.accuracy)} of ${count(test.images)}`;
  return test.split === split ? figures : `${figures} (${test.split})`;
}

function remark({ problem, unfinished, shipped, parent, note }: ModelEvent): string {
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
