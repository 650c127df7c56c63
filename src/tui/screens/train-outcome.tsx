import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { bodySize } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Problem } from '../components/problem.tsx';
import { count, decimal, duration, images, percent } from '../format.ts';
import { useShell } from '../shell.ts';
import { bestEpoch, type TrainState } from './train-state.ts';
import { chartLines } from './train-view.tsx';

/** One line for the summary that stays on the normal screen. */
export function outcomeLine({ start, end, split }: TrainState): string {
  if (!end || end.model === null || end.validationAccuracy === null) {
    return `The training on ${split} ended before its first epoch: no model was written.`;
  }
  const how = { completed: 'Trained', stopped: 'Stopped training', interrupted: 'Interrupted training' }[end.reason];
  const measured = `validation accuracy ${percent(end.validationAccuracy)} (${images(start?.validationImages ?? 0)} kept from the training part)`;
  return `${how} ${end.model}: ${end.epochs} of ${start?.epochs ?? end.epochs} epochs, ${measured}, ${duration(end.seconds)}.`;
}

/** What came of a training. */
export function TrainOutcome({ state }: { state: TrainState }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { glyphs } = theme;
  const { width, height } = bodySize(shell);
  const { start, end, epochs } = state;
  if (state.phase === 'failed') {
    return (
      <Box flexDirection="column" marginTop={1}>
        <Problem error={state.error} />
        {epochs.length > 0 ? (
          <Text>{`The checkpoint of epoch ${epochs.at(-1)!.epoch} is kept: training can go on from there.`}</Text>
        ) : null}
      </Box>
    );
  }
  const last = epochs.at(-1);
  const best = bestEpoch(state);
  const title = { completed: 'Done', stopped: 'Stopped', interrupted: 'Interrupted' }[end?.reason ?? 'completed'];
  const good = end?.model !== null;
  const lines = [
    `${theme.paint(good ? 'good' : 'warning', good ? glyphs.present : glyphs.warning)} ${theme.paint('strong', `${title}.`)} ${
      end?.model ? `The model is ${theme.paint('strong', end.model)}.` : 'No epoch was finished: no model was written.'
    } ${end ? `${end.epochs} of ${start?.epochs ?? end.epochs} epochs in ${duration(end.seconds)}.` : ''}`,
    ...(last && best
      ? [
          `${theme.paint('training', `${glyphs.trainingSample} Training  `)} accuracy ${percent(last.accuracy)}, loss ${decimal(last.loss)} on ${count(start?.trainImages ?? 0)} images it learned from`,
          `${theme.paint('validation', `${glyphs.validationSample} Validation`)} accuracy ${percent(last.validationAccuracy)}, loss ${decimal(last.validationLoss)} on ${count(start?.validationImages ?? 0)} images it did not`,
          ...(best.epoch === last.epoch
            ? []
            : [
                theme.paint(
                  'dim',
                  `Best validation accuracy: ${percent(best.validationAccuracy)} after epoch ${best.epoch}`,
                ),
              ]),
        ]
      : []),
    end?.model
      ? `${theme.paint('accent', `${glyphs.arrow} Next:`)} e measures it on test images; d draws with it.`
      : `${theme.paint('accent', `${glyphs.arrow} Next:`)} Enter trains again.`,
  ];
  return (
    <Box flexDirection="column">
      <Lines lines={lines} />
      {epochs.length > 0 ? (
        <Box marginTop={1}>
          <Lines lines={chartLines(state, width, height - lines.length - 1, theme)} />
        </Box>
      ) : null}
    </Box>
  );
}
