import { parentPort, workerData } from 'node:worker_threads';
import { checkModelLock } from '../model/model-lock.ts';
import { learn } from './learn.ts';
import type { LearnEvent } from './learn-event.ts';
import type { WorkerMessage } from './locked-worker.ts';
import type { LearnWorkerData } from './start-learning.ts';
import { type TrainingCommand, TrainingControl } from './training-control.ts';
import { describeError } from './worker-errors.ts';

/** The learning worker: receives commands, posts events, and exits after `end` or an error. */
const { options, paths, lock } = workerData as LearnWorkerData;
const port = parentPort!;
const control = new TrainingControl();
port.on('message', (command: TrainingCommand) => control.handle(command));
const post = (message: WorkerMessage<LearnEvent>) => port.postMessage(message);

try {
  const beforeWriting = () => checkModelLock(lock, options.name);
  for await (const event of learn(options, paths, control, beforeWriting)) post({ event });
} catch (error) {
  post({ error: describeError(error) });
} finally {
  port.close();
}
