import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { decimal, images, percent } from '../../../app/format.ts';
import { sourceName } from '../../../app/source-name.ts';
import { clip, printable } from '../../../app/text-layout.ts';
import { type AppContextValue, useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { joinColumns, Lines } from '../../components/lines.tsx';
import { longListEntry } from '../../components/long-list.ts';
import type { Theme } from '../../theme/theme.ts';
import { classLines, confusionLines } from './evaluate-list-lines.ts';
import { errorLists, type ResultLists } from './evaluate-lists.ts';
import type { EvaluateState } from './evaluate-state.ts';
import type { Evaluation } from './evaluation.ts';

/** Between the lists. */
const GAP = 4;

/** The accuracy, the worst classes and the most frequent confusions. */
export function EvaluateResult({ state, lists }: { state: EvaluateState; lists: ResultLists }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  const { end } = state;
  if (!end) return <Text>{`${theme.paint('warning', theme.glyphs.warning)} Canceled.`}</Text>;
  const { classes, confusions } = errorLists({ end });
  const place = { width: listWidth(width), height: listHeight(app, end) };
  const left = classLines(classes, { ...place, focus: lists.classes, isFocused: lists.focus === 'classes' }, theme);
  const right = confusionLines(
    confusions,
    { ...place, focus: lists.confusions, isFocused: lists.focus === 'confusions' },
    theme,
  );
  const columns = joinColumns(left, right, GAP, place.width);
  const isPerfect = confusions.length === 0 && end.accuracy === 1;
  return (
    <Box flexDirection="column">
      <Lines lines={headLines(end, width, theme)} />
      <Box marginTop={1}>
        <Lines lines={isPerfect ? ['Every image was read correctly.'] : columns} />
      </Box>
    </Box>
  );
}

function listWidth(width: number): number {
  return Math.floor((width - GAP) / 2);
}

/** The rows for each list, with its heading. */
export function listHeight(app: Pick<AppContextValue, 'columns' | 'rows' | 'theme'>, end: Evaluation['end']): number {
  const { width, height } = bodySize(app);
  return Math.max(2, height - headLines(end, width, app.theme).length - 1);
}

/** The row of one of the lists at a place in the body; null for none. */
export function rowAt(
  app: Pick<AppContextValue, 'columns' | 'rows' | 'theme'>,
  { end, lists }: { end: Evaluation['end']; lists: ResultLists },
  { line, column }: { line: number; column: number },
): { list: ResultLists['focus']; index: number } | null {
  const { width } = bodySize(app);
  const one = listWidth(width);
  const list = column < one ? 'classes' : column >= one + GAP ? 'confusions' : null;
  if (!list) return null;
  // Below the lines on all images, an empty line, and the heading of the list.
  const top = headLines(end, width, app.theme).length + 2;
  const shown = { length: errorLists({ end })[list].length, focus: lists[list] };
  const index = longListEntry(shown, listHeight(app, end) - 1, line - top);
  return index === null ? null : { list, index };
}

function headLines(end: Evaluation['end'], width: number, theme: Theme): string[] {
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
function remarks({ calibrationError, prior, restrictedTo, merged, unknown }: Evaluation['end']): string[] {
  const assumption = prior === 'split' ? 'the class frequencies of the training part' : 'equally likely classes';
  return [
    `Calibration error ${percent(calibrationError, 2)}, assuming ${assumption}.`,
    restrictedTo ? `Predictions restricted to ${restrictedTo}` : '',
    merged ? `Cases counted as one, because the model merges them: ${merged}` : '',
    unknown ? `Counted as errors, because the model has no class for them: ${unknown}` : '',
  ].filter(Boolean);
}
