import { startWorker } from '../asset.ts';
import { isEmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { type HeldModel, holdModel, workerEvents } from './locked-worker.ts';
import { namesOf } from './run-to-resume.ts';
import type { TrainEvent } from './train-event.ts';
import type { StopReason, TrainingCommand } from './training-control.ts';
import { modelName, type TrainingRun, type TrainOptions } from './training-run.ts';
import { rejectExisting } from './unfinished-runs.ts';

/** What the training worker is given. */
export interface TrainWorkerData {
  /** With the name of the model. */
  options: TrainOptions;
  paths: Paths;
  /** The lock of the model's folder, which the calling thread holds. */
  lock: Pick<Lock, 'file' | 'id'>;
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
    isWaiting = true;
    let locked: LockedModel;
    try {
      locked = yield* lockFirst(await namesOf(options, paths), paths, waiting.signal, () => {
        send({ type: 'stop', when: 'batch', reason: 'stopped' });
      });
    } catch (error) {
      if (!waiting.signal.aborted) throw error;
      yield stoppedBeforeStart(waiting.signal.reason as StopReason);
      return;
    } finally {
      isWaiting = false;
    }
    // Whoever gets the last event finds the model free.
    yield yield* train(locked);
  }

  /** Yields the events of the run, returns the last, and releases the model. */
  async function* train({ name, held }: LockedModel): AsyncGenerator<TrainEvent, TrainEvent> {
    await using lock = held.lock;
    if (waiting.signal.aborted) return stoppedBeforeStart(waiting.signal.reason as StopReason);
    if (!options.resume && !options.overwrite) await rejectExisting(paths, name, 'train');
    const data: TrainWorkerData = { options: { ...options, name }, paths, lock: { file: lock.file, id: lock.id } };
    const worker = startWorker('train-worker', { workerData: data });
    send = (command) => worker.postMessage(command);
    for (const command of commands) send(command);
    try {
      return yield* workerEvents<TrainEvent>(worker, held);
    } finally {
      send = () => {};
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

function stoppedBeforeStart(reason: StopReason): TrainEvent {
  return { event: 'end', reason, model: null, epochs: 0, seconds: 0, validationAccuracy: null };
}

interface LockedModel {
  name: string;
  held: HeldModel;
}

/** Locks the first model that no other process is using. If there is none, throws `model-busy` for the first. */
async function* lockFirst(
  [name, ...others]: [string, ...string[]],
  paths: Paths,
  signal: AbortSignal,
  onLost: () => void,
): AsyncGenerator<WaitingEvent, LockedModel> {
  try {
    return { name, held: yield* holdModel(name, paths, signal, onLost) };
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
