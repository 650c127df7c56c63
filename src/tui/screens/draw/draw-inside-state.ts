import type { Inspection } from '../../../core/inspection.ts';

/** An inspection of an image, as it was asked for, with its result or its error. */
export interface Inspected {
  readonly image: Uint8Array;
  readonly label: string;
  /** The place of the label among the answers, from 0. */
  readonly answer: number;
  readonly model: string;
  readonly inspection: Inspection | null;
  readonly error: unknown;
}

/** An inspection without an error. */
export interface ShownInspection extends Inspected {
  readonly inspection: Inspection;
}

/** The view into the network on the Draw screen. */
export interface InsideState {
  readonly isOpen: boolean;
  /** What is shown larger: 0 is the influence map, then come the layers in order. */
  readonly focus: number;
  /** Which of the answers is explained, from 0, the most probable one. */
  readonly answer: number;
  /** The latest inspection, which stays until the next one is done. */
  readonly shown: Inspected | null;
}

export type InsideAction =
  | { event: 'toggled' }
  /** By one; `wraps` from the last to the first. */
  | { event: 'moved'; by: 1 | -1; wraps: boolean }
  /** Asks about the next of as many answers. */
  | { event: 'asked'; answers: number }
  | { event: 'inspected'; inspected: Inspected };

export const NO_INSIDE: InsideState = { isOpen: false, focus: 0, answer: 0, shown: null };

export function reduceInside(state: InsideState, action: InsideAction): InsideState {
  switch (action.event) {
    case 'toggled':
      return { ...NO_INSIDE, isOpen: !state.isOpen };
    case 'moved': {
      const places = 1 + layerCount(state);
      const moved = state.focus + action.by;
      if (action.wraps) return { ...state, focus: (moved + places) % places };
      return { ...state, focus: Math.min(places - 1, Math.max(0, moved)) };
    }
    case 'asked':
      return { ...state, answer: action.answers === 0 ? 0 : (state.answer + 1) % action.answers };
    case 'inspected': {
      const next = { ...state, shown: action.inspected };
      // Another model may have fewer layers.
      return { ...next, focus: Math.min(next.focus, layerCount(next)) };
    }
  }
}

function layerCount({ shown }: InsideState): number {
  return shown?.inspection?.layers.length ?? 0;
}
