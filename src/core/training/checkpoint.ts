import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import writeFileAtomic from 'write-file-atomic';
import { SPLITS } from '../dataset/splits.ts';
import { optimizerStateSpecs } from '../engine/engine.ts';
import { EmnistError } from '../errors.ts';
import { fileError, makeFolder } from '../file-errors.ts';
import { recipeSchema } from '../model/model.ts';
import { ARCHITECTURES, elements, type Network, type WeightSpec, weightSpecs } from '../model/network.ts';
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

/**
 * Writes a checkpoint as one file, in one rename, in the safetensors layout: the header's length (64 bits), a JSON
 * header that gives each tensor its place, the tensors. https://huggingface.co/docs/safetensors
 */
export async function writeCheckpoint(
  file: string,
  { state, weights, optimizerState, average, kept }: Checkpoint,
  network: Network,
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: FORMAT, state: JSON.stringify(state) } };
  let offset = 0;
  for (const { name, shape } of Object.values(tensorGroups(network, state)).flat()) {
    const end = offset + elements(shape) * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  // The layout pads the header with spaces so that the tensors are aligned.
  const headerBytes = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes.length));
  const tensors = [...weights, ...optimizerState, ...average, ...kept].map((tensor) =>
    Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength),
  );
  try {
    await makeFolder(path.dirname(file));
    await writeFileAtomic(file, Buffer.concat([length, headerBytes, ...tensors]));
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
  const { metadata, places, data } = splitHeader(bytes, file);
  if (metadata.format !== FORMAT) throw otherVersion(file);
  const parsed = v.safeParse(stateSchema, parseJson(metadata.state, file));
  if (!parsed.success) throw otherVersion(file);
  return {
    state: parsed.output,
    tensors(network) {
      const read = ({ name, shape }: WeightSpec) => {
        const [start, end] = places[name]?.data_offsets ?? [0, 0];
        if (end - start !== elements(shape) * 4) throw otherVersion(file);
        if (end > data.length) throw damaged(file, `${name} is not whole`);
        // A copy, since the file's bytes need not be aligned to 4.
        return new Float32Array(new Uint8Array(data.subarray(start, end)).buffer);
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

const headerSchema = v.objectWithRest(
  { __metadata__: v.object({ format: v.optional(v.string(), FORMAT), state: v.string() }) },
  v.looseObject({ data_offsets: v.optional(v.tuple([v.number(), v.number()])) }),
);

function splitHeader(bytes: Buffer, file: string) {
  const length = bytes.length >= 8 ? Number(bytes.readBigUInt64LE()) : Number.POSITIVE_INFINITY;
  if (length > bytes.length - 8) throw damaged(file, 'it is cut short');
  const parsed = v.safeParse(headerSchema, parseJson(bytes.toString('utf8', 8, 8 + length), file));
  if (!parsed.success) throw damaged(file, parsed.issues[0].message);
  const { __metadata__: metadata, ...places } = parsed.output;
  return { metadata, places, data: bytes.subarray(8 + length) };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', cause);
  }
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
