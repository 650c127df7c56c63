import { startWorker } from '../asset.ts';
import { isEmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import type { ChosenLearnOptions } from './learn.ts';
import type { LearnEvent } from './learn-event.ts';
import { freeNames, type LearnParent, parentOf } from './learn-parent.ts';
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
    let send = (_command: TrainingCommand): void => {};
    const stop = (reason: StopReason) => send({ type: 'stop', when: 'batch', reason });
    const stoppedBeforeStart = (): LearnEvent => ({
      ...{ event: 'end', reason: stopped.signal.reason as StopReason, model: null, from: parent.name, samples: 0 },
      ...{ own: NOT_MEASURED, general: NOT_MEASURED, accepted: false },
      seconds: (performance.now() - started) / 1000,
    });
    let locked: LockedName;
    try {
      locked = yield* lockNew(options, parent, paths, stopped.signal, () => stop('stopped'));
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      yield stoppedBeforeStart();
      return;
    }
    // Whoever gets the last event finds the model free.
    yield yield* learn(locked);

    /** Yields the events of the run, returns the last, and releases the model. */
    async function* learn({ name, held }: LockedName): AsyncGenerator<LearnEvent, LearnEvent> {
      await using lock = held.lock;
      if (stopped.signal.aborted) return stoppedBeforeStart();
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
        return yield* workerEvents<LearnEvent>(worker, held);
      } finally {
        stopped.signal.removeEventListener('abort', pass);
      }
    }
  }

  return {
    stop: (reason = 'stopped') => stopped.abort(reason),
    [Symbol.asyncIterator]: events,
  };
}

interface LockedName {
  name: string;
  held: HeldModel;
}

/** Locks the model to be made: the one that is named or, without a name, the first that no other run has made or is making. */
async function* lockNew(
  options: LearnOptions,
  parent: LearnParent,
  paths: Paths,
  signal: AbortSignal,
  onLost: () => void,
): AsyncGenerator<WaitingEvent, LockedName> {
  const { name: given, overwrite = false } = options;
  async function* lock(name: string, replaces: boolean): AsyncGenerator<WaitingEvent, LockedName> {
    const held = yield* holdModel(name, paths, signal, onLost);
    try {
      if (!replaces) await rejectExisting(paths, name, 'learn');
    } catch (error) {
      await held.lock[Symbol.asyncDispose]();
      throw error;
    }
    return { name, held };
  }
  if (given !== undefined) return yield* lock(given, overwrite);
  for await (const name of freeNames(parent, paths)) {
    try {
      return yield* lock(name, false);
    } catch (error) {
      // It was free a moment ago.
      if (!isEmnistError(error, 'model-busy') && !isEmnistError(error, 'model-exists')) throw error;
    }
  }
  throw new Error('there are always further names');
}

const NOT_MEASURED = { before: null, after: null, count: 0 };
