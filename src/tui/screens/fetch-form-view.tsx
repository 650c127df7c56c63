import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count } from '../../app/format.ts';
import { alignLeft, alignRight, clip } from '../../app/text-layout.ts';
import type { DatasetStatus } from '../../core/dataset/dataset-store.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { Lines } from '../components/lines.tsx';
import { radio, row } from '../components/option-rows.ts';
import { fieldLine } from '../components/text-field.ts';
import type { Theme } from '../theme/theme.ts';
import { CHOICES, type Choice, type FetchForm, SOURCE_ROW } from './fetch-form.ts';

const DESCRIPTIONS: Record<Choice, string> = {
  balanced: 'balanced digits and letters',
  byclass: 'digits and letters, unbalanced',
  bymerge: 'byclass, similar cases merged',
  letters: 'letters, cases merged',
  digits: 'digits',
  mnist: 'digits, as many as in MNIST',
  all: 'all six splits',
};

/** What to fetch, and from where. */
export function FetchFormView({ form }: { form: FetchForm }): ReactNode {
  const app = useAppContext();
  const { theme, status } = app;
  const { width } = bodySize(app);
  const isTyping = form.focus === SOURCE_ROW;
  const choices = CHOICES.map((choice, index) => {
    const dataset = status?.datasets.find(({ split }) => split === choice);
    const text = `${radio(index === form.choice, theme)} ${choiceText(choice, dataset, theme)}`;
    return row(form.focus === index, clip(text, width - 2, theme.glyphs.ellipsis), theme);
  });
  const label = 'From  ';
  const field = fieldLine(
    form.source,
    width - label.length - 3,
    isTyping,
    'NIST (or type or paste a URL or the path of a zip file)',
    theme,
  );
  const note = 'Downloads only what the split needs (about 30 MB for balanced), if possible.';
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', 'Split (training + test images)'), ...choices]} />
      <Box marginTop={1}>
        <Lines lines={[`${row(isTyping, label, theme)}${field}`]} />
      </Box>
      <Box marginTop={1}>
        <Lines lines={[theme.paint('dim', clip(note, width, theme.glyphs.ellipsis))]} />
      </Box>
    </Box>
  );
}

/** The name of a split, its number of classes and images, and a description. */
function choiceText(choice: Choice, dataset: DatasetStatus | undefined, { glyphs }: Theme): string {
  const classes = choice === 'all' ? '' : `${splitLabels(choice).length} classes`;
  const images =
    dataset && dataset.trainImages !== null && dataset.testImages !== null
      ? `${glyphs.tick} ${count(dataset.trainImages)} + ${count(dataset.testImages)}`
      : choice === 'all'
        ? ''
        : `${glyphs.missing} not fetched`;
  return `${alignLeft(choice, 9)}${alignRight(classes, 10)}  ${alignLeft(images, 20)} ${DESCRIPTIONS[choice]}`;
}
