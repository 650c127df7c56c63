import { resolvePaths } from '../core/paths.ts';
import type { TrainEvent } from '../core/training/train-event.ts';
import type { TrainingRun as CoreTrainingRun } from '../core/training/training-run.ts';
import type { Home } from './home.ts';
import type { TrainSettings } from './options.ts';
import { createRun, eventsOfRun, type Run } from './run.ts';

export interface TrainOptions extends Home, TrainSettings {
  /** Stops the work after the current batch; the run throws the signal's reason, and the last checkpoint is kept. */
  signal?: AbortSignal;
}

/** How a training run ended, and the validation accuracy of its model. */
export type TrainResult = Extract<TrainEvent, { event: 'end' }>;

/** A training run, which can be paused and stopped. Calls before it starts take effect when it does. */
export interface TrainingRun extends Run<TrainEvent, TrainResult> {
  /** Pauses after the current batch. */
  pause(): void;
  /** Continues a paused run. */
  resume(): void;
  /**
   * Ends the run after the current batch, keeping the last checkpoint, or after the current epoch. The result's `reason`
   * is then `stopped`.
   */
  stop(when?: 'batch' | 'epoch'): void;
}

/**
 * Trains a network in separate threads and saves it as a model that `loadRecognizer` finds. Events: `start`, `head`, `batch`,
 * `validation`, `epoch`, `paused`, `resumed` and `end`. Result: the `end` event. A checkpoint is written after each
 * epoch; `resume: true` continues from it and ends with the same weights as a run that was never interrupted. Without a
 * `name`, it continues the run that was interrupted last. An existing model is replaced only with `overwrite: true`.
 *
 * @example
 * const { model, validationAccuracy } = await train({ split: 'digits', architecture: 'cnn', epochs: 5 });
 *
 * @example
 * const run = train({ split: 'digits', epochs: 50 });
 * for await (const event of run) {
 *   if (event.event === 'epoch' && event.validationAccuracy > 0.99) run.stop();
 * }
 */
export function train(options: TrainOptions = {}): TrainingRun {
  const commands: ((training: CoreTrainingRun) => void)[] = [];
  let training: CoreTrainingRun | undefined;
  const command = (send: (training: CoreTrainingRun) => void) => {
    if (training) send(training);
    else commands.push(send);
  };

  async function* events(): AsyncGenerator<TrainEvent, TrainResult, void> {
    const { dataDir, signal, ...rest } = options;
    const { train: startTraining } = await import('../app/train.ts');
    signal?.throwIfAborted();
    training = startTraining(rest, { paths: resolvePaths(dataDir) });
    for (const send of commands) send(training);
    return yield* eventsOfRun(training, signal, () => training?.stop('batch', 'interrupted'));
  }

  return Object.assign(createRun(events), {
    pause: () => command((running) => running.pause()),
    resume: () => command((running) => running.resume()),
    stop: (when: 'batch' | 'epoch' = 'batch') => command((running) => running.stop(when)),
  });
}
