import { expect, test } from 'vitest';
import type { ChartLook } from '../../src/tui/charts/chart-data.ts';
import { recordChart, recordsOverlay } from '../../src/tui/charts/record-charts.ts';
import type { StyledLine } from '../../src/tui/charts/styled-line.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';
import { trainingRecord } from '../helpers/training-record.ts';

const theme = createTheme({ colors: 'none', background: 'dark', unicode: true });
const LINEAR: ChartLook = { style: 'braille', scale: 'linear' };
const LOG: ChartLook = { style: 'braille', scale: 'log' };
const textOf = (lines: readonly StyledLine[]) => lines.map((line) => line.map(({ text }) => text).join(''));

/** A run of five epochs, of which the fourth is the best. */
function recorded(best = 0.9) {
  const history = [1, 2, 3, 4, 5].map((epoch) => ({
    ...{ epoch, loss: 1 / epoch, accuracy: 0.8, validationLoss: 0.5 + 1 / epoch, seconds: 1, imagesPerSecond: 1 },
    validationAccuracy: best - Math.abs(epoch - 4) / 50,
  }));
  const points = Array.from({ length: 50 }, (_, index) => index / 10);
  return trainingRecord({
    ...{ epochs: 5, keptEpoch: 5, history },
    curve: {
      span: 0.1,
      loss: points.map((x) => (x === 2 ? null : 2 * Math.exp(-x))),
      accuracy: points.map((x) => 0.9 - 0.5 * Math.exp(-x)),
      learningRate: points.map((x) => 0.001 * (1 - x / 5)),
    },
  });
}

test('a record is drawn from its first to its last epoch, with its best one marked', () => {
  const chart = textOf(recordChart(recorded(), 'accuracy', 70, 14, LINEAR, theme)!);
  expect(chart).toHaveLength(14);
  expect(chart[0]).toMatch(/^Accuracy {2}── training {2}◆ validation {2}★ best 90\.00%/);
  expect(chart.slice(1).join('').split('◆').length - 1).toBe(4);
  expect(chart.join('\n')).toMatch(/[⠁-⣿]/u);
  expect(chart.at(-1)).toMatch(/ 0 .*1 .*2 .*3 .*epoch 5$/);
  expect(textOf(recordChart(recorded(), 'accuracy', 70, 14, LOG, theme)!)[0]).toMatch(/^Error, log .*best 10\.00%/);
  expect(textOf(recordChart(recorded(), 'loss', 70, 14, LINEAR, theme)!)[0]).toMatch(/^Loss .*best 0\.750/);
  expect(textOf(recordChart(recorded(), 'learningRate', 70, 14, LINEAR, theme)!)[0]).toMatch(/^Learning rate *$/);
});

test('a record without history has no chart', () => {
  expect(recordChart(trainingRecord(), 'loss', 70, 14, LINEAR, theme)).toBeNull();
});

test('records are laid over each other, in errors on a logarithmic axis', () => {
  const runs = [
    { name: 'first', record: recorded() },
    { name: 'second', record: recorded(0.99) },
    { name: 'old', record: trainingRecord() },
  ];
  const chart = textOf(recordsOverlay(runs, 'accuracy', 76, 14, LINEAR, theme));
  expect(chart[0]).toMatch(/^Validation: accuracy {2}◆ first {2}● second {2}▲ old/);
  const plot = chart.slice(1).join('');
  expect([...'◆●▲'].map((mark) => plot.split(mark).length - 1)).toEqual([5, 5, 0]);
  const errors = textOf(recordsOverlay(runs, 'accuracy', 76, 14, LOG, theme));
  expect(errors[0]).toMatch(/^Validation: error, log/);
  expect(errors.join('\n')).toMatch(/^ *10%┤/m);
});
