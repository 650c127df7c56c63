import { useReducer } from 'react';
import {
  type Filter,
  type FilterAction,
  filterKeys,
  isFiltering,
  matching,
  NO_FILTER,
  reduceFilter,
} from '../components/filter.ts';
import type { KeyPress } from '../keys/key-presses.ts';
import type { ListMouse } from './use-list-mouse.ts';

interface ListState {
  /** The focused entry, and where it was: where the focus stays if the entry goes. */
  readonly name: string | undefined;
  readonly index: number;
  readonly filter: Filter;
}

type Action = { type: 'focus'; name: string | undefined; index: number } | FilterAction;

function reduce(state: ListState, action: Action): ListState {
  if (action.type === 'focus') return { ...state, name: action.name, index: action.index };
  // Looking for something else, the first match is the best guess.
  const index = action.type === 'filterText' ? 0 : state.index;
  return { ...state, index, filter: reduceFilter(state.filter, action) };
}

export interface FilteredList<T> {
  /** The entries that match the filter. */
  readonly shown: readonly T[];
  /** The index of the focused entry in `shown`. */
  readonly focus: number;
  /** The focused entry; undefined if none matches. */
  readonly entry: T | undefined;
  readonly filter: Filter;
  /** Key handlers for moving through the list. */
  readonly moves: Record<'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last', () => void>;
  /** What `useListMouse` needs to move through it. */
  readonly mouse: Pick<ListMouse, 'focus' | 'onFocus' | 'onWheel'>;
  /** Moves to an entry by name, also one that is yet to come. A filter that it does not match is cleared. */
  readonly focusOn: (name: string) => void;
  /** Key handler for a list's `filter`. */
  readonly startFilter: () => void;
  /** Key handlers of the context `filtering`. */
  readonly filterHandlers: Record<'up' | 'down' | 'pageUp' | 'pageDown' | 'accept' | 'clear', () => void>;
  /** Its `onText`. */
  readonly onFilterText: (press: KeyPress) => void;
  /** Clears the filter, if there is one. Returns whether there was. */
  readonly clearFilter: () => boolean;
}

/**
 * The state of a long list with a filter. The focus stays on the same entry when the list or the filter changes.
 *
 * @param page how many rows PgUp and PgDn move
 */
export function useFilteredList<T extends { readonly name: string }>(
  entries: readonly T[],
  page: number,
  initial?: string,
): FilteredList<T> {
  const [{ name, index, filter }, dispatch] = useReducer(reduce, { name: initial, index: 0, filter: NO_FILTER });
  const shown = matching(entries, filter);
  const last = Math.max(0, shown.length - 1);
  const found = shown.findIndex((entry) => entry.name === name);
  const focus = found >= 0 ? found : Math.min(index, last);
  // Until the user moves, it is the first entry, which must not change to another one when the list does.
  if (name === undefined && shown[focus]) dispatch({ type: 'focus', name: shown[focus].name, index: focus });
  const moveTo = (target: number) => {
    const next = Math.min(last, Math.max(0, target));
    dispatch({ type: 'focus', name: shown[next]?.name, index: next });
  };
  const steps = {
    up: () => moveTo(focus - 1),
    down: () => moveTo(focus + 1),
    pageUp: () => moveTo(focus - page),
    pageDown: () => moveTo(focus + page),
  };
  return {
    ...{ shown, focus, entry: shown[focus], filter },
    moves: { ...steps, first: () => moveTo(0), last: () => moveTo(last) },
    mouse: { focus, onFocus: moveTo, onWheel: (by) => moveTo(focus + by) },
    focusOn(target) {
      if (matching([{ name: target }], filter).length === 0) dispatch({ type: 'filter', to: 'clear' });
      dispatch({ type: 'focus', name: target, index: focus });
    },
    startFilter: () => dispatch({ type: 'filter', to: 'open' }),
    filterHandlers: {
      ...steps,
      ...filterKeys(dispatch),
      accept() {
        moveTo(focus);
        dispatch({ type: 'filter', to: 'accept' });
      },
    },
    onFilterText: (press) => dispatch({ type: 'filterText', press }),
    clearFilter() {
      if (isFiltering(filter)) dispatch({ type: 'filter', to: 'clear' });
      return isFiltering(filter);
    },
  };
}
