import { parentPort, workerData } from 'node:worker_threads';
import { checkModelLock } from '../model/model-lock.ts';
import type { WorkerMessage } from './locked-worker.ts';
import type { TrainWorkerData } from './start-training.ts';
import type { TrainEvent } from './train-event.ts';
import { train } from './trainer.ts';
import { type TrainingCommand, TrainingControl } from './training-control.ts';
import { modelName } from './training-run.ts';
import { describeError } from './worker-errors.ts';

/** The training worker: receives commands, posts events, and exits after `end` or an error. */
const { options, paths, lock } = workerData as TrainWorkerData;
const port = parentPort!;
const control = new TrainingControl();
port.on('message', (command: TrainingCommand) => control.handle(command));
const post = (message: WorkerMessage<TrainEvent>) => port.postMessage(message);

try {
  const beforeWriting = () => checkModelLock(lock, modelName(options));
  for await (const event of train(options, paths, control, beforeWriting)) post({ event });
} catch (error) {
  post({ error: describeError(error) });
} finally {
  port.close();
}
