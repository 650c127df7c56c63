import type { KeyPress } from '../keys/key-presses.ts';
import { fieldText, type TextField, textField, typeInto } from './text-field.ts';

/** What the user looks for in a long list. */
export interface Filter {
  readonly field: TextField;
  /** Keys go to the field. */
  readonly isTyping: boolean;
}

export type FilterAction =
  /** `accept` goes back to the list and keeps the text, `clear` drops it. */
  { type: 'filter'; to: 'open' | 'accept' | 'clear' } | { type: 'filterText'; press: KeyPress };

export const NO_FILTER: Filter = { field: textField(), isTyping: false };

/** Whether anything is looked for. */
export function isFiltering({ field }: Filter): boolean {
  return fieldText(field).trim() !== '';
}

export function reduceFilter(filter: Filter, action: FilterAction): Filter {
  if (action.type === 'filter') {
    if (action.to === 'clear') return NO_FILTER;
    return { ...filter, isTyping: action.to === 'open' };
  }
  if (action.press.name === 'backspace' && filter.field.characters.length === 0) return NO_FILTER;
  return { ...filter, field: typeInto(filter.field, action.press) };
}

/** The entries that have the text of the filter in their names, regardless of case. */
export function matching<T extends { readonly name: string }>(entries: readonly T[], { field }: Filter): readonly T[] {
  const wanted = fold(fieldText(field).trim());
  return wanted === '' ? entries : entries.filter(({ name }) => fold(name).includes(wanted));
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The key handlers of the context `filtering`, except for moving through the list. */
export function filterKeys(dispatch: (action: FilterAction) => void) {
  return {
    accept: () => dispatch({ type: 'filter', to: 'accept' }),
    clear: () => dispatch({ type: 'filter', to: 'clear' }),
  };
}
