import { useState } from 'react';
import { useAppContext } from '../../app-context.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { editedText, editProblem, type ModelEdit, reduceEdit, startEdit } from './model-edit.ts';
import { NOTHING_KNOWN } from './model-entry.ts';

/**
 * Renames models and edits the notes about them.
 *
 * @param isActive whether the keys are those of the field
 * @param save saves what was entered and calls `close`, or says why it could not
 */
export function useModelEdit(isActive: boolean, save: (edit: ModelEdit, text: string, close: () => void) => void) {
  const { status } = useAppContext();
  const [edit, setEdit] = useState<ModelEdit | null>(null);
  const problem = edit && editProblem(edit, status ?? NOTHING_KNOWN);
  const close = () => setEdit(null);
  useKeys(
    edit && isActive ? 'labelText' : null,
    {
      save() {
        if (!edit || problem) return;
        const text = editedText(edit);
        if (edit.kind === 'rename' && text === edit.model) close();
        else save(edit, text, close);
      },
      back: close,
    },
    { onText: (press) => setEdit((current) => current && reduceEdit(current, press)) },
  );
  return {
    edit,
    problem,
    context: problem ? ('invalidLabel' as const) : ('labelText' as const),
    open: (kind: ModelEdit['kind'], model: string, note = '') => setEdit(startEdit(kind, model, note)),
  };
}
