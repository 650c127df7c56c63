import { once } from 'node:events';
import path from 'node:path';
import { startWorker } from '../asset.ts';
import { type EmnistError, isEmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { withWaitingEvents } from '../files/waiting-events.ts';
import { lockModel, lostModelLock } from '../model/model-lock.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { namesOf } from './run-to-resume.ts';
import type { TrainEvent } from './train-event.ts';
import type { StopReason, TrainingCommand } from './training-control.ts';
import { modelName, type TrainingRun, type TrainOptions } from './training-run.ts';
import { rejectExisting } from './unfinished-runs.ts';
import { describeError, type PostedError, reviveError } from './worker-errors.ts';

/** What the training worker is given. */
export interface TrainWorkerData {
  /** With the name of the model. */
  options: TrainOptions;
  paths: Paths;
  /** The lock of the model's folder, which the calling thread holds. */
  lock: Pick<Lock, 'file' | 'id'>;
}

/** What the training worker posts: an event, or the error that ended the run. */
export interface TrainingMessage {
  event?: TrainEvent;
  error?: PostedError;
}

/**
 * Prepares a training run in a worker, which keeps the calling thread responsive. The run starts when it is first iterated;
 * ending the iteration early ends it. Commands sent before the start are delivered once it has started. Throws
 * `model-name-invalid`; iterating throws `model-exists`, unless the run resumes or overwrites it, and `model-busy`.
 */
export function startTraining(options: TrainOptions, paths: Paths): TrainingRun {
  checkModelName(modelName(options));
  const commands: TrainingCommand[] = [];
  let send = (command: TrainingCommand): void => {
    commands.push(command);
  };
  const waiting = new AbortController();
  let isWaiting = false;

  async function* events(): AsyncGenerator<TrainEvent> {
    let lost: EmnistError | null = null;
    isWaiting = true;
    let locked: LockedModel;
    try {
      locked = yield* lockFirst(await namesOf(options, paths), paths, waiting.signal, (name) => {
        lost = lostModelLock(name);
        send({ type: 'stop', when: 'batch', reason: 'stopped' });
      });
    } catch (error) {
      if (!waiting.signal.aborted) throw error;
      const reason = waiting.signal.reason as StopReason;
      yield { event: 'end', reason, model: null, epochs: 0, seconds: 0, validationAccuracy: null };
      return;
    } finally {
      isWaiting = false;
    }
    const { name } = locked;
    await using lock = locked.lock;
    if (!options.resume && !options.overwrite) await rejectExisting(paths, name, 'train');
    const data: TrainWorkerData = { options: { ...options, name }, paths, lock: { file: lock.file, id: lock.id } };
    const worker = startWorker('train-worker', { workerData: data });
    const inbox: TrainingMessage[] = [];
    let wake = Promise.withResolvers<void>();
    const receive = (message: TrainingMessage) => {
      inbox.push(message);
      wake.resolve();
    };
    let ended = false;
    /** The worker has posted its last message and is cleaning up. */
    let isLast = false;
    worker.on('message', receive);
    worker.on('error', (error) => receive({ error: describeError(error) }));
    worker.on('exit', () => {
      ended = true;
      wake.resolve();
    });
    send = (command) => worker.postMessage(command);
    for (const command of commands) send(command);
    try {
      for (;;) {
        for (const message of inbox.splice(0)) {
          isLast = message.error !== undefined || message.event?.event === 'end';
          if (message.error) throw reviveError(message.error);
          if (isLast && lost) throw lost;
          if (message.event) yield message.event;
          if (isLast) return;
        }
        if (ended && inbox.length === 0) throw new Error('the training worker exited without a result');
        if (!ended) await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      send = () => {};
      // Terminating an engine's native code while it frees memory would crash the process.
      if (isLast && !ended) await once(worker, 'exit');
      else await worker.terminate();
    }
  }

  return {
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'resume' }),
    stop(when, reason = 'stopped') {
      if (isWaiting) waiting.abort(reason);
      else send({ type: 'stop', when, reason });
    },
    [Symbol.asyncIterator]: events,
  };
}

interface LockedModel {
  name: string;
  lock: Lock;
}

/** Locks the first model that no other process is using. If there is none, throws `model-busy` for the first. */
async function* lockFirst(
  [name, ...others]: [string, ...string[]],
  paths: Paths,
  signal: AbortSignal,
  onLost: (name: string) => void,
): AsyncGenerator<WaitingEvent, LockedModel> {
  const folder = path.join(paths.models, name);
  try {
    const lock = yield* withWaitingEvents(
      (options) => lockModel(folder, name, { ...options, onLost: () => onLost(name) }),
      signal,
    );
    return { name, lock };
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined || !isEmnistError(error, 'model-busy')) throw error;
    try {
      return yield* lockFirst([next, ...rest], paths, signal, onLost);
    } catch (other) {
      throw isEmnistError(other, 'model-busy') ? error : other;
    }
  }
}
