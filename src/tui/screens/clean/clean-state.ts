import type { StorageName } from '../../../app/clean.ts';
import type { CleanEvent } from '../../../app/events.ts';

export interface CleanState {
  readonly phase: 'form' | 'running' | 'done' | 'failed';
  readonly focus: number;
  readonly selected: ReadonlySet<StorageName>;
  readonly result: CleanEvent | null;
  readonly error: unknown;
}

export type CleanAction =
  | { event: 'move'; by: number; rows: number }
  | { event: 'toggle'; name: StorageName }
  | { event: 'submit' }
  | { event: 'failed'; error: unknown }
  | { event: 'reset' }
  | CleanEvent;

export const INITIAL_CLEAN: CleanState = { phase: 'form', focus: 0, selected: new Set(), result: null, error: null };

export function reduceClean(state: CleanState, action: CleanAction): CleanState {
  switch (action.event) {
    case 'move':
      return { ...state, focus: Math.max(0, Math.min(action.rows - 1, state.focus + action.by)) };
    case 'toggle': {
      const selected = new Set(state.selected);
      if (!selected.delete(action.name)) selected.add(action.name);
      return { ...state, selected };
    }
    case 'submit':
      return { ...state, phase: 'running' };
    case 'end':
      return { ...state, phase: 'done', result: action };
    case 'reset':
      return INITIAL_CLEAN;
    case 'failed':
      return { ...state, phase: 'failed', error: action.error };
  }
}
