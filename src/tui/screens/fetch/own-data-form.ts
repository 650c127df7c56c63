import path from 'node:path';
import { describeOptions } from '../../../app/options/describe.ts';
import { type FetchOptions, fetchOptions } from '../../../app/options/fetch.ts';
import { checkDatasetName, isSplit } from '../../../core/dataset/dataset-name.ts';
import type { DatasetStatus } from '../../../core/dataset/dataset-store.ts';
import type { EmnistError } from '../../../core/errors.ts';
import { inputProblem } from '../../components/input-problem.ts';
import { type ListAction, type ListForm, reduceList } from '../../components/list-form.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';

/** The fields below the list of data sets, from top to bottom. */
export const FIELDS = ['from', 'name', 'test', 'orientation'] as const;
export type Field = (typeof FIELDS)[number];

export const ORIENTATIONS = ['detected', 'upright', 'transposed'] as const;

/** The list of own data sets, with the fields for taking over another one below it. */
export interface OwnDataForm extends ListForm {
  readonly datasets: readonly DatasetStatus[];
  readonly from: TextField;
  /** Empty for the default. */
  readonly name: TextField;
  readonly test: TextField;
  readonly orientation: (typeof ORIENTATIONS)[number];
}

export type OwnDataAction =
  | { type: 'load'; datasets: readonly DatasetStatus[] }
  | ListAction
  | { type: 'change'; by: 1 | -1 }
  | { type: 'focus'; field: Field }
  /** A key for the focused field, or text typed or pasted elsewhere: it is a path, and moves to `from`. */
  | { type: 'text'; press: KeyPress };

export function initialForm(from = ''): OwnDataForm {
  const none = { name: textField(), test: textField(), orientation: 'detected' } as const;
  return { focus: 0, choice: 0, datasets: [], from: textField(from), ...none };
}

/** The focused field; undefined on a row of the list. */
export function focusedField({ focus, datasets }: OwnDataForm): Field | undefined {
  return FIELDS[focus - datasets.length];
}

const HELP = new Map(describeOptions(fetchOptions).map(({ name, help }) => [name, help]));
const FROM_HELP =
  'A folder with a folder of pictures for each class, or a file: CSV (label, 784 pixels), IDX, NumPy, MATLAB, or a zip of these';

/** What the focused field is for. */
export function focusedHelp(form: OwnDataForm): string {
  const field = focusedField(form) ?? 'from';
  return field === 'from' ? FROM_HELP : HELP.get(field)!;
}

/** The name that a data set gets if none is entered: that of its source, as far as that can be one. */
export function defaultName({ from }: OwnDataForm): string {
  const { name } = path.parse(fieldText(from).trim().replace(/\.gz$/i, ''));
  const usable = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 64);
  if (usable === '') return 'my-data';
  return isSplit(usable.toLowerCase()) ? `my-${usable}` : usable;
}

function datasetName(form: OwnDataForm): string {
  return fieldText(form.name).trim() || defaultName(form);
}

/** Why no data set can have the name; null if one can. */
export function nameProblem(form: OwnDataForm): EmnistError | null {
  return inputProblem(() => checkDatasetName(datasetName(form)));
}

/** The data set that would be replaced; undefined if none would. */
export function replaced(form: OwnDataForm): DatasetStatus | undefined {
  return form.datasets.find(({ split }) => split === datasetName(form));
}

/** The path to read; undefined as long as there is none. */
export function sourceValue(form: OwnDataForm): string | undefined {
  return fieldText(form.from).trim() || undefined;
}

/** The options of what Enter starts; undefined without a source. */
export function submittedOptions(form: OwnDataForm): (FetchOptions & { name: string; from: string }) | undefined {
  const from = sourceValue(form);
  if (from === undefined) return undefined;
  const test = fieldText(form.test).trim();
  const { orientation } = form;
  return {
    ...{ from, name: datasetName(form) },
    ...(test !== '' && { test }),
    ...(orientation !== 'detected' && { orientation }),
  };
}

export function reduceForm(form: OwnDataForm, action: OwnDataAction): OwnDataForm {
  switch (action.type) {
    case 'load': {
      const field = focusedField(form);
      const focused = form.datasets[form.focus]?.split;
      const row = action.datasets.findIndex(({ split }) => split === focused);
      const next = { ...form, datasets: action.datasets };
      return field === undefined && row >= 0
        ? { ...next, focus: row, choice: row }
        : reduceForm(next, { type: 'focus', field: field ?? 'from' });
    }
    case 'move':
    case 'choose':
    case 'tab':
      return { ...form, ...reduceList(form, action, form.datasets.length, FIELDS.length) };
    case 'change': {
      if (focusedField(form) !== 'orientation') return form;
      const index = ORIENTATIONS.indexOf(form.orientation) + action.by;
      return { ...form, orientation: ORIENTATIONS.at(index % ORIENTATIONS.length)! };
    }
    case 'focus':
      return { ...form, focus: form.datasets.length + FIELDS.indexOf(action.field) };
    case 'text': {
      const focused = focusedField(form);
      const field = focused === undefined || focused === 'orientation' ? 'from' : focused;
      if (action.press.text === '' && field !== focused) return form;
      const value = typeInto(form[field], action.press, field === 'name' ? 'text' : 'path');
      return reduceForm({ ...form, [field]: value }, { type: 'focus', field });
    }
  }
}
