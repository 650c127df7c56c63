import { startWorker } from '../asset.ts';
import type { Lock } from '../files/lock.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import type { ChosenLearnOptions } from './learn.ts';
import type { LearnEvent } from './learn-event.ts';
import { freeName, parentOf } from './learn-parent.ts';
import type { LearnOptions, LearnRun } from './learn-run.ts';
import { type HeldModel, holdModel, workerEvents } from './locked-worker.ts';
import type { StopReason, TrainingCommand } from './training-control.ts';
import { rejectExisting } from './unfinished-runs.ts';

/** What the learning worker is given. */
export interface LearnWorkerData {
  options: ChosenLearnOptions;
  paths: Paths;
  /** The lock of the new model's folder, which the calling thread holds. */
  lock: Pick<Lock, 'file' | 'id'>;
}

/**
 * Prepares a run that learns the user's hand in a worker, which keeps the calling thread responsive. The run starts when it is first
 * iterated; ending the iteration early ends it, and nothing is saved. Throws `model-name-invalid`; iterating throws `model-exists`,
 * unless the run overwrites the model, `model-busy`, and the errors of `learn`.
 */
export function startLearning(options: LearnOptions, paths: Paths): LearnRun {
  if (options.name !== undefined) checkModelName(options.name);
  const stopped = new AbortController();

  async function* events(): AsyncGenerator<LearnEvent> {
    const started = performance.now();
    const parent = await parentOf(options.from, paths);
    const name = options.name ?? (await freeName(parent, paths));
    let send = (_command: TrainingCommand): void => {};
    const stop = (reason: StopReason) => send({ type: 'stop', when: 'batch', reason });
    const stoppedBeforeStart = (): LearnEvent => ({
      ...{ event: 'end', reason: stopped.signal.reason as StopReason, model: null, from: parent.name, samples: 0 },
      ...{ own: NOT_MEASURED, general: NOT_MEASURED, accepted: false },
      seconds: (performance.now() - started) / 1000,
    });
    let held: HeldModel;
    try {
      held = yield* holdModel(name, paths, stopped.signal, () => stop('stopped'));
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      yield stoppedBeforeStart();
      return;
    }
    await using lock = held.lock;
    if (!options.overwrite) await rejectExisting(paths, name, 'learn');
    if (stopped.signal.aborted) {
      yield stoppedBeforeStart();
      return;
    }
    const data: LearnWorkerData = {
      options: { ...options, from: parent.from, name },
      paths,
      lock: { file: lock.file, id: lock.id },
    };
    const worker = startWorker('learn-worker', { workerData: data });
    send = (command) => worker.postMessage(command);
    const pass = () => stop(stopped.signal.reason as StopReason);
    stopped.signal.addEventListener('abort', pass);
    try {
      yield* workerEvents<LearnEvent>(worker, held);
    } finally {
      stopped.signal.removeEventListener('abort', pass);
    }
  }

  return {
    stop: (reason = 'stopped') => stopped.abort(reason),
    [Symbol.asyncIterator]: events,
  };
}

const NOT_MEASURED = { before: null, after: null, count: 0 };
