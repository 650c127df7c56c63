/**
 * A list with one selected entry and fields below it. The arrow keys move through both. The radio mark is on the entry that Enter
 * takes, which is `markedEntry`.
 */
export interface ListForm {
  /** The focused row: an entry of the list, or a field after them. */
  readonly focus: number;
  /** The selected entry. */
  readonly choice: number;
}

export type ListAction =
  /** `by` rows; infinitely many for the first or last row. */
  | { type: 'move'; by: number }
  /** Selects the focused entry, so that it stays marked when the focus moves on to the fields. */
  | { type: 'choose' }
  /** Selects the focused entry and moves to the next field; from the last field, back to the list. */
  | { type: 'tab'; by: 1 | -1 };

/** The entry of a list that Enter takes: the focused one or, while a field has the focus, the selected one. */
export function markedEntry({ focus, choice }: ListForm, entries: number): number {
  return focus < entries ? focus : choice;
}

/**
 * Applies a key to a list of `entries` with `fields` below it. Moving does not select: on the way to the fields, the arrow keys
 * would lose the selection.
 */
export function reduceList(form: ListForm, action: ListAction, entries: number, fields: number): ListForm {
  const { focus, choice } = form;
  const last = Math.max(0, entries + fields - 1);
  const selected = markedEntry(form, entries);
  switch (action.type) {
    case 'move':
      return { focus: Math.min(last, Math.max(0, focus + action.by)), choice };
    case 'choose':
      return { focus, choice: selected };
    case 'tab': {
      const from = focus < entries ? entries - 1 : focus;
      const to = action.by === 1 ? from + 1 : focus < entries ? last : focus - 1;
      return { focus: to >= entries && to <= last ? to : selected, choice: selected };
    }
  }
}

/** The key handlers for moving through the rows of a form; PgUp and PgDn move by `page` rows. */
export function moveKeys(dispatch: (action: { type: 'move'; by: number }) => void, page = 10) {
  return {
    up: () => dispatch({ type: 'move', by: -1 }),
    down: () => dispatch({ type: 'move', by: 1 }),
    pageUp: () => dispatch({ type: 'move', by: -page }),
    pageDown: () => dispatch({ type: 'move', by: page }),
    first: () => dispatch({ type: 'move', by: Number.NEGATIVE_INFINITY }),
    last: () => dispatch({ type: 'move', by: Number.POSITIVE_INFINITY }),
  };
}

/** The key handlers of a form whose fields are text, except for submitting and leaving it. */
export function listKeys(dispatch: (action: ListAction) => void, page?: number) {
  return {
    ...moveKeys(dispatch, page),
    choose: () => dispatch({ type: 'choose' }),
    nextField: () => dispatch({ type: 'tab', by: 1 }),
    previousField: () => dispatch({ type: 'tab', by: -1 }),
  };
}

/** The same with fields that Left and Right change. */
export function formKeys(dispatch: (action: ListAction | { type: 'change'; by: 1 | -1 }) => void, page?: number) {
  return {
    ...listKeys(dispatch, page),
    previous: () => dispatch({ type: 'change', by: -1 }),
    next: () => dispatch({ type: 'change', by: 1 }),
  };
}
