import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { ModelStatus } from '../../app/services.ts';
import { sourceName } from '../../app/source-name.ts';
import type { Part } from '../../core/dataset/splits.ts';
import type { EvaluateEvent } from '../../core/evaluation/evaluate-event.ts';
import { bar } from '../charts/bar.ts';
import { bodySize } from '../components/frame.tsx';
import { beside, Lines } from '../components/lines.tsx';
import { choiceRow, row, visibleRange } from '../components/option-rows.ts';
import { Problem } from '../components/problem.tsx';
import { count, decimal, images, percent } from '../format.ts';
import { useShell } from '../shell.ts';
import { alignLeft, alignRight, clip } from '../text.ts';
import type { Theme } from '../theme.ts';
import { type EvaluateForm, type EvaluateState, PART_CHOICES, worstClasses } from './evaluate-state.ts';
import { modelHeading, modelLine } from './model-line.ts';

/** What to measure, and on what. */
export function EvaluateFormView({ form }: { form: EvaluateForm }): ReactNode {
  const shell = useShell();
  const { theme, status } = shell;
  const { width, height } = bodySize(shell);
  if (!status) return <Text>{theme.paint('dim', 'Looking at what is there')}</Text>;
  const split = form.splits[form.split];
  const next = theme.paint('accent', `${theme.glyphs.arrow} Next:`);
  if (form.models.length === 0) return <Text>{`There is no model yet. ${next} t trains one.`}</Text>;
  if (!split) return <Text>{`There are no images to measure with yet. ${next} f gets them.`}</Text>;
  const dataset = status.datasets.find((candidate) => candidate.split === split);
  const part = PART_CHOICES[form.part]!;
  const size = (part === 'test' ? dataset?.testImages : dataset?.trainImages) ?? 0;
  const { from, to } = visibleRange(form.models.length, Math.min(form.focus, form.models.length - 1), height - 7);
  const mark = (index: number) =>
    alignLeft(index === form.choice ? theme.glyphs.chosen : theme.glyphs.unchosen, theme.glyphs.chosen.length);
  const models = form.models.slice(from, to).map((model, offset) => {
    const index = from + offset;
    const text = `${mark(index)} ${modelLine(model, width - 4 - theme.glyphs.chosen.length, theme)}`;
    return row(form.focus === index, text, theme);
  });
  return (
    <Box flexDirection="column">
      <Text>{theme.paint('dim', `    ${modelHeading(width - 4)}`)}</Text>
      <Lines lines={models} />
      <Box marginTop={1}>
        <Lines
          lines={[
            choiceRow(form.focus === form.models.length, 'Split', split, 8, theme),
            choiceRow(form.focus === form.models.length + 1, 'Part', `${part} (${images(size)})`, 8, theme),
          ]}
        />
      </Box>
      <Box marginTop={1}>
        <Text wrap="truncate">{theme.paint('dim', caution(part, form.models[form.choice]!))}</Text>
      </Box>
    </Box>
  );
}

function caution(part: Part, { training }: ModelStatus): string {
  if (part === 'train') return 'Careful: a model knows its training images.';
  return training ? 'No test image was used in training.' : 'Whether it was trained on test images is not known.';
}

/** How far the evaluation is. */
export function EvaluateProgress({ state }: { state: EvaluateState }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { width } = bodySize(shell);
  const { about, images: done, total, imagesPerSecond } = state;
  if (!about) return <Text>{theme.paint('dim', 'Starting: reading the images')}</Text>;
  return (
    <Lines
      lines={[
        `Measuring ${theme.paint('strong', about.model)} on ${about.source}`,
        theme.paint('accent', bar(total > 0 ? done / total : 0, Math.min(100, width), theme.glyphs)),
        `${count(done)} of ${images(total)}  ${theme.glyphs.separator}  ${count(imagesPerSecond)} images/s`,
      ]}
    />
  );
}

/** The numbers, the worst classes and what is taken for what. */
export function EvaluateOutcome({ state }: { state: EvaluateState }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { width, height } = bodySize(shell);
  if (state.phase === 'failed') return <Problem error={state.error} />;
  const { end } = state;
  if (!end) return <Text>{`${theme.paint('warning', theme.glyphs.warning)} Canceled.`}</Text>;
  const about = `${end.model} on ${sourceName(end)}, ${images(end.images)}`;
  const dot = `  ${theme.glyphs.separator}  `;
  const numbers = `Accuracy ${theme.paint('good', theme.paint('strong', percent(end.accuracy)))}${dot}among the first five ${percent(
    end.top5Accuracy,
  )}${dot}loss ${decimal(end.loss)}`;
  const caution =
    end.part === 'train'
      ? [theme.paint('warning', 'These are training images: new handwriting is read less well.')]
      : [];
  const head = [theme.paint('strong', about), numbers, ...caution, ...remarks(end, width, theme)];
  const room = Math.max(1, height - head.length - 2);
  const columnWidth = Math.floor((width - 4) / 2);
  const worst = worstLines(end.perClass, columnWidth, room, theme);
  const confused = confusionLines(end.confusions, columnWidth, room, theme);
  const blank = ' '.repeat(columnWidth);
  const length = Math.max(worst.length, confused.length);
  const padded = Array.from({ length }, (_, index) => worst[index] ?? blank);
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      <Box marginTop={1}>
        <Lines lines={beside(padded, confused, 4)} />
      </Box>
    </Box>
  );
}

/** How far its probabilities are right, and how the classes of the model and of the split were made to meet. */
function remarks(
  { calibrationError, prior, restrictedTo, merged, unknown }: EndEvent,
  width: number,
  theme: Theme,
): string[] {
  const lines = [
    `Calibration error ${percent(calibrationError)}${prior === 'split' ? ', with classes as frequent as in the training part' : ''}.`,
    restrictedTo ? `Answers were restricted to ${restrictedTo}.` : '',
    merged ? `Counted with their other case, which the model does not tell apart: ${merged}` : '',
    unknown ? `Wrong on all, since the model has no class for them: ${unknown}` : '',
  ];
  return lines.filter(Boolean).map((line) => theme.paint('dim', clip(line, width, theme.glyphs.ellipsis)));
}

type EndEvent = Extract<EvaluateEvent, { event: 'end' }>;

/** Each line of exactly `width`. */
function worstLines(perClass: EndEvent['perClass'], width: number, room: number, theme: Theme): string[] {
  const lines = worstClasses(perClass, room).map(({ label, accuracy, images: size }) => {
    const numbers = alignRight(percent(accuracy, 1), 8) + alignRight(count(size), 7);
    const bars = bar(accuracy, width - 2 - numbers.length, theme.glyphs);
    return `${theme.paint('strong', alignLeft(label, 2))}${theme.paint('accent', bars)}${numbers}`;
  });
  return [theme.paint('dim', alignLeft('Worst classes', width - 7) + alignRight('images', 7)), ...lines];
}

function confusionLines(confusions: EndEvent['confusions'], width: number, room: number, theme: Theme): string[] {
  const most = confusions[0]?.count ?? 1;
  const lines = confusions.slice(0, room).map(({ truth, predicted, count: times }) => {
    const text = `${truth} read as ${predicted} `;
    const numbers = alignRight(count(times), 7);
    const bars = bar(times / most, width - text.length - numbers.length, theme.glyphs, ' ');
    return `${text}${theme.paint('warning', bars)}${numbers}`;
  });
  return [theme.paint('dim', alignLeft('Most frequent confusions', width - 7) + alignRight('times', 7)), ...lines];
}
