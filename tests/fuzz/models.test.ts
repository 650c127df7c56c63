import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { exportModel } from '../../src/app/export-model.ts';
import { importModel } from '../../src/app/import-model.ts';
import type { ModelFormat } from '../../src/core/model/formats/model-formats.ts';
import { encodeLayersModel } from '../../src/core/model/layers-format.ts';
import type { Model } from '../../src/core/model/model.ts';
import { listModels, loadModel, saveModel } from '../../src/core/model/model-store.ts';
import { IMAGE_SHAPE, type Network } from '../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { createRecognizer } from '../../src/core/recognizer/recognizer.ts';
import { temporaryFolder } from '../cli/run.ts';
import { randomWeights } from '../core/engine/networks.ts';
import { integers, onnxFile } from '../helpers/onnx-files.ts';
import { stateDict, torchFile } from '../helpers/torch-files.ts';
import { unzip, zip } from '../helpers/zip.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.ts';

/** Few weights, so that mutations are likely to hit their description. */
const NETWORK: Network = {
  input: IMAGE_SHAPE,
  layers: [
    { type: 'conv2d', filters: 2, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'conv2d', filters: 2, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
    { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
    { type: 'relu' },
    { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.3 },
    { type: 'dense', units: 4, useBias: true },
  ],
};
/** It can reject: its last output has no label. */
const MODEL: Model = {
  name: 'small',
  network: NETWORK,
  labels: ['A', 'B', 'C'],
  weights: randomWeights(NETWORK, 5),
  training: null,
};

let folder: string;
let paths: Paths;
beforeEach(async () => {
  folder = await temporaryFolder();
  paths = resolvePaths(path.join(folder, 'home'));
  await saveModel(MODEL, paths);
});

/** Imports a file; a model that is accepted must read images. */
async function importAndRead(file: string): Promise<void> {
  await rm(path.join(paths.models, 'imported'), { recursive: true, force: true });
  await importModel({ file, name: 'imported' }, { paths });
  await readBlank(await loadModel('imported', paths));
}

async function readBlank(model: Model): Promise<void> {
  const recognizer = await createRecognizer(model);
  try {
    const [reading] = await recognizer.recognize(new Uint8Array(28 * 28));
    expect(reading!.predictions).toHaveLength(Math.min(5, model.labels.length));
  } finally {
    await recognizer.dispose();
  }
}

async function exported(format: ModelFormat): Promise<{ file: string; bytes: Buffer }> {
  const file = path.join(folder, `exported.${format}`);
  await exportModel({ format, model: 'small', out: file }, { paths });
  const read = format === 'tfjs' ? path.join(file, 'model.json') : file;
  return { file: read, bytes: await readFile(read) };
}

const FORMATS = ['tfjs', 'keras', 'h5', 'onnx', 'safetensors'] as const;

test.each(FORMATS)('mutated bytes of a model as %s', async (format) => {
  const { file, bytes } = await exported(format);
  await importAndRead(file);
  await fuzz(
    byteMutations,
    async (mutations) => {
      await writeFile(file, mutateBytes(bytes, mutations));
      await importAndRead(file);
    },
    { seed: 1, runs: 120 },
  );
  // One file's effect on a library's memory must not affect the next.
  await writeFile(file, bytes);
  await importAndRead(file);
});

/** Files of other programs, which go through readers of their own. */
const FOREIGN: Record<string, () => Promise<Buffer>> = {
  'graph.onnx': async () =>
    onnxFile({
      input: [1, 28, 28],
      nodes: [
        { op: 'Conv', inputs: ['input', 'k'], output: 'conv', attributes: { strides: [4, 4], pads: [1, 1, 1, 1] } },
        { op: 'Relu', inputs: ['conv'], output: 'relu' },
        { op: 'Reshape', inputs: ['relu', 'shape'], output: 'flat' },
        { op: 'Gemm', inputs: ['flat', 'w'], output: 'logits', attributes: { transB: 1 } },
      ],
      weights: {
        k: { dims: [2, 1, 3, 3], data: numbers(18) },
        shape: integers(-1, 98),
        w: { dims: [10, 98], data: numbers(980) },
      },
    }),
  'weights.pth': () =>
    torchFile(
      stateDict({
        'a.weight': { dims: [4, 784], data: numbers(3136) },
        'a.bias': { dims: [4], data: numbers(4) },
        'b.weight': { dims: [10, 4], data: numbers(40) },
      }),
    ),
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => Math.sin(index));

test.each(Object.keys(FOREIGN))("mutated bytes of another program's %s", async (name) => {
  const bytes = await FOREIGN[name]!();
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  await importAndRead(file);
  await fuzz(
    byteMutations,
    async (mutations) => {
      await writeFile(file, mutateBytes(bytes, mutations));
      await importAndRead(file);
    },
    { seed: 5, runs: 120 },
  );
});

describe('mutated descriptions', () => {
  test('model.json', async () => {
    const { file, bytes } = await exported('tfjs');
    await fuzz(
      jsonMutations,
      async (mutations) => {
        await writeFile(file, JSON.stringify(mutateJson(JSON.parse(bytes.toString()), mutations)));
        await importAndRead(file);
      },
      { seed: 2, runs: 150 },
    );
  });

  test('model.json among the models that are listed', async () => {
    const { bytes } = await exported('tfjs');
    const listed = path.join(paths.models, 'listed');
    await mkdir(listed);
    await fuzz(
      jsonMutations,
      async (mutations) => {
        await writeFile(
          path.join(listed, 'model.json'),
          JSON.stringify(mutateJson(JSON.parse(bytes.toString()), mutations)),
        );
        const models = await listModels(paths);
        expect(models.map(({ name }) => name)).toContain('listed');
      },
      { seed: 3, runs: 120 },
    );
  });

  test('a functional model', async () => {
    const { file } = await exported('tfjs');
    const graph: Network = {
      input: IMAGE_SHAPE,
      layers: [
        { type: 'conv2d', filters: 2, kernel: [5, 3], stride: [2, 2], padding: 'same', useBias: true },
        { type: 'depthwiseConv2d', multiplier: 1, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
        { type: 'add', inputs: [0, 1] },
        { type: 'concatenate', inputs: [2, 0] },
        { type: 'zeroPadding', top: 1, bottom: 0, left: 1, right: 0 },
        { type: 'leakyRelu', slope: 0.1 },
        { type: 'globalAveragePool' },
        { type: 'reshape', shape: [1, 2, 2] },
        { type: 'flatten' },
        { type: 'dense', units: 3, useBias: true },
      ],
    };
    const { modelJson, weightData } = encodeLayersModel(
      { ...MODEL, network: graph, weights: randomWeights(graph, 5) },
      'w.bin',
      '1',
    );
    await writeFile(path.join(path.dirname(file), 'w.bin'), weightData);
    await writeFile(file, modelJson);
    await importAndRead(file);
    await fuzz(
      jsonMutations,
      async (mutations) => {
        await writeFile(file, JSON.stringify(mutateJson(JSON.parse(modelJson), mutations)));
        await importAndRead(file);
      },
      { seed: 6, runs: 150 },
    );
  });

  test('the header of a safetensors file', async () => {
    const { file, bytes } = await exported('safetensors');
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    await fuzz(
      jsonMutations,
      async (mutations) => {
        const mutated = Buffer.from(JSON.stringify(mutateJson(header, mutations)));
        const size = Buffer.alloc(8);
        size.writeBigUInt64LE(BigInt(mutated.length));
        await writeFile(file, Buffer.concat([size, mutated, bytes.subarray(8 + length)]));
        await importAndRead(file);
      },
      { seed: 4, runs: 120 },
    );
  });

  test('the files in a .keras archive', async () => {
    const { file, bytes } = await exported('keras');
    const members = await unzip(bytes);
    const inputs = fc.tuple(fc.constantFrom(...members.keys()), byteMutations, jsonMutations);
    await fuzz(
      inputs,
      async ([name, inBytes, inJson]) => {
        const member = members.get(name)!;
        const mutated = name.endsWith('.json')
          ? Buffer.from(JSON.stringify(mutateJson(JSON.parse(member.toString()), inJson)))
          : mutateBytes(member, inBytes);
        await writeFile(file, await zip(new Map([...members, [name, mutated]])));
        await importAndRead(file);
      },
      { seed: 5, runs: 120 },
    );
  });
});
