import { Box } from 'ink';
import type { ReactNode } from 'react';
import { fetchEstimateText, spaceWarning } from '../../../app/estimate-fetch.ts';
import { count } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf } from '../../../app/text-layout.ts';
import type { DatasetStatus } from '../../../core/dataset/dataset-store.ts';
import type { FetchEstimate } from '../../../core/dataset/fetch-estimate.ts';
import { splitLabels } from '../../../core/dataset/splits.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import { nextStep } from '../../components/next-step.ts';
import { noteLines } from '../../components/notes.ts';
import { radio, row } from '../../components/option-rows.ts';
import { fieldLine } from '../../components/text-field.ts';
import { type Estimate, useEstimate } from '../../hooks/use-estimate.ts';
import type { Theme } from '../../theme/theme.ts';
import { CHOICES, type Choice, type FetchForm, SOURCE_ROW, selectedChoice, sourceValue } from './fetch-form.ts';

const DESCRIPTIONS: Record<Choice, string> = {
  balanced: 'balanced digits and letters',
  byclass: 'digits and letters, unbalanced',
  bymerge: 'byclass, similar cases merged',
  letters: 'letters, cases merged',
  digits: 'digits',
  mnist: 'digits, as many as in MNIST',
  all: 'all six splits',
  'own data': 'your pictures, CSV, or IDX files',
};

/** The line below the heading of the list. */
export const LIST_TOP = 1;

/** The row of the form on a line, from `LIST_TOP`: a blank line is above the source field. */
export function rowOfLine(line: number): number | null {
  if (line >= 0 && line < CHOICES.length) return line;
  return line === CHOICES.length + 1 ? SOURCE_ROW : null;
}

/** What to fetch, and from where. */
export function FetchFormView({ form }: { form: FetchForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, services } = app;
  const { width, height } = bodySize(app);
  const isTyping = form.focus === SOURCE_ROW;
  const marked = selectedChoice(form);
  const choices = CHOICES.map((choice, index) => {
    const dataset = status?.datasets.find(({ split }) => split === choice);
    const text = `${radio(choice === marked, theme)} ${choiceText(choice, dataset, width - 4, theme)}`;
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
  const from = sourceValue(form);
  const options = marked === 'own data' ? null : { split: marked, from };
  // A server is only asked once its URL is complete.
  const estimate = useEstimate(options, services.estimateFetch, from ? 800 : 200);
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', 'Split (training + test images)'), ...choices]} />
      <Box marginTop={1}>
        <Lines lines={[`${row(isTyping, label, theme)}${field}`]} />
      </Box>
      <Box marginTop={1}>
        <Lines
          lines={noteLines(
            options ? estimateNotes(estimate, from, theme) : [nextStep('press Enter to choose your data.', theme)],
            width,
            height - CHOICES.length - 4,
          )}
        />
      </Box>
    </Box>
  );
}

/** What the fetch takes, and whether there is enough space. */
function estimateNotes(
  { value, isPending }: Estimate<FetchEstimate>,
  from: string | undefined,
  theme: Theme,
): string[] {
  if (isPending) return [theme.paint('dim', `Estimating the size${theme.glyphs.ongoing}`)];
  const warning = value && spaceWarning(value);
  const text = (value && fetchEstimateText(value)) ?? 'The size is not known before it starts.';
  return [
    theme.paint('strong', `${text.charAt(0).toUpperCase()}${text.slice(1)}`),
    warning ? theme.paint('warning', `${theme.glyphs.warning} Too little space: ${warning}.`) : '',
    from === undefined || /^https?:/i.test(from)
      ? theme.paint('dim', 'Downloads only what the split needs, if the server allows it.')
      : '',
  ];
}

/** The name of a split, its number of classes and images, and a description if there is room. */
function choiceText(choice: Choice, dataset: DatasetStatus | undefined, width: number, { glyphs }: Theme): string {
  const classes = choice === 'all' || choice === 'own data' ? '' : `${splitLabels(choice).length} classes`;
  const images =
    dataset && dataset.trainImages !== null && dataset.testImages !== null
      ? `${glyphs.tick} ${alignRight(count(dataset.trainImages), 7)} + ${alignRight(count(dataset.testImages), 7)}`
      : choice === 'all' || choice === 'own data'
        ? ''
        : `${glyphs.missing} not fetched`;
  const columns = `${alignLeft(choice, 9)}${alignRight(classes, 10)}  ${alignLeft(images, 20)}`;
  const text = `${columns} ${DESCRIPTIONS[choice]}`;
  return columnsOf(text) <= width ? text : columns;
}
