import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { EmnistError } from '../errors.ts';
import type { Lock } from '../files/lock.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import { lockModel, lostModelLock } from '../model/model-lock.ts';
import type { Paths } from '../paths.ts';
import { PendingEvents } from '../pending-events.ts';
import { describeError, type PostedError, reviveError } from './worker-errors.ts';

/** What a worker that makes a model posts: an event, or the error that ended the run. */
export interface WorkerMessage<Event> {
  event?: Event;
  error?: PostedError;
}

/** The lock of the model that a run makes. */
export interface HeldModel {
  lock: Lock;
  /** The error if another process has taken the lock over; null as long as it is held. */
  lost(): EmnistError | null;
}

/**
 * Locks the folder of a model, and yields which processes it waits for. If the iteration is left, nothing stays locked. Throws
 * `model-busy`, `model-name-invalid`, and the signal's reason.
 *
 * @param onLost called if another process takes the lock over
 */
export async function* holdModel(
  name: string,
  paths: Paths,
  signal: AbortSignal,
  onLost: () => void,
): AsyncGenerator<WaitingEvent, HeldModel> {
  let lost: EmnistError | null = null;
  const waits = new PendingEvents<WaitingEvent>();
  const left = new AbortController();
  const locking = lockModel(path.join(paths.models, name), name, {
    signal: AbortSignal.any([signal, left.signal]),
    onWait: (holder) => waits.add({ event: 'waiting', ...holder }),
    onLost: () => {
      lost = lostModelLock(name);
      onLost();
    },
  });
  let isLocked = false;
  try {
    const lock = yield* waits.during(locking, () => left.abort());
    isLocked = true;
    return { lock, lost: () => lost };
  } finally {
    // The iteration may be left just when the lock has been acquired.
    if (!isLocked)
      await locking.then(
        (lock) => lock[Symbol.asyncDispose](),
        () => {},
      );
  }
}

/**
 * Yields the events that a worker posts, and returns the last, `end`, so that the lock can be released before it is yielded. If
 * the iteration is left before that, the worker is terminated. Throws the error that it has posted or, instead of returning
 * `end`, that its model's lock was lost.
 */
export async function* workerEvents<Event extends { event: string }>(
  worker: Worker,
  { lost }: HeldModel,
): AsyncGenerator<Event, Event> {
  const messages = new PendingEvents<WorkerMessage<Event>>();
  worker.on('message', messages.add);
  worker.on('error', (error) => messages.add({ error: describeError(error) }));
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  /** The worker has posted its last message and is cleaning up. */
  let isLast = false;
  // Terminating an engine's native code while it frees memory would crash the process.
  const abandon = () => void (isLast || worker.terminate());
  for await (const message of messages.during(exited, abandon)) {
    isLast = message.error !== undefined || message.event?.event === 'end';
    if (message.error) throw reviveError(message.error);
    const problem = isLast ? lost() : null;
    if (problem) throw problem;
    if (isLast) return message.event!;
    if (message.event) yield message.event;
  }
  throw new Error('the worker exited without a result');
}
