import { Box } from 'ink';
import type { ReactNode } from 'react';
import { count, decimal, duration, percent } from '../../../app/format.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { nextStep } from '../../components/next-step.ts';
import type { Theme } from '../../theme/theme.ts';
import { chartLines } from './train-charts.ts';
import { bestEpoch, type TrainState } from './train-state.ts';

const TITLES = { completed: 'Done', stopped: 'Stopped', interrupted: 'Interrupted' } as const;

/** The result of a training run, with its charts. */
export function TrainResult({ state }: { state: TrainState }): ReactNode {
  const app = useAppContext();
  const { width, height } = bodySize(app);
  const last = state.epochs.at(-1);
  if (state.phase === 'failed') {
    return (
      <Box flexDirection="column" marginTop={1}>
        <ErrorMessage error={state.error} />
        {last ? (
          <Lines
            lines={wrap(
              `The run can be resumed from the checkpoint of epoch ${last.epoch}: press r, then Enter.`,
              width,
            )}
          />
        ) : null}
      </Box>
    );
  }
  const lines = resultLines(state, app.theme).flatMap((line) => wrap(line, width));
  return (
    <Box flexDirection="column">
      <Lines lines={lines} />
      {last ? (
        <Box marginTop={1}>
          <Lines lines={chartLines(state, width, height - lines.length - 1, app.charts, app.theme)} />
        </Box>
      ) : null}
    </Box>
  );
}

function resultLines(state: TrainState, theme: Theme): string[] {
  const { glyphs } = theme;
  const { start, end } = state;
  const model = end?.model;
  const title = `${TITLES[end?.reason ?? 'completed']}.`;
  const mark = model ? theme.paint('good', glyphs.tick) : theme.paint('warning', glyphs.warning);
  const outcome = model
    ? `The model is ${theme.paint('strong', printable(model))}.`
    : 'No epoch was completed, so no model was saved.';
  const epochs = end ? `${end.epochs} of ${start?.epochs ?? end.epochs} epochs in ${duration(end.seconds)}.` : '';
  return [
    `${mark} ${theme.paint('strong', title)} ${outcome} ${epochs}`,
    ...accuracyLines(state, theme),
    nextStep(
      model
        ? `${hasEpochsLeft(state) ? 'press t to resume it, ' : 'press '}e to evaluate it on test images, or d to draw with it.`
        : 'press Enter to try again.',
      theme,
    ),
  ];
}

/** Whether the run was stopped before its end. */
function hasEpochsLeft({ start, end }: TrainState): boolean {
  return end !== null && !end.stoppedEarly && end.epochs < (start?.epochs ?? 0);
}

function accuracyLines(state: TrainState, theme: Theme): string[] {
  const { start, epochs } = state;
  const { trainingSample, validationSample } = theme.glyphs;
  const last = epochs.at(-1);
  const best = bestEpoch(state);
  if (!last || !best) return [];
  const training = `accuracy ${percent(last.accuracy, 2)}, loss ${decimal(last.loss)}`;
  const validation = `accuracy ${percent(last.validationAccuracy, 2)}, loss ${decimal(last.validationLoss)}`;
  const bestText = `Best validation accuracy: ${percent(best.validationAccuracy, 2)} after epoch ${best.epoch}`;
  return [
    `${theme.paint('training', `${trainingSample} Training  `)} ${training} on ${count(start?.trainImages ?? 0)} training images`,
    `${theme.paint('validation', `${validationSample} Validation`)} ${validation} on ${count(start?.validationImages ?? 0)} held-out images`,
    ...(best.epoch === last.epoch ? [] : [theme.paint('dim', bestText)]),
  ];
}
