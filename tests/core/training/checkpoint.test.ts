import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { optimizerStateSpecs } from '../../../src/core/engine/engine.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import { elements } from '../../../src/core/model/network.ts';
import { recipeFor } from '../../../src/core/model/recipe.ts';
import { readCheckpoint, type TrainingState, writeCheckpoint } from '../../../src/core/training/checkpoint.ts';
import { optimizerOf } from '../../../src/core/training/schedule.ts';

const network = architecture('cnn', 10);
const state: TrainingState = {
  split: 'digits',
  architecture: 'cnn',
  epochs: 3,
  batchSize: 32,
  recipe: recipeFor('cnn', { averaging: 0.9, patience: 3 }),
  seed: 5,
  limit: null,
  strokes: [],
  images: 90,
  step: 17,
  history: [
    { epoch: 1, loss: 2, accuracy: 0.2, validationLoss: 1.9, validationAccuracy: 0.3, seconds: 1, imagesPerSecond: 90 },
  ],
};
const weights = initialWeights(network, 1);
const optimizerState = optimizerStateSpecs(network, optimizerOf(state.recipe)).map(({ shape }, index) =>
  new Float32Array(elements(shape)).fill(index / 3),
);

const average = initialWeights(network, 2);
const kept = initialWeights(network, 3);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-checkpoint-'));
  file = path.join(folder, 'model', 'checkpoint.safetensors');
  await writeCheckpoint(file, { state, weights, optimizerState, average, kept }, network);
});
afterEach(() => rm(folder, { recursive: true }));

test('a checkpoint round-trips bit for bit and leaves no other file', async () => {
  const checkpoint = await readCheckpoint(file);
  expect(checkpoint?.state).toEqual(state);
  expect(checkpoint?.tensors(network)).toEqual({ weights, optimizerState, average, kept });
  expect(await readdir(path.dirname(file))).toEqual(['checkpoint.safetensors']);
});

test('its layout is that of safetensors: header length, JSON header, contiguous tensors', async () => {
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE());
  const { __metadata__, ...tensors } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  expect(Object.values(__metadata__).every((value) => typeof value === 'string')).toBe(true);
  let end = 0;
  for (const { dtype, shape, data_offsets } of Object.values<{
    dtype: string;
    shape: number[];
    data_offsets: number[];
  }>(tensors)) {
    expect(dtype).toBe('F32');
    expect(data_offsets).toEqual([end, end + elements(shape) * 4]);
    end = data_offsets[1]!;
  }
  expect(8 + length + end).toBe(bytes.length);
});

type Header = { __metadata__: Record<string, string>; [tensor: string]: Record<string, unknown> };

/** Rewrites the checkpoint with a changed header. */
async function withHeader(change: (header: Header) => void): Promise<void> {
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE());
  const header: Header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  change(header);
  const json = Buffer.from(JSON.stringify(header));
  const newLength = Buffer.alloc(8);
  newLength.writeBigUInt64LE(BigInt(json.length));
  await writeFile(file, Buffer.concat([newLength, json, bytes.subarray(8 + length)]));
}

test.each<[string, (header: Header) => void]>([
  ['a newer format', ({ __metadata__: metadata }) => Object.assign(metadata, { format: '2' })],
  [
    'a state that lacks what is needed now',
    ({ __metadata__: metadata }) => Object.assign(metadata, { state: JSON.stringify({ ...state, recipe: undefined }) }),
  ],
  ['a tensor that is not there', (header) => delete header[Object.keys(header).at(-1)!]],
  ['a tensor of another size', (header) => Object.assign(Object.values(header).at(-1)!, { data_offsets: [0, 4] })],
])('a valid checkpoint with %s is reported as incompatible', async (_, change) => {
  await withHeader(change);
  const read = async () => (await readCheckpoint(file))?.tensors(network);
  await expect(read()).rejects.toMatchObject({
    code: 'checkpoint-version',
    message: `${file} was written by an incompatible version of emnist-tui`,
  });
});

test('a checkpoint of a `cnn` with other layers, as older versions had, is reported as incompatible', async () => {
  const layers = network.layers
    .filter(({ type }) => type !== 'dropout')
    .map((layer): Layer => (layer.type === 'dense' && layer.units === 256 ? { ...layer, units: 128 } : layer));
  const older = { ...network, layers };
  const plain = { ...state, recipe: recipeFor('cnn') };
  const olderWeights = initialWeights(older, 1);
  const tensors = { weights: olderWeights, optimizerState: [...olderWeights, ...olderWeights] };
  await writeCheckpoint(file, { state: plain, ...tensors, average: [], kept: [] }, older);
  const read = await readCheckpoint(file);
  expect(() => read!.tensors(architecture('cnn', 10))).toThrow(
    expect.objectContaining({
      code: 'checkpoint-version',
      message: `${file} was written by an incompatible version of emnist-tui`,
    }),
  );
});

test('a checkpoint without a format number is read if its state is complete', async () => {
  await withHeader(({ __metadata__: metadata }) => delete metadata.format);
  expect((await readCheckpoint(file))?.state).toEqual(state);
});

test.each([
  ['no stroke file', null, []],
  ['one stroke file', '/strokes.jsonl', ['/strokes.jsonl']],
])('a checkpoint of an earlier version, with %s and without `reject`, is read', async (_, strokes, expected) => {
  const { reject, ...recipe } = state.recipe;
  await withHeader(({ __metadata__: metadata }) => {
    metadata.state = JSON.stringify({ ...state, recipe, strokes });
  });
  const read = await readCheckpoint(file);
  expect(read?.state).toEqual({ ...state, strokes: expected, recipe: { ...recipe, reject } });
  expect(reject).toBe(0);
});

test('a missing checkpoint is null', async () => {
  expect(await readCheckpoint(path.join(folder, 'none'))).toBeNull();
});

test.each([
  ['cut within the tensors', () => truncate(file, 100_000)],
  ['cut within the header', () => truncate(file, 100)],
  ['empty', () => truncate(file, 0)],
  ['another file', () => writeFile(file, 'once upon a time there was a text file')],
])('a checkpoint that is %s is reported as damaged', async (_, damage) => {
  await damage();
  const read = async () => (await readCheckpoint(file))?.tensors(network);
  await expect(read()).rejects.toMatchObject({ code: 'checkpoint-damaged' });
});
