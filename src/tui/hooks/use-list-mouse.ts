import { useRef } from 'react';
import { BODY_ORIGIN } from '../components/body-size.ts';
import { useMouse } from './use-mouse.ts';
import { useShownContext } from './use-shown-context.ts';

export interface ListMouse {
  /** The line of the body that the list begins on, from 0. */
  readonly top: number;
  /** The columns of the body that it covers. Default: all. */
  readonly columns?: { readonly from: number; readonly to: number };
  /** The entry on a line of the list, in a column of the body, from 0; null for none. Of a long list: `longListEntry`. */
  readonly entryAt: (line: number, column: number) => number | null;
  /** The focused entry. */
  readonly focus: number;
  readonly onFocus: (entry: number) => void;
  /** What Enter does with the focused entry, unless `context` says something else. */
  readonly onOpen: () => void;
  /** Moves the focus one entry up or down. */
  readonly onWheel: (by: 1 | -1, column: number) => void;
  /** What the list of the screen's keys says about the mouse. Default: `listMouse`. */
  readonly context?: ListMouseContext;
}

type ListMouseContext = 'listMouse' | 'formMouse' | 'imagesMouse' | 'focusMouse';

/**
 * Lets the mouse do what keys do in a list: a click moves the focus, a click on the focused entry or a double click opens it, and the
 * wheel moves the focus. Null: there is no list.
 */
export function useListMouse(list: ListMouse | null, { inConfirmation = false } = {}): void {
  /** The entry of the last click. A long list may have moved under the mouse since, so the second click is about that too. */
  const clicked = useRef<number | null>(null);
  useShownContext(list && (list.context ?? 'listMouse'));
  useMouse(
    list &&
      ((input) => {
        const column = input.column - BODY_ORIGIN.column;
        if (input.type === 'wheel') {
          if (input.wheel !== 0) list.onWheel(input.wheel, column);
          return;
        }
        if (input.type !== 'press' || input.button !== 'left') return;
        if (input.clicks > 1) {
          // The first click may have opened this list: then the second one is not meant for it.
          if (clicked.current === list.focus) list.onOpen();
          clicked.current = null;
          return;
        }
        clicked.current = null;
        if (list.columns && (column < list.columns.from || column >= list.columns.to)) return;
        const entry = list.entryAt(input.row - BODY_ORIGIN.row - list.top, column);
        if (entry === null) return;
        if (entry === list.focus) return list.onOpen();
        clicked.current = entry;
        list.onFocus(entry);
      }),
    { inConfirmation },
  );
}

/** `entryAt` of a list with one line for each entry, or several. */
export function entryOfLine(entries: number, linesEach = 1): (line: number) => number | null {
  return (line) => {
    const entry = Math.floor(line / linesEach);
    return entry >= 0 && entry < entries ? entry : null;
  };
}
