import { SPLITS, type Split } from '../../../core/dataset/splits.ts';
import { type ListAction, type ListForm, markedEntry, reduceList } from '../../components/list-form.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';

/** What can be fetched, in the order of the list; own data has its own screen. */
export const CHOICES = [...SPLITS, 'all', 'own data'] as const;
export type Choice = (typeof CHOICES)[number];

/** The list of splits, with the source field below it. */
export interface FetchForm extends ListForm {
  readonly source: TextField;
}

export type FetchFormAction =
  | ListAction
  /** A key for the source field, or text typed or pasted anywhere: it is a path or an address, and moves there. */
  | { type: 'text'; press: KeyPress };

/** The row of the source field. */
export const SOURCE_ROW = CHOICES.length;

export function initialForm(split: Split): FetchForm {
  const choice = CHOICES.indexOf(split);
  return { focus: choice, choice, source: textField() };
}

export function reduceForm(form: FetchForm, action: FetchFormAction): FetchForm {
  switch (action.type) {
    case 'move':
    case 'choose':
    case 'tab':
      return { ...form, ...reduceList(form, action, CHOICES.length, 1) };
    case 'text': {
      const isFocused = form.focus === SOURCE_ROW;
      if (action.press.text === '' && !isFocused) return form;
      return {
        focus: SOURCE_ROW,
        choice: isFocused ? form.choice : form.focus,
        source: typeInto(form.source, action.press, 'path'),
      };
    }
  }
}

/** What Enter fetches. */
export function selectedChoice(form: FetchForm): Choice {
  return CHOICES[markedEntry(form, SOURCE_ROW)]!;
}

/** The URL or path to fetch from; undefined for NIST. */
export function sourceValue(form: FetchForm): string | undefined {
  return fieldText(form.source).trim() || undefined;
}
