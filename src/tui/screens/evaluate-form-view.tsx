import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { images } from '../../app/format.ts';
import type { ModelStatus } from '../../app/services.ts';
import { columnsOf } from '../../app/text-layout.ts';
import type { Part } from '../../core/dataset/splits.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { nextStep } from '../components/next-step.ts';
import { choiceRow, radio, row, visibleRange } from '../components/option-rows.ts';
import { type EvaluateForm, PART_CHOICES } from './evaluate-form.ts';
import { modelHeading, modelRow } from './model-row.ts';

/** Which model to evaluate, and on what. */
export function EvaluateFormView({ form }: { form: EvaluateForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError } = app;
  const { width, height } = bodySize(app);
  if (statusError) return <ErrorMessage error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const split = form.splits[form.split];
  if (form.models.length === 0) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  if (!split) return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  const dataset = status.datasets.find((candidate) => candidate.split === split);
  const part = PART_CHOICES[form.part]!;
  const size = (part === 'test' ? dataset?.testImages : dataset?.trainImages) ?? 0;
  const { from, to } = visibleRange(form.models.length, Math.min(form.focus, form.models.length - 1), height - 7);
  const markWidth = columnsOf(theme.glyphs.radioOn) + 1;
  const models = form.models.slice(from, to).map((model, offset) => {
    const index = from + offset;
    const text = `${radio(index === form.choice, theme)} ${modelRow(model, width - 2 - markWidth, theme)}`;
    return row(form.focus === index, text, theme);
  });
  const heading = ' '.repeat(2 + markWidth) + modelHeading(width - 2 - markWidth);
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
        <Text wrap="truncate">{theme.paint('dim', caveat(part, form.models[form.choice]!))}</Text>
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
