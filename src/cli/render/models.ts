import type { ModelsEvent } from '../../app/events.ts';
import { count, percent } from '../../app/format.ts';
import { table } from '../../app/text-layout.ts';
import { localTime } from '../../core/local-time.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type ModelEvent = Extract<ModelsEvent, { event: 'model' }>;

/** Collects the models to print them as one table at the end. */
export class ModelsView {
  readonly #models: ModelEvent[] = [];

  describe(event: ModelsEvent, style: Style): Shown | undefined {
    if (event.event === 'model') {
      this.#models.push(event);
      return undefined;
    }
    if (event.chosen !== undefined) {
      return { result: `${style.paint('bold', event.chosen)} is now the default model, until a later one is trained.` };
    }
    const head = ['', 'model', 'split', 'network', 'classes', 'epochs', 'validation', 'date', ''];
    const [first = '', ...rows] = table([head, ...this.#models.map(row)], [4, 5]).split('\n');
    const used = this.#models.find((model) => model.default);
    return {
      result: [style.paint('bold', first), ...rows].join('\n'),
      log: used && `* default, used without --model: ${used.path}`,
    };
  }
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
    model.date === null ? '?' : localTime(model.date).slice(0, 16),
    remark(model),
  ];
}

function remark({ problem, unfinished, shipped, parent }: ModelEvent): string {
  const remarks = shipped ? ['built-in'] : [];
  if (parent !== null) remarks.push(`from ${parent}`);
  if (problem !== null) remarks.push(`unusable: ${problem}`);
  if (unfinished) {
    const { running, epochsDone, epochs } = unfinished;
    remarks.push(`${running ? 'being trained' : 'resumable'}: ${epochsDone} of ${epochs} epochs`);
  }
  return remarks.join('; ');
}
