import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count, images } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf } from '../../../app/text-layout.ts';
import type { DatasetStatus } from '../../../core/dataset/dataset-store.ts';
import type { EmnistError } from '../../../core/errors.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { errorNote } from '../../components/error-note.ts';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { longListEntry, longListHeight, longListLines } from '../../components/long-list.ts';
import { noteLines } from '../../components/notes.ts';
import { choiceRow, row } from '../../components/option-rows.ts';
import { StatusError } from '../../components/status-error.tsx';
import { fieldLine } from '../../components/text-field.ts';
import { useEstimate } from '../../hooks/use-estimate.ts';
import type { Theme } from '../../theme/theme.ts';
import {
  defaultName,
  FIELDS,
  type Field,
  focusedField,
  focusedHelp,
  nameProblem,
  type OwnDataForm,
  replaced,
  sourceValue,
} from './own-data-form.ts';

const NAME_WIDTH = 10;
/** What the notes need at least. */
const NOTE_ROWS = 4;

/** The list of data sets as it is shown, in so many lines at most. */
function shownDatasets({ datasets, focus }: OwnDataForm, bodyHeight: number) {
  // The heading, the fields, and empty lines around them.
  const height = bodyHeight - FIELDS.length - NOTE_ROWS - (datasets.length > 0 ? 3 : 1);
  return { list: { length: datasets.length, focus: Math.min(focus, datasets.length - 1) }, height };
}

/** The row of the form on a line of a body of that height; null for none. */
export function rowOfLine(form: OwnDataForm, bodyHeight: number, line: number): number | null {
  const { list, height } = shownDatasets(form, bodyHeight);
  // The list has a heading, and an empty line below it.
  const top = list.length > 0 ? longListHeight(list, height) + 2 : 0;
  const field = line - top;
  if (field >= 0) return field < FIELDS.length ? list.length + field : null;
  return longListEntry(list, height, line - 1);
}

/** The user's own data sets, and what to take over next. */
export function OwnDataFormView({ form }: { form: OwnDataForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError, services } = app;
  const { width, height } = bodySize(app);
  const check = useEstimate(sourceValue(form) ?? null, services.checkOwnSource);
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const { datasets } = form;
  const listed = shownDatasets(form, height);
  const names = Math.max(8, ...datasets.map(({ split }) => columnsOf(split)));
  const list = longListLines(
    listed.list,
    { width, height: listed.height },
    (index) => {
      const text = datasetText(datasets[index]!, Math.min(names, width - 42));
      return row(form.focus === index, clip(text, width - 2, theme.glyphs.ellipsis), theme);
    },
    theme,
  );
  const notes = [
    problemNote(form, check.problem, theme),
    `${focusedHelp(form)}.`,
    theme.paint('dim', 'The source is only read. Pictures become images of 28x28 pixels, light on dark.'),
  ];
  const rest = height - list.length - FIELDS.length - (datasets.length > 0 ? 3 : 1);
  return (
    <Box flexDirection="column">
      {datasets.length > 0 ? (
        <Box marginBottom={1} flexDirection="column">
          <Lines lines={[theme.paint('dim', 'Your data sets (training + test images)'), ...list]} />
        </Box>
      ) : null}
      <Lines lines={FIELDS.map((field) => clip(fieldText(field, form, width, theme), width, theme.glyphs.ellipsis))} />
      <Box marginTop={1}>
        <Lines lines={noteLines(notes, width, rest)} />
      </Box>
    </Box>
  );
}

function datasetText({ split, labels = [], trainImages, testImages }: DatasetStatus, nameWidth: number): string {
  const classes = alignRight(`${labels.length} classes`, 11);
  const size = trainImages === null || testImages === null ? 'damaged' : `${count(trainImages)} + ${count(testImages)}`;
  return `${alignLeft(split, nameWidth)}${classes}  ${alignRight(size, 19)}`;
}

const TEXT_FIELDS: Record<Exclude<Field, 'orientation'>, readonly [name: string, placeholder: string]> = {
  from: ['From', 'type or paste the path of a folder or file'],
  name: ['Name', ''],
  test: ['Test file', 'that of the source, or a sixth of it'],
};

function fieldText(field: Field, form: OwnDataForm, width: number, theme: Theme): string {
  const isFocused = focusedField(form) === field;
  if (field === 'orientation') return choiceRow(isFocused, 'Stored', form.orientation, NAME_WIDTH, theme);
  const [name, hint] = TEXT_FIELDS[field];
  const placeholder = field === 'name' ? defaultName(form) : hint;
  const text = fieldLine(form[field], width - NAME_WIDTH - 5, isFocused, placeholder, theme);
  return `${row(isFocused, alignLeft(name, NAME_WIDTH), theme)}   ${text}`;
}

/** What stands in the way, or would be lost. */
function problemNote(form: OwnDataForm, unreadable: EmnistError | undefined, theme: Theme): string {
  const problem = nameProblem(form) ?? unreadable;
  if (problem) return errorNote(problem, theme);
  const old = replaced(form);
  if (!old || sourceValue(form) === undefined) return '';
  return theme.paint('warning', `Replaces ${old.split} (${images((old.trainImages ?? 0) + (old.testImages ?? 0))}).`);
}
