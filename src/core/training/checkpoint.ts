import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { optimizerStateSpecs } from '../engine/engine.ts';
import { EmnistError } from '../errors.ts';
import { writeFileAtomically } from '../files/atomic-write.ts';
import { fileError, isMissing } from '../files/file-errors.ts';
import { makeFolder } from '../files/folders.ts';
import { isArchitecture } from '../model/architectures.ts';
import { recipeSchema } from '../model/model.ts';
import { type Network, type WeightSpec, weightSpecs } from '../model/network.ts';
import { networkSchema } from '../model/network-schema.ts';
import { decodeSafetensors, encodeSafetensors, headerBytes, PREAMBLE_BYTES } from '../model/safetensors.ts';
import { curveSchema, epochSchema } from '../model/training-history-schema.ts';
import { optimizerOf } from './schedule.ts';
import { MAX_LEARNING_RATE, TRAIN_LIMITS } from './train-limits.ts';

type Limits = readonly [min: number, max: number];
const between = ([min, max]: Limits) => v.pipe(v.number(), v.minValue(min), v.maxValue(max));
const integer = (limits: Limits) => v.pipe(between(limits), v.safeInteger());
const count = (min: number) => integer([min, Number.MAX_SAFE_INTEGER]);

/** Numbers outside their limits are rejected here, before anything is allocated by them. */
const stateSchema = v.object({
  split: v.string(),
  architecture: v.string(),
  /** Absent for architectures. */
  network: v.optional(networkSchema),
  /** The model that the run started from, by name or absolute path; absent for random weights. */
  from: v.optional(v.string()),
  epochs: integer(TRAIN_LIMITS.epochs),
  batchSize: integer(TRAIN_LIMITS.batchSize),
  recipe: v.object({
    ...recipeSchema.entries,
    weightDecay: between(TRAIN_LIMITS.weightDecay),
    learningRate: between([0, MAX_LEARNING_RATE]),
    augment: between(TRAIN_LIMITS.augment),
    balance: between(TRAIN_LIMITS.balance),
    labelSmoothing: between(TRAIN_LIMITS.labelSmoothing),
    reject: v.optional(between(TRAIN_LIMITS.reject), 0),
    averaging: between(TRAIN_LIMITS.averaging),
    patience: integer(TRAIN_LIMITS.patience),
  }),
  seed: integer(TRAIN_LIMITS.seed),
  limit: v.nullable(count(1)),
  /** Earlier versions had at most one file, or null. */
  strokes: v.pipe(
    v.nullable(v.union([v.string(), v.array(v.string())])),
    v.transform((files) => (typeof files === 'string' ? [files] : (files ?? []))),
  ),
  /** The number of training images; a different number means different data. */
  images: count(0),
  /** The number of signs to learn rejecting from, likewise. Earlier versions did not write it. */
  signs: v.optional(count(0)),
  step: count(0),
  /** Temperature of the kept model; absent before there is one. */
  keptTemperature: v.optional(v.number()),
  history: v.array(epochSchema),
  /** Earlier versions did not write it. A run resumes without it, so one that is invalid is left out. */
  curve: v.fallback(v.optional(curveSchema), undefined),
});
/** Everything but the tensors that a training run needs to resume as if it had never stopped. */
export type TrainingState = v.InferOutput<typeof stateSchema>;

export interface Checkpoint {
  state: TrainingState;
  /** In the order of `weightSpecs(network)`. */
  weights: Float32Array[];
  /** In the order of `optimizerStateSpecs`. */
  optimizerState: Float32Array[];
  /** The moving average of the weights, in their order; empty without averaging. */
  average: readonly Float32Array[];
  /** The model of the best epoch so far; empty without early stopping. */
  kept: readonly Float32Array[];
}

/** Incremented by changes that make older checkpoints unreadable. Checkpoints without it are recognized by their state. */
const FORMAT = '1';

/** The tensors of a checkpoint by group. */
function tensorGroups(
  network: Network,
  { recipe }: TrainingState,
): Record<keyof Omit<Checkpoint, 'state'>, WeightSpec[]> {
  const weights = weightSpecs(network);
  const copies = (name: string) => weights.map((spec) => ({ ...spec, name: `${spec.name}/${name}` }));
  return {
    weights,
    optimizerState: optimizerStateSpecs(network, optimizerOf(recipe)),
    average: recipe.averaging > 0 ? copies('average') : [],
    kept: recipe.patience > 0 ? copies('kept') : [],
  };
}

/** Writes a checkpoint atomically, as a safetensors file. */
export async function writeCheckpoint(
  file: string,
  { state, weights, optimizerState, average, kept }: Checkpoint,
  network: Network,
): Promise<void> {
  const data = [...weights, ...optimizerState, ...average, ...kept];
  const tensors = Object.values(tensorGroups(network, state)).flat();
  const bytes = encodeSafetensors(
    tensors.map(({ name, shape }, index) => ({ name, shape, data: data[index]! })),
    { format: FORMAT, state: JSON.stringify(state) },
  );
  await makeFolder(path.dirname(file));
  await writeFileAtomically(file, bytes);
}

/**
 * Reads the state of a checkpoint, which determines the network; `tensors` then reads the rest. Null if there is no
 * checkpoint. Both throw `checkpoint-damaged`, or `checkpoint-version` for a valid file of another format.
 */
export async function readCheckpoint(file: string): Promise<{
  state: TrainingState;
  tensors(network: Network): Omit<Checkpoint, 'state'>;
} | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(error, file);
  }
  const { metadata, has, tensor } = decodeSafetensors(bytes, (why, cause) => damaged(file, why, cause));
  const state = decodeState(metadata, file);
  return {
    state,
    tensors(network) {
      const read = ({ name, shape }: WeightSpec) => {
        if (!has(name, shape)) throw otherVersion(file);
        return tensor(name, shape);
      };
      const groups = tensorGroups(network, state);
      return {
        weights: groups.weights.map(read),
        optimizerState: groups.optimizerState.map(read),
        average: groups.average.map(read),
        kept: groups.kept.map(read),
      };
    },
  };
}

/** The largest header that is read: that of the largest network with the longest history has less. */
const MAX_HEADER_BYTES = 16e6;

/** The state in a checkpoint, and when the file was written. Reads no tensors. Throws as `readCheckpoint` does. */
export async function readCheckpointState(file: string): Promise<{ state: TrainingState; written: Date } | null> {
  try {
    // Opening a pipe would wait for its writer.
    if (!(await stat(file)).isFile()) throw damaged(file, 'it is not a file');
    await using handle = await open(file, 'r');
    const { size, mtime } = await handle.stat();
    const read = async (length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    };
    const length = headerBytes(await read(PREAMBLE_BYTES));
    if (length > Math.min(size, MAX_HEADER_BYTES)) throw damaged(file, 'it is truncated');
    const { metadata, bytes } = decodeSafetensors(await read(length), (why, cause) => damaged(file, why, cause));
    const state = decodeState(metadata, file);
    if (bytes > size) throw damaged(file, 'it is truncated');
    return { state, written: mtime };
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(error, file);
  }
}

function decodeState({ format = FORMAT, state }: Record<string, string>, file: string): TrainingState {
  if (state === undefined) throw damaged(file, 'the state is missing');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), stateSchema), state);
  if (format !== FORMAT || !parsed.success) throw otherVersion(file);
  if (!parsed.output.network && !isArchitecture(parsed.output.architecture)) throw otherVersion(file);
  return parsed.output;
}

function otherVersion(file: string): EmnistError {
  return new EmnistError('checkpoint-version', `${file} was written by an incompatible version of emnist-tui`, {
    file,
  });
}

function damaged(file: string, reason: string, cause?: unknown): EmnistError {
  return new EmnistError('checkpoint-damaged', `${file} is damaged: ${reason}`, { file, reason }, { cause });
}
