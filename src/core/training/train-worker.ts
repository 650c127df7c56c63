import { parentPort, workerData } from 'node:worker_threads';
import { EmnistError, messageOf } from '../errors.ts';
import type { Paths } from '../paths.ts';
import type { TrainingMessage } from './start-training.ts';
import { train } from './trainer.ts';
import { type TrainingCommand, TrainingControl } from './training-control.ts';
import type { TrainOptions } from './training-run.ts';

/** The worker of one training: takes commands, posts events, ends after `end` or an error. */
const { options, paths } = workerData as { options: TrainOptions; paths: Paths };
const port = parentPort!;
const control = new TrainingControl();
port.on('message', (command: TrainingCommand) => control.handle(command));
const post = (message: TrainingMessage) => port.postMessage(message);

try {
  for await (const event of train(options, paths, control)) post({ event });
} catch (error) {
  post({ error: describe(error) });
} finally {
  port.close();
}

/** Errors lose their class between threads: what is needed to make them again. */
function describe(error: unknown): TrainingMessage['error'] {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!(error instanceof EmnistError)) return { message: messageOf(error), stack };
  const { code, message, hint, exitCode } = error;
  return { message, stack, user: { code, hint, exitCode } };
}
