import type { Paths } from '../core/paths.ts';
import type { LearnRun } from '../core/training/learn-run.ts';
import { startLearning } from '../core/training/start-learning.ts';
import { type LearnOptions, learnOptions } from './options/learn.ts';
import { parseOptions } from './options/parse.ts';

/**
 * Makes a model that reads the user's samples better, in a separate worker. The run starts when it is first iterated.
 *
 * @throws EmnistError `usage` for invalid options
 */
export function learn(options: LearnOptions, { paths }: { paths: Paths }): LearnRun {
  return startLearning(parseOptions(learnOptions, options), paths);
}
