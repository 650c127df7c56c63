/** A list of which one entry is chosen, with fields under it, as one column that the arrows go through. */
export interface ListForm {
  /** An entry of the list, or a field after them. */
  readonly focus: number;
  /** The entry that is chosen. */
  readonly choice: number;
}

export type ListAction =
  | { type: 'move'; by: 1 | -1 }
  /** Chooses the entry that has the keys. */
  | { type: 'choose' }
  /** Chooses it and goes to the next field; after the last back to the list. */
  | { type: 'tab'; by: 1 | -1 };

/** Moving over the list alone chooses nothing: on the way to the fields the choice would be lost. */
export function reduceList({ focus, choice }: ListForm, action: ListAction, entries: number, fields: number): ListForm {
  const last = Math.max(0, entries + fields - 1);
  const chosen = focus < entries ? focus : choice;
  switch (action.type) {
    case 'move':
      return { focus: Math.min(last, Math.max(0, focus + action.by)), choice };
    case 'choose':
      return { focus, choice: chosen };
    case 'tab': {
      const from = focus < entries ? entries - 1 : focus;
      const to = action.by === 1 ? from + 1 : focus < entries ? last : focus - 1;
      return { focus: to >= entries && to <= last ? to : chosen, choice: chosen };
    }
  }
}

/** What the keys of a form do to it, but for starting and leaving; `change` goes to the field that has the keys. */
export function formKeys(act: (action: ListAction | { type: 'change'; by: 1 | -1 }) => void) {
  return {
    up: () => act({ type: 'move', by: -1 }),
    down: () => act({ type: 'move', by: 1 }),
    previous: () => act({ type: 'change', by: -1 }),
    next: () => act({ type: 'change', by: 1 }),
    choose: () => act({ type: 'choose' }),
    nextField: () => act({ type: 'tab', by: 1 }),
    previousField: () => act({ type: 'tab', by: -1 }),
  };
}
