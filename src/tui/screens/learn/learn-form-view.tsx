import { Box } from 'ink';
import { type ReactNode, useReducer } from 'react';
import { count } from '../../../app/format.ts';
import type { LearnOptions } from '../../../app/options/learn.ts';
import { alignLeft, clip, printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { errorNote } from '../../components/error-note.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { formKeys, listKeys } from '../../components/list-form.ts';
import { noteLines } from '../../components/notes.ts';
import { choiceRow, row } from '../../components/option-rows.ts';
import { fieldLine } from '../../components/text-field.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { entryOfLine, useListMouse } from '../../hooks/use-list-mouse.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import {
  FIELDS,
  type Field,
  focusedField,
  focusedHelp,
  INITIAL_LEARN_FORM,
  type LearnForm,
  nameProblem,
  reduceLearnForm,
  submittedOptions,
} from './learn-form.ts';

const NAME_WIDTH = 8;

/** The options of learning: the model to start from, the name of the new one, and the epochs. */
export function LearnFormView({
  learn,
  back,
}: {
  learn: (options: LearnOptions) => void;
  back: () => void;
}): ReactNode {
  const app = useAppContext();
  const { theme, status } = app;
  const { width, height } = bodySize(app);
  const [form, dispatch] = useReducer(reduceLearnForm, INITIAL_LEARN_FORM);
  const problem = nameProblem(form);
  const models = status?.models.map(({ name }) => name) ?? [];
  const isTyping = focusedField(form) === 'name';
  const start = () => {
    if (!problem) learn(submittedOptions(form));
  };
  const type = (press: KeyPress) => dispatch({ type: 'text', press });
  const keys = formKeys((action) => dispatch(action.type === 'change' ? { ...action, models } : action));
  useKeys(isTyping ? null : 'trainForm', { ...keys, start, back }, { onTextElsewhere: type });
  useKeys(isTyping ? 'text' : null, { ...listKeys(dispatch), start, back }, { onText: type });
  useListMouse({
    ...{ top: 0, entryAt: entryOfLine(FIELDS.length), focus: form.focus, context: 'formMouse' },
    onFocus: (field) => dispatch({ type: 'move', by: field - form.focus }),
    onOpen: () => {
      if (!isTyping) keys.next();
    },
    onWheel: (by) => dispatch({ type: 'move', by }),
  });
  const notes = [
    problem ? errorNote(problem, theme) : '',
    focusedHelp(form),
    theme.paint(
      'dim',
      'The new model is kept only if it reads your handwriting better. The model that it starts from is always kept.',
    ),
  ];
  const hints = problem ? 'invalidField' : isTyping ? 'text' : 'field';
  return (
    <Frame title="Learn your handwriting" keyContexts={isTyping ? [hints] : [hints, 'global']}>
      <Box flexDirection="column">
        <Lines lines={FIELDS.map((field) => clip(fieldRow(field), width, theme.glyphs.ellipsis))} />
        <Box marginTop={1}>
          <Lines lines={noteLines(notes, width, height - FIELDS.length - 1)} />
        </Box>
      </Box>
    </Frame>
  );

  function fieldRow(field: Field): string {
    const isFocused = focusedField(form) === field;
    if (field !== 'name') return choiceRow(isFocused, FIELD_TITLES[field], fieldValue(form, field), NAME_WIDTH, theme);
    const text = fieldLine(form.name, width - NAME_WIDTH - 5, isFocused, 'chosen automatically', theme);
    return `${row(isFocused, alignLeft(FIELD_TITLES[field], NAME_WIDTH), theme)}   ${text}`;
  }
}

const FIELD_TITLES = { from: 'From', name: 'Name', epochs: 'Epochs' } as const;

function fieldValue({ from, epochs }: LearnForm, field: 'from' | 'epochs'): string {
  if (field === 'epochs') return count(epochs);
  return from === undefined ? 'the default model' : printable(from);
}
