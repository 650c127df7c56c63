import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { images } from '../../../app/format.ts';
import type { ModelStatus } from '../../../app/services.ts';
import { columnsOf } from '../../../app/text-layout.ts';
import type { Part } from '../../../core/dataset/splits.ts';
import { type AppContextValue, useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { estimateText } from '../../components/estimate-text.ts';
import { Lines } from '../../components/lines.tsx';
import { markedEntry } from '../../components/list-form.ts';
import { Loading } from '../../components/loading.tsx';
import { longListEntry, longListHeight, longListLines } from '../../components/long-list.ts';
import { nextStep } from '../../components/next-step.ts';
import { noteLines } from '../../components/notes.ts';
import { choiceRow, radio, row } from '../../components/option-rows.ts';
import { StatusError } from '../../components/status-error.tsx';
import { useEstimate } from '../../hooks/use-estimate.ts';
import { modelHeading, modelRow, nameWidth } from '../models/model-row.ts';
import { type EvaluateForm, PART_CHOICES, submitted, submittedOptions } from './evaluate-form.ts';

/** For the time it takes, and the caveat. */
const NOTE_ROWS = 3;

/** The rows for the list of models, without the heading, the fields and the caveat. */
export function modelListHeight(app: Pick<AppContextValue, 'columns' | 'rows'>): number {
  // The heading, two fields, and empty lines around them.
  return bodySize(app).height - 5 - NOTE_ROWS;
}

/** The list of models as it is shown. While a field has the focus, the selected model is visible. */
function shownModels(form: EvaluateForm) {
  const { length } = form.models;
  return { length, focus: markedEntry(form, length), filter: form.filter };
}

/** The row of the form on a line of the body: a model, or one of the two fields after them. Null for none. */
export function rowOfLine(
  form: EvaluateForm,
  app: Pick<AppContextValue, 'columns' | 'rows'>,
  line: number,
): number | null {
  const list = shownModels(form);
  const height = modelListHeight(app);
  // Below the heading of the list, and an empty line after it.
  const field = line - 2 - longListHeight(list, height);
  if (field === 0 || field === 1) return form.models.length + field;
  return longListEntry(list, height, line - 1);
}

/** Which model to evaluate, and on what. The mark and the fields show what Enter starts. */
export function EvaluateFormView({ form }: { form: EvaluateForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError } = app;
  const { width } = bodySize(app);
  const estimate = useEstimate(submittedOptions(form) ?? null, app.services.estimateEvaluation);
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const next = submitted(form);
  const split = next.splits[next.split];
  if (form.all.length === 0) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  if (!split) return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  const dataset = status.datasets.find((candidate) => candidate.split === split);
  const part = PART_CHOICES[next.part]!;
  const size = (part === 'test' ? dataset?.testImages : dataset?.trainImages) ?? 0;
  // What is marked is what Enter starts, which may not be listed yet.
  const chosen = form.awaited === undefined ? next.models[next.choice] : undefined;
  const markWidth = columnsOf(theme.glyphs.radioOn) + 1;
  const names = nameWidth(form.all, width - 2 - markWidth);
  const models = longListLines(
    shownModels(form),
    { width, height: modelListHeight(app) },
    (index) => {
      const model = form.models[index]!;
      const text = modelRow({ name: model.name, model }, names, width - 2 - markWidth, theme);
      return row(form.focus === index, `${radio(model === chosen, theme)} ${text}`, theme);
    },
    theme,
  );
  const heading = ' '.repeat(2 + markWidth) + modelHeading(names, width - 2 - markWidth);
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', heading), ...models]} />
      <Box marginTop={1}>
        <Lines
          lines={[
            choiceRow(form.focus === form.models.length, 'Split', split, 8, theme),
            choiceRow(form.focus === form.models.length + 1, 'Part', `${part} (${images(size)})`, 8, theme),
          ]}
        />
      </Box>
      <Box marginTop={1}>
        <Lines
          lines={noteLines(
            [estimateText(estimate, theme), theme.paint('dim', chosen ? caveat(part, chosen) : '')],
            width,
            NOTE_ROWS,
          )}
        />
      </Box>
    </Box>
  );
}

/** What the accuracy does and does not show. */
function caveat(part: Part, { training }: ModelStatus): string {
  if (part === 'train') return 'Caution: accuracy on training images overstates how well new handwriting is read.';
  return training
    ? 'Test images are never used in training.'
    : 'This model may have been trained on test images: it has no training record.';
}
