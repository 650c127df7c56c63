import type { ModelStatus } from '../../../app/services.ts';
import type { EvaluationRecord } from '../../../core/model/notes-file.ts';
import type { ModelEntry } from './model-entry.ts';

/** What the list of models can be sorted by. */
const MODEL_ORDERS = ['date', 'name', 'validation', 'test'] as const;
export type ModelOrder = (typeof MODEL_ORDERS)[number];

/** The order that comes after another; the first one after the last. */
export function nextOrder(order: ModelOrder): ModelOrder {
  return MODEL_ORDERS[(MODEL_ORDERS.indexOf(order) + 1) % MODEL_ORDERS.length]!;
}

/** The accuracy to quote: the latest on all test images of the split that the model was trained on. */
export function testMeasurement({ training, evaluations }: ModelStatus): EvaluationRecord | undefined {
  return evaluations.find(
    ({ split, part, characters }) => part === 'test' && characters === 'all' && split === training?.split,
  );
}

/** When a model was trained or a run was interrupted, ISO 8601; undefined if that is not known. */
export function entryDate({ model, run }: ModelEntry): string | undefined {
  return model ? model.training?.date : run?.date;
}

const collator = new Intl.Collator('en', { numeric: true });

/**
 * The entries by name from A to Z, or by date or accuracy with the latest or highest first. Those without a value come last,
 * and equal ones keep their order. By date, the built-in model is last: its date is not one of the user's.
 */
export function sortedEntries(entries: readonly ModelEntry[], order: ModelOrder): ModelEntry[] {
  if (order === 'name') return entries.toSorted((a, b) => collator.compare(a.name, b.name));
  return entries.toSorted((a, b) => rankOf(b, order) - rankOf(a, order));
}

/** The higher, the further up. */
function rankOf(entry: ModelEntry, order: Exclude<ModelOrder, 'name'>): number {
  const { model } = entry;
  if (order === 'validation') return model?.training?.validationAccuracy ?? -1;
  if (order === 'test') return (model && testMeasurement(model)?.accuracy) ?? -1;
  if (model?.shipped) return -2;
  const time = Date.parse(entryDate(entry) ?? '');
  return Number.isNaN(time) ? -1 : time;
}
