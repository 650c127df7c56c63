import { useReducer, useState } from 'react';
import type { ModelStatus } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { pageOf } from '../../components/long-list.ts';
import { type FilteredList, useFilteredList } from '../../hooks/use-filtered-list.ts';
import { type ModelEntry, modelEntries } from './model-entry.ts';
import { type ModelOrder, nextOrder, sortedEntries } from './model-order.ts';
import { MAX_SELECTED, reduceSelection } from './model-selection.ts';
import { modelsLayout } from './models-layout.ts';

/** The list of models as the user has arranged it. */
export interface ModelsList {
  /** All of them, also those that do not match the filter. */
  readonly entries: readonly ModelEntry[];
  readonly list: FilteredList<ModelEntry>;
  readonly order: ModelOrder;
  /** The names of the selected models. */
  readonly selection: readonly string[];
  /** The same models. */
  readonly selected: readonly ModelStatus[];
  /** What has just been done, or why it was not; empty if there is nothing to say. */
  readonly message: string;
}

/**
 * The order, selection, and focus of the list of models.
 *
 * @param initial the name of the model that has the focus at first
 */
export function useModelsList(initial: string | undefined) {
  const app = useAppContext();
  const { theme, status } = app;
  const [order, setOrder] = useState<ModelOrder>('date');
  const [chosen, select] = useReducer(reduceSelection, []);
  const [message, setMessage] = useState('');

  const entries = status ? sortedEntries(modelEntries(status), order) : [];
  const known = entries.map(({ name }) => name);
  const selection = chosen.filter((name) => known.includes(name));
  const selected = selection.flatMap((name) => entries.find((entry) => entry.name === name)?.model ?? []);
  const list = useFilteredList(entries, pageOf(modelsLayout(app, entries.length).list.height), initial);
  const { entry } = list;
  const refuse = (text: string) => setMessage(theme.paint('warning', text));
  return {
    shown: { entries, list, order, selection, selected, message } satisfies ModelsList,
    /** Says what has been done. */
    succeed: (text: string) => setMessage(`${theme.paint('good', theme.glyphs.tick)} ${text}`),
    refuse,
    clearMessage: () => setMessage(''),
    /** Selects the focused model, or deselects it. */
    toggle() {
      if (!entry) return;
      const { name, model } = entry;
      if (!model) return refuse(`${printable(name)} has no model to overlay.`);
      if (selection.length === MAX_SELECTED && !selection.includes(name)) {
        return refuse(`At most ${MAX_SELECTED} models can be selected. Deselect one first.`);
      }
      select({ type: 'toggle', name, known });
    },
    /** Sorts by the next column. The focus stays on its model. */
    sort() {
      if (entry) list.focusOn(entry.name);
      setOrder(nextOrder(order));
    },
    /** Keeps the focus and the selection on a model that was renamed. */
    follow(name: string, to: string) {
      list.focusOn(to);
      select({ type: 'rename', name, to });
    },
  };
}
