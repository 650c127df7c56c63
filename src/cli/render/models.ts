import type { ModelsEvent } from '../../app/events.ts';
import type { Shown } from './output.ts';
import { count, percent, type Style, table } from './style.ts';

type ModelEvent = Extract<ModelsEvent, { event: 'model' }>;

/** Gathers the models, since a table's columns are as wide as their widest cell. */
export class ModelsView {
  readonly #models: ModelEvent[] = [];

  describe(event: ModelsEvent, style: Style): Shown | undefined {
    if (event.event === 'model') {
      this.#models.push(event);
      return undefined;
    }
    const head = ['', 'model', 'split', 'network', 'classes', 'epochs', 'validation', 'date', ''];
    const [first = '', ...rows] = table([head, ...this.#models.map(row)], [4, 5]).split('\n');
    const used = this.#models.find((model) => model.default);
    return {
      result: [style.paint('bold', first), ...rows].join('\n'),
      log: used && `* is used when no --model is given: ${used.path}`,
    };
  }
}

function row(model: ModelEvent): string[] {
  const { validationAccuracy, validationImages } = model;
  return [
    model.default ? '*' : '',
    model.name,
    model.split ?? '?',
    model.architecture ?? '?',
    String(model.classes ?? '?'),
    String(model.epochs ?? '?'),
    validationAccuracy === null ? '?' : `${percent(validationAccuracy)} of ${count(validationImages ?? 0)}`,
    model.date?.slice(0, 16).replace('T', ' ') ?? '?',
    remark(model),
  ];
}

function remark({ problem, resumable, shipped }: ModelEvent): string {
  if (problem !== null) return `cannot be used: ${problem}`;
  if (shipped) return 'comes with the program';
  return resumable ? 'can be resumed' : '';
}
