import { Box } from 'ink';
import type { ReactNode } from 'react';
import { bar } from '../charts/bar.ts';
import { lineChart } from '../charts/line-chart.ts';
import { bodySize } from '../components/frame.tsx';
import { beside, Lines, painted } from '../components/lines.tsx';
import { count, decimal, duration, percent } from '../format.ts';
import { useShell } from '../shell.ts';
import { alignLeft, alignRight, clip } from '../text.ts';
import type { Theme } from '../theme.ts';
import {
  bestEpoch,
  currentEpoch,
  epochShare,
  secondsLeft,
  shownEpochs,
  type TrainState,
  totalShare,
} from './train-state.ts';

/** A training while it goes on: how far it is, the numbers, and both charts. */
export function TrainProgress({ state }: { state: TrainState }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { width, height } = bodySize(shell);
  if (!state.start) return <Lines lines={[theme.paint('dim', 'Starting: reading the images')]} />;
  const head = progressLines(state, width, theme);
  const room = height - head.length - 1;
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      <Box marginTop={1}>
        <Lines lines={chartLines(state, width, room, theme)} />
      </Box>
    </Box>
  );
}

/** Both charts in exactly that room: beside each other when it is wide enough, else one above the other. */
export function chartLines(state: TrainState, width: number, height: number, theme: Theme): string[] {
  const range = shownEpochs(state);
  const loss = {
    ...range,
    title: 'Loss',
    training: state.loss,
    validation: state.epochs.map(({ epoch, validationLoss }) => ({ x: epoch, y: validationLoss })),
    format: (value: number) => value.toFixed(2),
    farSide: 'high',
    lowest: 0,
  } as const;
  const accuracy = {
    ...range,
    title: 'Accuracy',
    training: state.accuracy,
    validation: state.epochs.map(({ epoch, validationAccuracy }) => ({ x: epoch, y: validationAccuracy })),
    format: (value: number) => `${Math.round(value * 100)}%`,
    farSide: 'low',
    lowest: 0,
    highest: 1,
  } as const;
  const wide = width >= 72 || height < 14;
  if (!wide) {
    const upper = Math.floor(height / 2);
    return [
      ...painted(lineChart(accuracy, width, height - upper, theme.glyphs), theme),
      ...painted(lineChart(loss, width, upper, theme.glyphs), theme),
    ];
  }
  const gap = 3;
  const left = Math.floor((width - gap) / 2);
  return beside(
    painted(lineChart(accuracy, left, height, theme.glyphs), theme),
    painted(lineChart(loss, width - gap - left, height, theme.glyphs), theme),
    gap,
  );
}

function progressLines(state: TrainState, width: number, theme: Theme): string[] {
  const start = state.start!;
  const { batch, paused, stopping, validating } = state;
  const { separator, ellipsis } = theme.glyphs;
  const dot = ` ${separator} `;
  const about = [
    `${start.split}${dot}${start.architecture}`,
    `${count(start.parameters)} parameters`,
    `${count(start.trainImages)} images to train, ${count(start.validationImages)} to validate`,
    start.device,
  ].join(dot);
  const doing = stopping === 'batch' ? 'stopping' : paused ? 'paused' : validating ? 'validating' : 'training';
  const mood = `${doing}${stopping === 'epoch' ? ', last epoch' : ''}`;
  const moodStyle = paused || stopping ? 'warning' : 'good';
  const left = `${duration(secondsLeft(state))} left`;
  const label = 8;
  const side = 26;
  const barWidth = Math.max(8, width - label - 12 - side);
  const line = (name: string, of: string, share: number, style: 'accent' | 'training' | 'validation', note: string) =>
    `${alignLeft(name, label)}${alignRight(of, 10)} ${theme.paint(style, bar(share, barWidth, theme.glyphs))} ${note}`;
  const second = validating
    ? line(
        'Checking',
        '',
        validating.images / validating.total,
        'validation',
        `${count(validating.imagesPerSecond)} images/s`,
      )
    : line(
        'Batch',
        batch ? `${count(batch.batch)}/${count(batch.batches)}` : '-',
        epochShare(state),
        'training',
        batch ? `${count(batch.imagesPerSecond)} images/s` : '',
      );
  const epoch = `${currentEpoch(state)}/${start.epochs}`;
  return [
    theme.paint('dim', clip(about, width, ellipsis)),
    line('Epoch', epoch, totalShare(state), 'accent', `${theme.paint(moodStyle, mood)}${dot}${left}`),
    second,
    `${theme.paint('training', `${theme.glyphs.trainingSample} ${alignLeft('Training', 10)}`)} loss ${decimal(batch?.loss ?? null)}  accuracy ${accuracyText(
      batch?.accuracy,
    )}  ${theme.paint('dim', `learning rate ${batch ? Number(batch.learningRate.toPrecision(3)) : '-'}`)}`,
    validationLine(state, theme),
  ];
}

function validationLine(state: TrainState, theme: Theme): string {
  const latest = state.epochs.at(-1);
  const name = theme.paint('validation', `${theme.glyphs.validationSample} ${alignLeft('Validation', 10)}`);
  if (!latest) return `${name} ${theme.paint('dim', 'comes at the end of the epoch')}`;
  const best = bestEpoch(state)!;
  const bestText =
    best.epoch === latest.epoch ? 'the best so far' : `best ${percent(best.validationAccuracy)} (epoch ${best.epoch})`;
  return `${name} loss ${decimal(latest.validationLoss)}  accuracy ${percent(latest.validationAccuracy)}  ${theme.paint('dim', bestText)}`;
}

function accuracyText(value: number | undefined): string {
  return value === undefined ? '-' : percent(value);
}
