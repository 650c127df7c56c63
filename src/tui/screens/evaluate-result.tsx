import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { count, decimal, images, percent } from '../../app/format.ts';
import { sourceName } from '../../app/source-name.ts';
import { alignLeft, alignRight, bar, clip, columnsOf, printable } from '../../app/text-layout.ts';
import type { EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { joinColumns, Lines } from '../components/lines.tsx';
import type { Theme } from '../theme/theme.ts';
import { type EvaluateState, worstClasses } from './evaluate-state.ts';

/** Columns of a label: 8 characters, of which few are wide. */
const MAX_LABEL_WIDTH = 10;
/** The shortest bar of a confusion. */
const MIN_BAR = 4;

type EndEvent = Extract<EvaluateEvent, { event: 'end' }>;

/** The accuracy, the worst classes and the most frequent confusions. */
export function EvaluateResult({ state }: { state: EvaluateState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  const { end } = state;
  if (!end) return <Text>{`${theme.paint('warning', theme.glyphs.warning)} Canceled.`}</Text>;
  const head = headLines(end, width, theme);
  const room = Math.max(1, height - head.length - 2);
  const columnWidth = Math.floor((width - 4) / 2);
  const worst = worstLines(end.perClass, columnWidth, room, theme);
  const confused = confusionLines(end.confusions, columnWidth, room, theme);
  const blank = ' '.repeat(columnWidth);
  const rows = Array.from({ length: Math.max(worst.length, confused.length) }, (_, index) => worst[index] ?? blank);
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      <Box marginTop={1}>
        <Lines lines={joinColumns(rows, confused, 4)} />
      </Box>
    </Box>
  );
}

function headLines(end: EndEvent, width: number, theme: Theme): string[] {
  const dot = `  ${theme.glyphs.separator}  `;
  const accuracy = theme.paint('good', theme.paint('strong', percent(end.accuracy, 2)));
  const caution = 'Measured on training images: expect a lower accuracy on new handwriting.';
  return [
    theme.paint(
      'strong',
      clip(`${end.model} on ${sourceName(end)}, ${images(end.images)}`, width, theme.glyphs.ellipsis),
    ),
    `Accuracy ${accuracy}${dot}top-5 accuracy ${percent(end.top5Accuracy, 2)}${dot}loss ${decimal(end.loss)}`,
    ...(end.part === 'train' ? [theme.paint('warning', clip(caution, width, theme.glyphs.ellipsis))] : []),
    ...(end.notKept === undefined
      ? []
      : [theme.paint('warning', clip(notKept(end.notKept), width, theme.glyphs.ellipsis))]),
    ...remarks(end).map((line) => theme.paint('dim', clip(line, width, theme.glyphs.ellipsis))),
  ];
}

function notKept(reason: string): string {
  return `Not kept with the model: ${printable(reason)}`;
}

/** How reliable the probabilities are, and how the classes of model and split were matched. */
function remarks({ calibrationError, prior, restrictedTo, merged, unknown }: EndEvent): string[] {
  const assumption = prior === 'split' ? 'the class frequencies of the training part' : 'equally likely classes';
  return [
    `Calibration error ${percent(calibrationError, 2)}, assuming ${assumption}.`,
    restrictedTo ? `Predictions restricted to ${restrictedTo}` : '',
    merged ? `Cases counted as one, because the model merges them: ${merged}` : '',
    unknown ? `Counted as errors, because the model has no class for them: ${unknown}` : '',
  ].filter(Boolean);
}

/** Lines of exactly `width` columns. */
function worstLines(perClass: EndEvent['perClass'], width: number, limit: number, theme: Theme): string[] {
  const worst = worstClasses(perClass, limit).map((one) => ({ ...one, label: printable(one.label) }));
  const labelWidth = 1 + Math.min(MAX_LABEL_WIDTH, Math.max(1, ...worst.map(({ label }) => columnsOf(label))));
  const lines = worst.map(({ label, accuracy, images: size }) => {
    const numbers = alignRight(percent(accuracy), 8) + alignRight(count(size), 8);
    const bars = bar(accuracy, width - labelWidth - numbers.length, theme.glyphs.bar);
    const name = alignLeft(alignLeft(label, labelWidth - 1, theme.glyphs.ellipsis), labelWidth);
    return `${theme.paint('strong', name)}${theme.paint('accent', bars)}${numbers}`;
  });
  return [theme.paint('dim', alignLeft('Worst classes', width - 8) + alignRight('images', 8)), ...lines];
}

function confusionLines(confusions: EndEvent['confusions'], width: number, limit: number, theme: Theme): string[] {
  const maximum = confusions[0]?.count ?? 1;
  const lines = confusions.slice(0, limit).map(({ truth, predicted, count: times }) => {
    const numbers = alignRight(count(times), 7);
    const text = clip(
      `${printable(truth)} read as ${printable(predicted)} `,
      width - numbers.length - MIN_BAR,
      theme.glyphs.ellipsis,
    );
    const bars = bar(times / maximum, width - columnsOf(text) - numbers.length, { ...theme.glyphs.bar, empty: ' ' });
    return `${text}${theme.paint('warning', bars)}${numbers}`;
  });
  return [theme.paint('dim', alignLeft('Most frequent confusions', width - 7) + alignRight('count', 7)), ...lines];
}
