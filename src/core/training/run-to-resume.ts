import { EmnistError } from '../errors.ts';
import { exists } from '../files/file-info.ts';
import { checkpointPath } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { architectureName, modelName, type TrainOptions } from './training-run.ts';
import { parentName } from './training-state.ts';
import { listUnfinishedRuns } from './unfinished-runs.ts';

/**
 * The names of the runs that options can mean, most likely first. There is one, except where a run is to be resumed and not
 * named: then it is the run that was interrupted last, or the one before if that is being trained by another process. Throws
 * `nothing-to-resume`.
 */
export async function namesOf(options: TrainOptions, paths: Paths): Promise<[string, ...string[]]> {
  const name = modelName(options);
  if (!options.resume || options.name !== undefined) return [name];
  const { split, epochs, from } = options;
  const architecture = options.architecture ?? (options.network && architectureName(options));
  const isDescribed = [split, architecture, epochs, from].some((option) => option !== undefined);
  // Also one that has finished: with more epochs it continues.
  if (isDescribed && (await exists(checkpointPath(paths, name)))) return [name];
  const runs = (await listUnfinishedRuns(paths)).filter(
    (run) =>
      run.split === (split ?? run.split) &&
      run.architecture === (architecture ?? run.architecture) &&
      (from === undefined || run.parent === parentName({ from })),
  );
  const [first, ...others] = runs.map((run) => run.name);
  if (first !== undefined) return [first, ...others];
  if (!isDescribed && !(await exists(checkpointPath(paths, name)))) {
    throw new EmnistError('nothing-to-resume', 'there is no interrupted training run', { model: name, resumable: [] });
  }
  return [name];
}
