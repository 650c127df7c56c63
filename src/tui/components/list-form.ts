/** A list with one selected entry and fields below it. The arrow keys move through both. */
export interface ListForm {
  /** The focused row: an entry of the list, or a field after them. */
  readonly focus: number;
  /** The selected entry. */
  readonly choice: number;
}

export type ListAction =
  | { type: 'move'; by: 1 | -1 }
  /** Selects the focused entry. */
  | { type: 'choose' }
  /** Selects the focused entry and moves to the next field; from the last field, back to the list. */
  | { type: 'tab'; by: 1 | -1 };

/** Moving does not select: otherwise, the selection would be lost on the way to the fields. */
export function reduceList({ focus, choice }: ListForm, action: ListAction, entries: number, fields: number): ListForm {
  const last = Math.max(0, entries + fields - 1);
  const selected = focus < entries ? focus : choice;
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

/** The key handlers of a form, except for submitting and leaving it. `change` is for the focused field. */
export function formKeys(dispatch: (action: ListAction | { type: 'change'; by: 1 | -1 }) => void) {
  return {
    up: () => dispatch({ type: 'move', by: -1 }),
    down: () => dispatch({ type: 'move', by: 1 }),
    previous: () => dispatch({ type: 'change', by: -1 }),
    next: () => dispatch({ type: 'change', by: 1 }),
    choose: () => dispatch({ type: 'choose' }),
    nextField: () => dispatch({ type: 'tab', by: 1 }),
    previousField: () => dispatch({ type: 'tab', by: -1 }),
  };
}
