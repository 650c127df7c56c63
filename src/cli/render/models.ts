import type { ModelsEvent } from '../../app/events.ts';
import { printable } from '../../app/text-layout.ts';
import { type ListedModel, modelsTable } from './models-table.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type EndEvent = Extract<ModelsEvent, { event: 'end' }>;

/** Collects the models to print them as one table at the end. */
export class ModelsView {
  readonly #models: ListedModel[] = [];

  describe(event: ModelsEvent, style: Style): Shown | undefined {
    if (event.event === 'model') {
      this.#models.push(event);
      return undefined;
    }
    const done = describeChange(event, style);
    if (done !== null) return { result: done };
    // Scripts that read it get all of it, whatever the width.
    const width = style.isTerminal ? style.columns : Number.POSITIVE_INFINITY;
    const [head = '', ...rows] = modelsTable(this.#models, width).split('\n');
    const used = this.#models.find((model) => model.default);
    return {
      result: [style.paint('bold', head), ...rows].join('\n'),
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
      : `Saved the note about ${bold(noted.model)}: ${printable(noted.note)}`;
  if (deleted === undefined) return null;
  return deleted === null ? 'Nothing was deleted.' : `Deleted ${bold(deleted)}.`;
}
