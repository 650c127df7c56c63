import { once } from 'node:events';
import path from 'node:path';
import { startWorker } from '../asset.ts';
import { lockModel } from '../model/model-lock.ts';
import { checkModelName, rejectExisting } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainingCommand } from './training-control.ts';
import { modelName, type TrainingRun, type TrainOptions } from './training-run.ts';
import { type PostedError, reviveError } from './worker-errors.ts';

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
  const name = checkModelName(modelName(options));
  const commands: TrainingCommand[] = [];
  let send = (command: TrainingCommand): void => {
    commands.push(command);
  };

  async function* events(): AsyncGenerator<TrainEvent> {
    await using _lock = await lockModel(path.join(paths.models, name), name);
    if (!options.resume && !options.overwrite) await rejectExisting(paths, name, 'train');
    const worker = startWorker('train-worker', { workerData: { options, paths } });
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
    worker.on('error', ({ message, stack }) => receive({ error: { message, stack } }));
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
    stop: (when, reason = 'stopped') => send({ type: 'stop', when, reason }),
    [Symbol.asyncIterator]: events,
  };
}
