import { Box } from 'ink';
import type { ReactNode } from 'react';
import { wrap } from '../../../app/text-layout.ts';
import type { EmnistError } from '../../../core/errors.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { errorNote } from '../../components/error-note.ts';
import { Lines } from '../../components/lines.tsx';
import { fieldLine } from '../../components/text-field.ts';
import type { ModelEdit } from './model-edit.ts';

const TEXTS = {
  rename: { label: 'Name', placeholder: '', help: 'Its training, its note, and its accuracies stay with it.' },
  note: {
    label: 'Note',
    placeholder: 'what you want to remember about this model',
    help: 'Shown in the preview of the model. Leave it empty to delete the note.',
  },
} as const;

/** The field for the name of a model, or for the note about it. */
export function ModelEditView({ edit, problem }: { edit: ModelEdit; problem: EmnistError | null }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const { label, placeholder, help } = TEXTS[edit.kind];
  const field = fieldLine(edit.field, width - label.length - 2, true, placeholder, theme);
  return (
    <Box flexDirection="column">
      <Lines lines={[`${theme.paint('selected', label)}  ${field}`]} />
      <Box marginTop={1}>
        <Lines lines={wrap(problem ? errorNote(problem, theme) : theme.paint('dim', help), width)} />
      </Box>
    </Box>
  );
}
