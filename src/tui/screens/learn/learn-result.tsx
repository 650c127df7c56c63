import { Box } from 'ink';
import type { ReactNode } from 'react';
import { counted, decimal, duration, images, percent } from '../../../app/format.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import type { Comparison } from '../../../core/training/learn-event.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { nextStep } from '../../components/next-step.ts';
import type { Theme } from '../../theme/theme.ts';
import { learnChart } from './learn-charts.ts';
import type { LearnEnd, LearnState } from './learn-state.ts';

/** The line for the summary that the app prints on exit. */
export function summaryLine({ model, from, samples, own }: LearnEnd): string {
  const what = `from ${counted(samples, 'sample')}`;
  if (model === null) return `Learned nothing new ${what}: ${from} is unchanged.`;
  const accuracy = own.before === null || own.after === null ? '' : ` ${ownText(own)}`;
  return `Learned ${model} ${what}.${accuracy}`;
}

/** The result of learning, with its chart. */
export function LearnResult({ state }: { state: LearnState }): ReactNode {
  const app = useAppContext();
  const { width, height } = bodySize(app);
  const { end, choiceError } = state;
  if (state.phase === 'failed' || !end) return <ErrorMessage error={state.error} />;
  const lines = resultLines(state, end, app.theme).flatMap((line) => wrap(line, width));
  // An error takes the room of the chart.
  const room = height - lines.length - 1;
  return (
    <Box flexDirection="column">
      <Lines lines={lines} />
      <Box marginTop={1}>
        {choiceError === null ? null : <ErrorMessage error={choiceError} />}
        {choiceError === null && state.epochs.length > 1 ? (
          <Lines lines={learnChart(state, width, room, app.charts, app.theme)} />
        ) : null}
      </Box>
    </Box>
  );
}

function resultLines(state: LearnState, end: LearnEnd, theme: Theme): string[] {
  const { glyphs, paint } = theme;
  const { model, from, seconds } = end;
  const mark = model ? paint('good', glyphs.tick) : paint('warning', glyphs.warning);
  const parent = printable(from);
  if (model === null) {
    const isComplete = end.reason === 'completed';
    return [
      `${mark} ${paint('strong', isComplete ? 'Not accepted:' : 'Stopped.')} ${isComplete ? refusal(end) : 'Nothing was saved.'}`,
      ...comparisonLines(state, end, theme),
      `${parent} is unchanged.`,
      nextStep(isComplete ? 'press p to practice more, then learn again.' : 'press Enter to start over.', theme),
    ];
  }
  const isUsed = state.used === 'new';
  return [
    `${mark} ${paint('strong', 'Learned')} in ${duration(seconds)}. The new model is ${paint('strong', printable(model))}.${isUsed ? ' It is now the default.' : ''}`,
    ...comparisonLines(state, end, theme),
    ...(isUsed ? [] : [`${parent} is now the default. The new model is kept.`]),
    nextStep(
      isUsed ? `press d to draw with it, or u to go back to ${parent}.` : 'press u to use the new model.',
      theme,
    ),
  ];
}

/** Why the new model was not accepted. */
function refusal({ own, general }: LearnEnd): string {
  const lost = (general.before ?? 0) - (general.after ?? 0);
  const isBetter = own.before !== null && own.after !== null && own.after > own.before;
  if (!isBetter && own.count > 0) return 'it reads your held-out samples no better than before.';
  return `in general, its accuracy is ${decimal(100 * lost, 1)} points lower.`;
}

function comparisonLines({ start }: LearnState, { own, general }: LearnEnd, { glyphs, paint }: Theme): string[] {
  const isGenerated = start?.replay === 'generated drawings';
  const ofGeneral = isGenerated ? counted(general.count, 'generated drawing') : images(general.count);
  const line = (name: string, { before, after }: Comparison, of: string) =>
    before === null || after === null
      ? []
      : [`${name}  ${percent(before)} ${glyphs.arrow} ${paint('strong', percent(after))}  ${paint('dim', of)}`];
  return [
    ...line(
      paint('training', `${glyphs.trainingSample} Your samples`),
      own,
      `of ${counted(own.count, 'held-out sample')}`,
    ),
    ...line(paint('validation', `${glyphs.validationSample} In general  `), general, `of ${ofGeneral}`),
  ];
}

function ownText({ before, after, count }: Comparison): string {
  return `Accuracy on ${counted(count, 'held-out sample')} went from ${percent(before ?? 0)} to ${percent(after ?? 0)}.`;
}
