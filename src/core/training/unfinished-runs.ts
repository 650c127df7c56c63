import path from 'node:path';
import type { DatasetName } from '../dataset/dataset-name.ts';
import { EmnistError, isEmnistError } from '../errors.ts';
import { lockHolder } from '../files/lock.ts';
import type { LockHolder } from '../files/lock-holder.ts';
import type { TrainingRecord } from '../model/model.ts';
import { CHECKPOINT_FILE, checkModelFolder, LOCK_FILE } from '../model/model-folder.ts';
import { findModel, listModels, type ModelSummary } from '../model/model-store.ts';
import type { EpochRecord, TrainingCurve } from '../model/training-history.ts';
import type { Paths } from '../paths.ts';
import { readCheckpointState, type TrainingState } from './checkpoint.ts';
import { isOutOfPatience, keptEpoch, parentName } from './training-state.ts';

/** A training run that was interrupted and can be resumed from its checkpoint. */
export interface UnfinishedRun {
  /** The name of its model. */
  name: string;
  split: DatasetName;
  /** `cnn`, `vgg`, `deep`, or the name of a network of one's own. */
  architecture: string;
  /** The name of the model that it started from; absent for random weights. */
  parent?: string;
  /** The epochs it has completed, of `epochs`. */
  epochsDone: number;
  epochs: number;
  /** Each epoch that it has completed. */
  history: readonly EpochRecord[];
  /** How training went between the ends of epochs; null if an earlier version trained it. */
  curve: TrainingCurve | null;
  /** When its checkpoint was written, ISO 8601. */
  date: string;
  /** The process that is training it at the moment; null if it is left alone. */
  holder: LockHolder | null;
}

/** What the checkpoint of a model is good for. */
export interface CheckpointFinding {
  /** Null if there is nothing to resume. */
  run: UnfinishedRun | null;
  /** Why the checkpoint cannot be read. */
  problem: EmnistError | null;
}

/** The unfinished runs of all models, latest first. Those whose checkpoint cannot be read are left out. */
export async function listUnfinishedRuns(paths: Paths): Promise<UnfinishedRun[]> {
  const runs: UnfinishedRun[] = [];
  for (const model of await listModels(paths)) {
    const { run } = await readUnfinishedRun(model);
    if (run !== null) runs.push(run);
  }
  return runs.sort(latestFirst);
}

/** Compares runs by when they were interrupted, for sorting. */
export function latestFirst(a: UnfinishedRun, b: UnfinishedRun): number {
  return Date.parse(b.date) - Date.parse(a.date);
}

/** Reads the unfinished run of a model. */
export async function readUnfinishedRun({ name, folder, shipped, model }: ModelSummary): Promise<CheckpointFinding> {
  if (shipped) return { run: null, problem: null };
  try {
    const checkpoint = await readCheckpointState(path.join(folder, CHECKPOINT_FILE));
    if (checkpoint === null) return { run: null, problem: null };
    const { state, written } = checkpoint;
    if (isComplete(state) && isSaved(state, model?.training ?? null)) return { run: null, problem: null };
    const { split, architecture, epochs, history, curve = null } = state;
    const holder = await holderOf(folder);
    const date = written.toISOString();
    const parent = parentName(state);
    const run = { name, split, architecture, ...(parent !== undefined && { parent }) };
    return { run: { ...run, epochsDone: history.length, epochs, history, curve, date, holder }, problem: null };
  } catch (error) {
    if (!isEmnistError(error)) throw error;
    return { run: null, problem: error };
  }
}

async function holderOf(folder: string): Promise<LockHolder | null> {
  try {
    return await lockHolder(path.join(folder, LOCK_FILE));
  } catch (error) {
    // Whether the run can be resumed then turns out when it is.
    if (!isEmnistError(error)) throw error;
    return null;
  }
}

function isComplete(state: TrainingState): boolean {
  return state.history.length >= state.epochs || isOutOfPatience(state);
}

/**
 * Whether a model is the one of this state, if that has one. The checkpoint is written before the model, so a disk that is full, or a power
 * failure, can leave a model that is an epoch behind, or of another run.
 */
export function isSaved(state: TrainingState, training: TrainingRecord | null): boolean {
  const hasModel = state.history.length > 0 && state.keptTemperature !== undefined;
  if (!hasModel) return true;
  return (
    training !== null &&
    training.epochs === state.history.length &&
    training.validationLoss === keptEpoch(state)?.validationLoss
  );
}

/**
 * Throws `model-exists` if there is a model or a checkpoint with this name, which a new model would replace, and
 * `model-name-invalid` if there is something that cannot be replaced.
 */
export async function rejectExisting(
  paths: Paths,
  name: string,
  operation: 'train' | 'import' | 'learn' | 'rename',
): Promise<void> {
  await checkModelFolder(path.join(paths.models, name), name);
  const model = await findModel(paths, name);
  if (model === null) return;
  const { run } = await readUnfinishedRun(model);
  const progress = run && `, and its training is not finished (${run.epochsDone} of ${run.epochs} epochs)`;
  throw new EmnistError('model-exists', `the model "${name}" already exists${progress ?? ''}`, {
    model: name,
    operation,
    resumable: run !== null,
  });
}
