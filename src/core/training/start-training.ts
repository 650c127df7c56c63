import { once } from 'node:events';
import path from 'node:path';
import { startWorker } from '../asset.ts';
import { lockModel } from '../model/model-lock.ts';
import { checkModelName } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { checkTrainOptions } from './check-train-options.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainingCommand } from './training-control.ts';
import { modelName, type TrainingRun, type TrainOptions } from './training-run.ts';
import { type PostedError, reviveError } from './worker-errors.ts';

/** What a training's worker posts: an event, or the error that ended it. */
export interface TrainingMessage {
  event?: TrainEvent;
  error?: PostedError;
}

/**
 * Starts a training in a worker of its own, so that whoever watches stays responsive. It starts when the run is first
 * iterated; leaving the iteration early ends the worker. Commands given before it started count too. Throws a UsageError
 * for options that no training can have.
 */
export function startTraining(options: TrainOptions, paths: Paths): TrainingRun {
  checkTrainOptions(options);
  const name = checkModelName(modelName(options));
  const commands: TrainingCommand[] = [];
  let send = (command: TrainingCommand): void => {
    commands.push(command);
  };

  async function* events(): AsyncGenerator<TrainEvent> {
    await using _lock = await lockModel(path.join(paths.models, name), name);
    const worker = startWorker('train-worker', { workerData: { options, paths } });
    const inbox: TrainingMessage[] = [];
    let wake = Promise.withResolvers<void>();
    const receive = (message: TrainingMessage) => {
      inbox.push(message);
      wake.resolve();
    };
    let ended = false;
    /** The worker has said its last and is putting things away. */
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
        if (ended && inbox.length === 0) throw new Error('the training ended without a word');
        if (!ended) await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      send = () => {};
      // Native code of an engine that is interrupted while it frees its memory ends the whole process.
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
