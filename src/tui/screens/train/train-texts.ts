import { duration, images, percent } from '../../../app/format.ts';
import type { TrainState } from './train-state.ts';

const VERBS = { completed: 'Trained', stopped: 'Stopped training', interrupted: 'Interrupted training' } as const;

/** The line for the summary that is printed when the app exits. */
export function summaryLine({ start, end, split }: TrainState): string {
  if (!end || end.model === null || end.validationAccuracy === null) {
    return `Training on ${split} ended before its first epoch; no model was saved.`;
  }
  const epochs = `${end.epochs} of ${start?.epochs ?? end.epochs} epochs in ${duration(end.seconds)}`;
  const accuracy = `validation accuracy ${percent(end.validationAccuracy, 2)}`;
  return `${VERBS[end.reason]} ${end.model}: ${epochs}, ${accuracy} on ${images(start?.validationImages ?? 0)}.`;
}

/** What stopping the run means, as a sentence. */
export function stopWarning(state: TrainState): string {
  return hasModel(state)
    ? 'It can be resumed from the checkpoint of its last completed epoch.'
    : 'Its first epoch is not complete, so nothing will be saved.';
}

/** Whether the run has saved a model, which is the case from its first completed epoch on. */
export function hasModel({ start, epochs }: TrainState): boolean {
  return epochs.length > 0 || (start?.epochsDone ?? 0) > 0;
}
