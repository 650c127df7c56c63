import type * as v from 'valibot';
import { invalidOption } from '../core/errors.ts';
import { findDefaultChoice } from '../core/model/default-choice.ts';
import { chooseDefaultModel } from '../core/model/default-model.ts';
import { findNotes, noteModel } from '../core/model/model-notes.ts';
import { listModels, ownModelFolder, SHIPPED } from '../core/model/model-store.ts';
import { parameterCount } from '../core/model/network.ts';
import type { Paths } from '../core/paths.ts';
import { readUnfinishedRun } from '../core/training/unfinished-runs.ts';
import { deleteModel } from './delete-model.ts';
import type { ModelDescription, ModelsEvent } from './events.ts';
import { type ModelsOptions, modelsOptions } from './options/models.ts';
import { parseOptions } from './options/parse.ts';
import { renameModel } from './rename-model.ts';
import type { WorkContext } from './work.ts';

interface ModelsContext extends Pick<WorkContext, 'paths' | 'signal'> {
  /** Asks before a model is deleted. Default: it is deleted without asking. */
  confirm?: (model: string) => Promise<boolean>;
}

type Done = Partial<Extract<ModelsEvent, { event: 'end' }>>;

/**
 * Lists all models or, if the options say so, makes one the default, renames, notes, or deletes one.
 *
 * @throws EmnistError those of `chooseDefaultModel`, `renameModel`, `noteModel`, and `deleteModel`, and `usage`
 */
export async function* models(options: ModelsOptions, context: ModelsContext): AsyncGenerator<ModelsEvent> {
  const { paths } = context;
  const done = await change(parseOptions(modelsOptions, options), context);
  const described = await describeModels(paths);
  if (done === null) for (const model of described) yield { event: 'model', ...model };
  const { problem } = await findDefaultChoice(paths);
  yield { event: 'end', models: described.length, ...done, ...(problem && { problem: problem.message }) };
}

/** Makes the change that the options ask for. Null if there is none. */
async function change(
  options: v.InferOutput<typeof modelsOptions>,
  { paths, signal, confirm = async () => true }: ModelsContext,
): Promise<Done | null> {
  const { use, rename, note, text = '', delete: deleted } = options;
  if (use !== undefined) {
    await chooseDefaultModel(paths, use);
    return { chosen: use };
  }
  if (rename !== undefined) {
    const to = options.to!;
    rejectShipped('rename', rename);
    await renameModel(rename, to, paths);
    return { renamed: { from: rename, to } };
  }
  if (note !== undefined) return { noted: { model: note, note: await noteModel(paths, note, text, { signal }) } };
  if (deleted === undefined) return null;
  rejectShipped('delete', deleted);
  // Do not ask about a model that does not exist.
  await ownModelFolder(paths, deleted);
  if (!(await confirm(deleted))) return { deleted: null };
  await deleteModel(deleted, paths);
  return { deleted };
}

/** Throws `usage` for the model that ships with the program, which cannot be changed. */
function rejectShipped(option: string, name: string): void {
  if (name === SHIPPED)
    throw invalidOption(option, name, 'the name of a model of your own', { reason: 'it is built in' });
}

/** Describes all models, in the order of `listModels`. */
export async function describeModels(paths: Paths): Promise<ModelDescription[]> {
  const all = await listModels(paths);
  // The one that `loadModel` loads by default.
  const latest = all.find(({ model }) => model !== null);
  const described: ModelDescription[] = [];
  for (const summary of all) {
    const { name, shipped, folder, model } = summary;
    const { run, problem } = await readUnfinishedRun(summary);
    const training = model?.training ?? null;
    described.push({
      name,
      shipped,
      default: summary === latest,
      path: folder,
      split: training?.split ?? null,
      architecture: training?.architecture ?? null,
      parent: training?.parent ?? run?.parent ?? null,
      classes: model?.labels.length ?? null,
      parameters: model && parameterCount(model.network),
      epochs: training?.epochs ?? null,
      epochsAsked: training?.epochsAsked ?? null,
      keptEpoch: training?.keptEpoch ?? null,
      stoppedEarly: training?.stoppedEarly ?? null,
      batchSize: training?.batchSize ?? null,
      recipe: training?.recipe ?? null,
      seed: training?.seed ?? null,
      limit: training?.limit ?? null,
      trainImages: training?.trainImages ?? null,
      validationAccuracy: training?.validationAccuracy ?? null,
      validationImages: training?.validationImages ?? null,
      seconds: training?.seconds ?? null,
      device: training?.engine ?? null,
      date: training?.date ?? null,
      history: training?.history ?? null,
      curve: training?.curve ?? null,
      ...(await findNotes(paths, summary)),
      resumable: run !== null,
      unfinished: run && {
        split: run.split,
        architecture: run.architecture,
        epochsDone: run.epochsDone,
        epochs: run.epochs,
        date: run.date,
        running: run.holder !== null,
        history: [...run.history],
        curve: run.curve,
      },
      // A checkpoint that cannot be read matters where there is nothing else.
      problem: (summary.problem ?? (model === null ? problem : null))?.message ?? null,
    });
  }
  return described;
}
