import { MAX_OVERLAY } from '../../charts/overlay-chart.ts';

/** How many models can be selected: as many as one chart can tell apart. */
export const MAX_SELECTED = MAX_OVERLAY;

export type SelectionAction =
  /** Selects a model, or deselects it. `known` are the names of all models: those that are gone take no room. */
  { type: 'toggle'; name: string; known: readonly string[] } | { type: 'rename'; name: string; to: string };

/** The names of the selected models, in the order in which they were selected: their place is their mark. */
export function reduceSelection(selection: readonly string[], action: SelectionAction): readonly string[] {
  const { name } = action;
  if (action.type === 'rename') return selection.map((one) => (one === name ? action.to : one));
  const current = selection.filter((one) => action.known.includes(one));
  if (current.includes(name)) return current.filter((one) => one !== name);
  return current.length < MAX_SELECTED ? [...current, name] : current;
}
