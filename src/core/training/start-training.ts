import path from 'node:path';
import { startWorker } from '../asset.ts';
import { type EmnistError, isEmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { lockModel, lostModelLock } from '../model/model-lock.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { PendingEvents } from '../pending-events.ts';
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
      yield stoppedBeforeStart(waiting.signal.reason as StopReason);
      return;
    } finally {
      isWaiting = false;
    }
    const { name } = locked;
    await using lock = locked.lock;
    if (waiting.signal.aborted) {
      yield stoppedBeforeStart(waiting.signal.reason as StopReason);
      return;
    }
    if (!options.resume && !options.overwrite) await rejectExisting(paths, name, 'train');
    const data: TrainWorkerData = { options: { ...options, name }, paths, lock: { file: lock.file, id: lock.id } };
    const worker = startWorker('train-worker', { workerData: data });
    const messages = new PendingEvents<TrainingMessage>();
    worker.on('message', messages.add);
    worker.on('error', (error) => messages.add({ error: describeError(error) }));
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    send = (command) => worker.postMessage(command);
    for (const command of commands) send(command);
    /** The worker has posted its last message and is cleaning up. */
    let isLast = false;
    // Terminating an engine's native code while it frees memory would crash the process.
    const abandon = () => void (isLast || worker.terminate());
    try {
      for await (const message of messages.during(exited, abandon)) {
        isLast = message.error !== undefined || message.event?.event === 'end';
        if (message.error) throw reviveError(message.error);
        if (isLast && lost) throw lost;
        if (message.event) yield message.event;
        if (isLast) return;
      }
    } finally {
      send = () => {};
    }
    throw new Error('the training worker exited without a result');
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

function stoppedBeforeStart(reason: StopReason): TrainEvent {
  return { event: 'end', reason, model: null, epochs: 0, seconds: 0, validationAccuracy: null };
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
    const waits = new PendingEvents<WaitingEvent>();
    const left = new AbortController();
    const locking = lockModel(folder, name, {
      signal: AbortSignal.any([signal, left.signal]),
      onWait: (holder) => waits.add({ event: 'waiting', ...holder }),
      onLost: () => onLost(name),
    });
    let isLocked = false;
    try {
      const lock = yield* waits.during(locking, () => left.abort());
      isLocked = true;
      return { name, lock };
    } finally {
      // The iteration may be left just when the lock has been acquired.
      if (!isLocked)
        await locking.then(
          (lock) => lock[Symbol.asyncDispose](),
          () => {},
        );
    }
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
