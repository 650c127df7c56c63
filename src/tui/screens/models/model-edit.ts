import { EmnistError } from '../../../core/errors.ts';
import { checkModelName } from '../../../core/model/model-store.ts';
import { inputProblem } from '../../components/input-problem.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import { findOwn, type Known } from './model-entry.ts';

/** The name of a model, or the note about it, while it is being edited. */
export interface ModelEdit {
  readonly kind: 'rename' | 'note';
  readonly model: string;
  readonly field: TextField;
}

/** Begins to edit the name of a model, or its note, from what it is now. */
export function startEdit(kind: ModelEdit['kind'], model: string, note: string): ModelEdit {
  return { kind, model, field: textField(kind === 'rename' ? model : note) };
}

/** Applies a key to the field, or text typed or pasted. */
export function reduceEdit(edit: ModelEdit, press: KeyPress): ModelEdit {
  return { ...edit, field: typeInto(edit.field, press) };
}

/** What was entered. */
export function editedText({ field }: ModelEdit): string {
  return fieldText(field).trim();
}

/** Why what was entered cannot be a name; null if it can, and for notes. */
export function editProblem(edit: ModelEdit, known: Known): EmnistError | null {
  const name = editedText(edit);
  if (edit.kind === 'note' || name === edit.model) return null;
  const invalid = inputProblem(() => checkModelName(name));
  if (invalid || findOwn(name, known) === undefined) return invalid;
  const data = { model: name, operation: 'rename', resumable: false } as const;
  return new EmnistError('model-exists', `the model "${name}" already exists`, data);
}
