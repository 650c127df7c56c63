import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { day, images } from '../../app/format.ts';
import { alignLeft, alignRight, clip } from '../../app/text-layout.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { Lines } from '../components/lines.tsx';
import { choiceRow, row } from '../components/option-rows.ts';
import {
  ARCHITECTURES,
  type Field,
  fieldsOf,
  focusedField,
  replaced,
  resumable,
  type TrainForm,
} from './train-form.ts';

const NAME_WIDTH = 12;

/** What to train with. */
export function TrainFormView({ form }: { form: TrainForm }): ReactNode {
  const app = useAppContext();
  const { theme, status } = app;
  const { glyphs } = theme;
  const { width } = bodySize(app);
  if (!status) return <Text>{theme.paint('dim', 'Looking at what is there')}</Text>;
  if (form.splits.length === 0) {
    return (
      <Box flexDirection="column">
        <Text>There are no images to train with yet.</Text>
        <Text>{`${theme.paint('accent', `${glyphs.arrow} Next:`)} f (or Enter) gets them.`}</Text>
      </Box>
    );
  }
  const splits = form.splits.map((split, index) => {
    const total = status.datasets.find((dataset) => dataset.split === split)?.trainImages ?? 0;
    const mark = alignLeft(index === form.choice ? glyphs.radioOn : glyphs.radioOff, glyphs.radioOn.length);
    const text = `${mark} ${alignLeft(split, 9)}${alignRight(`${splitLabels(split).length} classes`, 10)}  ${images(total)}`;
    return row(form.focus === index, clip(text, width - 2, glyphs.ellipsis), theme);
  });
  const architecture = ARCHITECTURES[form.architecture]!;
  const goingOn = resumable(form);
  const values: Record<Field, [name: string, value: string]> = {
    architecture: ['Network', `${architecture.name} (${architecture.what})`],
    epochs: ['Epochs', goingOn && form.resume ? 'as many as it was requested with' : String(form.epochs)],
    begin: ['Begin', form.resume ? `go on after epoch ${goingOn?.training?.epochs ?? 0}` : 'anew'],
  };
  const fields = fieldsOf(form).map((field) => {
    const [name, value] = values[field];
    return choiceRow(focusedField(form) === field, name, value, NAME_WIDTH, theme);
  });
  const old = replaced(form);
  const since = old?.training ? ` of ${day(old.training.date)}` : '';
  return (
    <Box flexDirection="column">
      <Text>{theme.paint('dim', 'Which images')}</Text>
      <Lines lines={splits} />
      <Box marginTop={1}>
        <Lines lines={fields} />
      </Box>
      <Box marginTop={1} flexDirection="column">
        {old ? <Text wrap="truncate">{`Replaces the model ${old.name}${since} after the first epoch.`}</Text> : null}
        <Text wrap="truncate">{theme.paint('dim', `Runs on: ${status.device}`)}</Text>
        <Text wrap="truncate">
          {theme.paint('dim', 'One tenth of the images is kept for validation; the test images are never used here.')}
        </Text>
      </Box>
    </Box>
  );
}
