import path from 'node:path';
import { startWorker } from '../asset.ts';
import type { EmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { lockModel, lostModelLock } from '../model/model-lock.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { PendingEvents } from '../pending-events.ts';
import type { ChosenLearnOptions } from './learn.ts';
import type { LearnEvent } from './learn-event.ts';
import { freeName, parentOf } from './learn-parent.ts';
import type { LearnOptions, LearnRun } from './learn-run.ts';
import type { StopReason, TrainingCommand } from './training-control.ts';
import { rejectExisting } from './unfinished-runs.ts';
import { describeError, type PostedError, reviveError } from './worker-errors.ts';

/** What the learning worker is given. */
export interface LearnWorkerData {
  options: ChosenLearnOptions;
  paths: Paths;
  /** The lock of the new model's folder, which the calling thread holds. */
  lock: Pick<Lock, 'file' | 'id'>;
}

/** What the learning worker posts: an event, or the error that ended the run. */
export interface LearningMessage {
  event?: LearnEvent;
  error?: PostedError;
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
    let lost: EmnistError | null = null;
    let send = (_command: TrainingCommand): void => {};
    const stop = (reason: StopReason) => send({ type: 'stop', when: 'batch', reason });
    const stoppedBeforeStart = (): LearnEvent => ({
      ...{ event: 'end', reason: stopped.signal.reason as StopReason, model: null, from: parent.name, samples: 0 },
      ...{ own: NOT_MEASURED, general: NOT_MEASURED, accepted: false },
      seconds: (performance.now() - started) / 1000,
    });
    const waits = new PendingEvents<WaitingEvent>();
    const left = new AbortController();
    const locking = lockModel(path.join(paths.models, name), name, {
      signal: AbortSignal.any([stopped.signal, left.signal]),
      onWait: (holder) => waits.add({ event: 'waiting', ...holder }),
      onLost: () => {
        lost = lostModelLock(name);
        stop('stopped');
      },
    });
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(async () => {
      // Whatever it was left for, there may be a lock by now.
      await locking.then(
        (lock) => lock[Symbol.asyncDispose](),
        () => {},
      );
    });
    let lock: Lock;
    try {
      lock = yield* waits.during(locking, () => left.abort());
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      yield stoppedBeforeStart();
      return;
    }
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
    const messages = new PendingEvents<LearningMessage>();
    worker.on('message', messages.add);
    worker.on('error', (error) => messages.add({ error: describeError(error) }));
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    send = (command) => worker.postMessage(command);
    const pass = () => stop(stopped.signal.reason as StopReason);
    stopped.signal.addEventListener('abort', pass);
    cleanup.defer(() => stopped.signal.removeEventListener('abort', pass));
    /** The worker has posted its last message and is cleaning up. */
    let isLast = false;
    // Terminating an engine's native code while it frees memory would crash the process.
    const abandon = () => void (isLast || worker.terminate());
    for await (const message of messages.during(exited, abandon)) {
      isLast = message.error !== undefined || message.event?.event === 'end';
      if (message.error) throw reviveError(message.error);
      if (isLast && lost) throw lost;
      if (message.event) yield message.event;
      if (isLast) return;
    }
    throw new Error('the learning worker exited without a result');
  }

  return {
    stop: (reason = 'stopped') => stopped.abort(reason),
    [Symbol.asyncIterator]: events,
  };
}

const NOT_MEASURED = { before: null, after: null, count: 0 };
