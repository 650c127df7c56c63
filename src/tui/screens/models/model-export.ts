import { FORMAT_SUFFIXES, MODEL_FORMATS, type ModelFormat } from '../../../core/model/formats/model-formats.ts';
import { type ListAction, type ListForm, markedEntry, reduceList } from '../../components/list-form.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';

/** The list of formats, with the path below it. */
export interface ExportForm extends ListForm {
  readonly model: string;
  /** Null until something is entered: then it is the name of the model, with the suffix of the format. */
  readonly path: TextField | null;
}

export type ExportAction =
  | ListAction
  /** A key for the path, or text typed or pasted anywhere: it is a path, and moves there. */
  | { type: 'text'; press: KeyPress };

/** The row of the path. */
export const PATH_ROW = MODEL_FORMATS.length;

/** The form for a model, with the format that most other programs read. */
export function startExport(model: string): ExportForm {
  const choice = MODEL_FORMATS.indexOf('onnx');
  return { model, focus: choice, choice, path: null };
}

export function reduceExport(form: ExportForm, action: ExportAction): ExportForm {
  if (action.type !== 'text') return { ...form, ...reduceList(form, action, MODEL_FORMATS.length, 1) };
  const isFocused = form.focus === PATH_ROW;
  if (action.press.text === '' && !isFocused) return form;
  // Text that is typed while a format has the focus starts at the end of what was entered before.
  const before = isFocused ? pathField(form) : (form.path ?? textField());
  return {
    ...form,
    focus: PATH_ROW,
    choice: isFocused ? form.choice : form.focus,
    path: typeInto(before, action.press, 'path'),
  };
}

/** The format that Enter exports in. */
export function exportFormat(form: ExportForm): ModelFormat {
  return MODEL_FORMATS[markedEntry(form, PATH_ROW)]!;
}

/** The field for the path, which proposes one until something is entered. */
export function pathField(form: ExportForm): TextField {
  return form.path ?? textField(form.model + FORMAT_SUFFIXES[exportFormat(form)]);
}

/** Where to export to; undefined if nothing is entered. */
export function exportPath(form: ExportForm): string | undefined {
  return fieldText(pathField(form)).trim() || undefined;
}
