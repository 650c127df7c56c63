import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { day, images } from '../../app/format.ts';
import { alignLeft, alignRight, clip } from '../../app/text-layout.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { nextStep } from '../components/next-step.ts';
import { choiceRow, radio, row } from '../components/option-rows.ts';
import {
  type Field,
  focusedField,
  focusedHelp,
  replaced,
  resumable,
  type TrainForm,
  visibleFields,
} from './train-form.ts';

const NAME_WIDTH = 12;

/** What to train, and on what. */
export function TrainFormView({ form }: { form: TrainForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError } = app;
  const { glyphs } = theme;
  const { width } = bodySize(app);
  if (statusError) return <ErrorMessage error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (form.splits.length === 0) {
    return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  }
  const splits = form.splits.map((split, index) => {
    const total = status.datasets.find((dataset) => dataset.split === split)?.trainImages ?? 0;
    const text = `${radio(index === form.choice, theme)} ${alignLeft(split, 9)}${alignRight(`${splitLabels(split).length} classes`, 10)}  ${images(total)}`;
    return row(form.focus === index, clip(text, width - 2, glyphs.ellipsis), theme);
  });
  const resumed = form.resume ? resumable(form) : undefined;
  const values: Record<Field, [name: string, value: string]> = {
    architecture: ['Network', form.architecture],
    epochs: ['Epochs', resumed ? 'as set when the run started' : String(form.epochs)],
    resume: ['Start', resumed ? `resume after epoch ${resumed.training?.epochs ?? 0}` : 'from scratch'],
  };
  const fields = visibleFields(form).map((field) => {
    const [name, value] = values[field];
    return choiceRow(focusedField(form) === field, name, value, NAME_WIDTH, theme);
  });
  const old = replaced(form);
  const date = old?.training ? ` of ${day(old.training.date)}` : '';
  return (
    <Box flexDirection="column">
      <Text>{theme.paint('dim', 'Split (training images)')}</Text>
      <Lines lines={splits} />
      <Box marginTop={1}>
        <Lines lines={fields} />
      </Box>
      <Box marginTop={1} flexDirection="column">
        <Text wrap="truncate">{`${focusedHelp(form)}.`}</Text>
        {old ? <Text wrap="truncate">{`Replaces the model ${old.name}${date} after the first epoch.`}</Text> : null}
        <Text wrap="truncate">{theme.paint('dim', `Engine: ${status.device}`)}</Text>
        <Text wrap="truncate">
          {theme.paint('dim', 'One tenth of the images is held out for validation. Test images are not used.')}
        </Text>
      </Box>
    </Box>
  );
}
