import { resolvePaths } from '../core/paths.ts';
import type { LearnEvent } from '../core/training/learn-event.ts';
import type { LearnRun } from '../core/training/learn-run.ts';
import type { Home } from './home.ts';
import type { LearnSettings } from './options.ts';
import { createRun, eventsOfRun, type Run } from './run.ts';

export interface LearnOptions extends Home, LearnSettings {
  /** Stops the work after the current batch; the run throws the signal's reason, and nothing is saved. */
  signal?: AbortSignal;
}

/** How learning ended: what the model reads before and after, and whether it was accepted and saved. */
export type LearnResult = Extract<LearnEvent, { event: 'end' }>;

/** A run that learns the user's hand, which can be stopped. */
export interface LearningRun extends Run<LearnEvent, LearnResult> {
  /** Ends the run after the current batch; nothing is saved. The result's `reason` is then `stopped`. */
  stop(): void;
}

/**
 * Makes a model that reads the samples of the user better (see `addSample`), in separate threads. It starts from the default model, or
 * from another one, and becomes the default model itself if it is accepted: if it reads more of the samples that are held out, and in
 * general at most 0.5 points less. Otherwise nothing is saved. Events: `start`, `batch`, `validation`, `epoch`, and `end`. Result: the
 * `end` event. Throws `samples-too-few`, `replay-missing`, `model-exists`, and others.
 *
 * @example
 * const { accepted, model, own } = await learn();
 * if (accepted) console.log(`${model} reads ${own.after} of your samples instead of ${own.before}`);
 */
export function learn(options: LearnOptions = {}): LearningRun {
  let running: LearnRun | undefined;
  let isStopped = false;

  async function* events(): AsyncGenerator<LearnEvent, LearnResult, void> {
    const { dataDir, signal, ...rest } = options;
    const { learn: startLearning } = await import('../app/learn.ts');
    signal?.throwIfAborted();
    running = startLearning(rest, { paths: resolvePaths(dataDir) });
    if (isStopped) running.stop();
    return yield* eventsOfRun(running, signal, () => running?.stop('interrupted'));
  }

  return Object.assign(createRun(events), {
    stop: () => {
      isStopped = true;
      running?.stop();
    },
  });
}
