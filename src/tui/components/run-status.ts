import { percent, timeLeft } from '../../app/format.ts';
import { columnsOf, printable } from '../../app/text-layout.ts';
import { bestEpoch, currentEpoch, secondsLeft, type TrainState, totalShare } from '../screens/train/train-state.ts';
import type { Style, Theme } from '../theme/theme.ts';
import type { SessionStatus } from '../training-session.ts';
import { fittingParts } from './fitting-parts.ts';

/** What is to be said about a training run on the other screens. */
export interface RunStatus {
  readonly mark: string;
  readonly style: Style;
  /** The most important first. */
  readonly parts: readonly string[];
}

/** The status of a run in the background; null without one, and once its result has been seen. */
export function runStatus({ state, model, isSeen }: SessionStatus, { glyphs }: Theme): RunStatus | null {
  const name = printable(model);
  switch (state.phase) {
    case 'form':
      return null;
    case 'running': {
      const style = state.paused || state.stopping ? 'warning' : 'good';
      return { mark: glyphs.dots.right, style, parts: [name, ...progressParts(state)] };
    }
    case 'done': {
      if (isSeen) return null;
      const accuracy = state.end?.validationAccuracy ?? null;
      if (accuracy === null) {
        return { mark: glyphs.warning, style: 'warning', parts: [`${name} stopped before its first epoch`] };
      }
      const verb = state.end?.reason === 'completed' ? 'done' : 'stopped';
      return { mark: glyphs.tick, style: 'good', parts: [`${name} ${verb}: ${percent(accuracy)} validation accuracy`] };
    }
    case 'failed':
      return isSeen ? null : { mark: glyphs.warning, style: 'bad', parts: [`${name} failed`] };
  }
}

function progressParts(state: TrainState): string[] {
  const { start, stopping, paused, waiting } = state;
  if (!start) return [stopping ? 'stopping' : waiting ? 'waiting for the model' : 'loading images'];
  const activity = stopping === 'batch' ? 'stopping' : paused ? 'paused' : stopping === 'epoch' ? 'last epoch' : null;
  const best = bestEpoch(state);
  const left = secondsLeft(state);
  return [
    percent(totalShare(state), 0),
    ...(activity ? [activity] : []),
    `epoch ${currentEpoch(state)}/${start.epochs}`,
    ...(left === null || paused || stopping === 'batch' ? [] : [timeLeft(left)]),
    ...(best ? [`validation ${percent(best.validationAccuracy)}`] : []),
  ];
}

/** A rule with the status in it, and the key that shows the run. */
export function statusLine(status: RunStatus, isOffered: boolean, columns: number, theme: Theme): string {
  const { glyphs, paint } = theme;
  const dim = (text: string) => paint('dim', text);
  const key = isOffered ? ` ${dim(glyphs.separator)} ${paint('key', 't')} ${dim('show')}` : '';
  const start = `${dim(glyphs.rule)} ${paint(status.style, status.mark)} `;
  // A space and a piece of the rule at the end.
  const text = fittingParts(status.parts, columns - columnsOf(start) - columnsOf(key) - 2, theme);
  const line = `${start}${text}${key} `;
  return line + dim(glyphs.rule.repeat(columns - columnsOf(line)));
}
