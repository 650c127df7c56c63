import { percent } from '../../app/format.ts';
import { lineChart } from '../charts/line-chart.ts';
import { joinColumns, paintLines } from '../components/lines.tsx';
import type { Theme } from '../theme/theme.ts';
import { type TrainState, visibleEpochs } from './train-state.ts';

const GAP = 3;

/** The charts of accuracy and loss in exactly `width` x `height` cells: side by side if there is room, else stacked. */
export function chartLines(state: TrainState, width: number, height: number, theme: Theme): string[] {
  const range = visibleEpochs(state);
  const loss = {
    ...range,
    title: 'Loss',
    training: state.loss,
    validation: state.epochs.map(({ epoch, validationLoss }) => ({ x: epoch, y: validationLoss })),
    format: (value: number, decimals: number) => value.toFixed(decimals),
    farSide: 'high',
    lowest: 0,
  } as const;
  const accuracy = {
    ...range,
    title: 'Accuracy',
    training: state.accuracy,
    validation: state.epochs.map(({ epoch, validationAccuracy }) => ({ x: epoch, y: validationAccuracy })),
    format: (value: number, decimals: number) => percent(value, Math.max(0, decimals - 2)),
    farSide: 'low',
    lowest: 0,
    highest: 1,
  } as const;
  const sideBySide = width >= 72 || height < 14;
  if (!sideBySide) {
    const lower = Math.floor(height / 2);
    return [
      ...paintLines(lineChart(accuracy, width, height - lower, theme.glyphs), theme),
      ...paintLines(lineChart(loss, width, lower, theme.glyphs), theme),
    ];
  }
  const left = Math.floor((width - GAP) / 2);
  return joinColumns(
    paintLines(lineChart(accuracy, left, height, theme.glyphs), theme),
    paintLines(lineChart(loss, width - GAP - left, height, theme.glyphs), theme),
    GAP,
  );
}
