import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { SPLITS } from '../dataset/splits.ts';
import { optimizerStateSpecs } from '../engine/engine.ts';
import { EmnistError } from '../errors.ts';
import { fileError } from '../files/file-errors.ts';
import { makeFolder } from '../files/folders.ts';
import { replaceFile } from '../files/retry.ts';
import { recipeSchema } from '../model/model.ts';
import { ARCHITECTURES, type Network, type WeightSpec, weightSpecs } from '../model/network.ts';
import { decodeSafetensors, encodeSafetensors } from '../model/safetensors.ts';
import { optimizerOf } from './schedule.ts';

const epochSchema = v.object({
  epoch: v.number(),
  loss: v.number(),
  accuracy: v.number(),
  validationLoss: v.number(),
  validationAccuracy: v.number(),
  seconds: v.number(),
  imagesPerSecond: v.number(),
});
export type EpochRecord = v.InferOutput<typeof epochSchema>;

const stateSchema = v.object({
  split: v.picklist(SPLITS),
  architecture: v.picklist(ARCHITECTURES),
  epochs: v.number(),
  batchSize: v.number(),
  recipe: recipeSchema,
  seed: v.number(),
  limit: v.nullable(v.number()),
  strokes: v.nullable(v.string()),
  /** How many images there were to train on: another number means other data. */
  images: v.number(),
  step: v.number(),
  /** What the logits of the kept model were divided by; absent before there is one, and where there is no patience. */
  keptTemperature: v.optional(v.number()),
  history: v.array(epochSchema),
});
/** All that a training needs, beside its tensors, to go on as if it had never stopped. */
export type TrainingState = v.InferOutput<typeof stateSchema>;

export interface Checkpoint {
  state: TrainingState;
  /** In the order of `weightSpecs(network)`. */
  weights: Float32Array[];
  /** In the order of `optimizerStateSpecs`. */
  optimizerState: Float32Array[];
  /** The running average of the weights, in their order; empty where the recipe has none. */
  average: readonly Float32Array[];
  /** The model of the best epoch so far; empty where the recipe has no patience. */
  kept: readonly Float32Array[];
}

/** Counts up with each change that makes older checkpoints unreadable. Before there was a number, the state alone tells. */
const FORMAT = '1';

/** The tensors of a checkpoint in three groups. */
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

/** Writes a checkpoint as one safetensors file, in one rename. */
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
  try {
    await makeFolder(path.dirname(file));
    await replaceFile(file, bytes);
  } catch (error) {
    throw fileError(error, file);
  }
}

/**
 * The state of a checkpoint, by which its network is known; `tensors` then reads the rest. Null where there is none. Both
 * throw `EmnistError` `checkpoint-damaged`, or `checkpoint-version` when the file is whole but of another format.
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
  const { metadata, holds, tensor } = decodeSafetensors(bytes, (why, cause) => damaged(file, why, cause));
  const { format = FORMAT, state } = metadata;
  if (state === undefined) throw damaged(file, 'it has no state');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), stateSchema), state);
  if (format !== FORMAT || !parsed.success) throw otherVersion(file);
  return {
    state: parsed.output,
    tensors(network) {
      const read = ({ name, shape }: WeightSpec) => {
        if (!holds(name, shape)) throw otherVersion(file);
        return tensor(name, shape);
      };
      const groups = tensorGroups(network, parsed.output);
      return {
        weights: groups.weights.map(read),
        optimizerState: groups.optimizerState.map(read),
        average: groups.average.map(read),
        kept: groups.kept.map(read),
      };
    },
  };
}

function otherVersion(file: string): EmnistError {
  return new EmnistError(
    'checkpoint-version',
    `${file} was made by another version of emnist-tui`,
    'train anew, without --resume',
  );
}

function damaged(file: string, why: string, cause?: unknown): EmnistError {
  return new EmnistError('checkpoint-damaged', `${file} cannot be read: ${why}`, 'train anew, without --resume', {
    cause,
  });
}
