import { parentPort, workerData } from 'node:worker_threads';
import type { Paths } from '../paths.ts';
import type { TrainingMessage } from './start-training.ts';
import { train } from './trainer.ts';
import { type TrainingCommand, TrainingControl } from './training-control.ts';
import type { TrainOptions } from './training-run.ts';
import { describeError } from './worker-errors.ts';

/** The training worker: receives commands, posts events, and exits after `end` or an error. */
const { options, paths } = workerData as { options: TrainOptions; paths: Paths };
const port = parentPort!;
const control = new TrainingControl();
port.on('message', (command: TrainingCommand) => control.handle(command));
const post = (message: TrainingMessage) => port.postMessage(message);

try {
  for await (const event of train(options, paths, control)) post({ event });
} catch (error) {
  post({ error: describeError(error) });
} finally {
  port.close();
}
