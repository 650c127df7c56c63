import type { StorageName } from '../../app/clean.ts';
import type { CleanEvent } from '../../app/events.ts';

export interface CleanState {
  readonly phase: 'form' | 'running' | 'done' | 'failed';
  readonly focus: number;
  readonly chosen: ReadonlySet<StorageName>;
  readonly result: CleanEvent | null;
  readonly error: unknown;
}

export type CleanAction =
  | { event: 'move'; by: 1 | -1; rows: number }
  | { event: 'toggle'; name: StorageName }
  | { event: 'begin' }
  | { event: 'failed'; error: unknown }
  | CleanEvent;

/** Nothing is chosen at first. */
export const INITIAL_CLEAN: CleanState = { phase: 'form', focus: 0, chosen: new Set(), result: null, error: null };

export function reduceClean(state: CleanState, action: CleanAction): CleanState {
  switch (action.event) {
    case 'move':
      return { ...state, focus: Math.min(action.rows - 1, Math.max(0, state.focus + action.by)) };
    case 'toggle': {
      const chosen = new Set(state.chosen);
      if (!chosen.delete(action.name)) chosen.add(action.name);
      return { ...state, chosen };
    }
    case 'begin':
      return { ...state, phase: 'running' };
    case 'end':
      return { ...state, phase: 'done', result: action };
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
  }
}
