import '@tensorflow/tfjs-backend-cpu';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as tfc from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { decodeTfjs } from '../../../src/core/model/formats/tfjs.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import { assetFolder, modelFolder, shippedFolder } from '../../../src/core/model/model-folder.ts';
import { findModel, loadModel, saveLayers } from '../../../src/core/model/model-store.ts';
import type { Network } from '../../../src/core/model/network.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { hash32 } from '../../../src/core/random.ts';
import { LINE_HEIGHT } from '../../../src/core/text/line-image.ts';
import { TEXT_CLASSES } from '../../../src/core/text/text-characters.ts';
import { loadWordModel, type WordModel, wordContent } from '../../../src/core/text/word-model.ts';

/** The folder of models of a home, with one in it. */
let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-words-'));
  folder = path.join(resolvePaths(home).models, 'words');
});
afterEach(() => rm(home, { recursive: true }));

const NETWORK: Network = {
  input: [LINE_HEIGHT, 64, 1],
  layers: [
    { type: 'conv2d', filters: 8, kernel: [3, 3], stride: [1, 1], padding: 'same', useBias: false },
    { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
    { type: 'relu' },
    { type: 'maxPool', size: [8, 4], stride: [8, 4], padding: 'valid' },
    { type: 'conv2d', filters: TEXT_CLASSES, kernel: [4, 1], stride: [1, 1], padding: 'valid', useBias: true },
  ],
};
const MODEL: WordModel = {
  name: 'words',
  network: NETWORK,
  weights: initialWeights(NETWORK, 1),
  training: {
    data: ['some', 'more'],
    epochs: 2,
    epochsAsked: 3,
    lines: 100,
    seed: 1,
    date: '2026-01-01T00:00:00Z',
    version: '1',
  },
};

test('round-trips', async () => {
  await saveLayers(wordContent(MODEL), folder);
  expect(await loadWordModel(modelFolder(folder))).toEqual(MODEL);
});

test('the one that ships can be read', async () => {
  const { network, training } = await loadWordModel();
  expect(network.input).toEqual([LINE_HEIGHT, 64, 1]);
  expect(training.epochs).toBeGreaterThan(0);
});

test('is not taken for a model that reads characters', async () => {
  await saveLayers(wordContent(MODEL), folder);
  const message = /model\.json is not supported: it reads words, not single characters$/;
  const error = { code: 'model-unsupported', message: expect.stringMatching(message) };
  const paths = resolvePaths(home);
  await expect(loadModel('words', paths)).rejects.toMatchObject(error);
  expect((await findModel(paths, 'words'))!.problem).toMatchObject(error);
  const file = path.join(folder, 'model.json');
  await expect(decodeTfjs(await readFile(file), file)).rejects.toMatchObject(error);
});

test('one that is missing, damaged, or for other characters is an error', async () => {
  await expect(loadWordModel(assetFolder('models/none'))).rejects.toMatchObject({ code: 'installation-damaged' });
  await expect(loadWordModel(shippedFolder)).rejects.toMatchObject({ code: 'model-damaged' });
  await saveLayers(wordContent(MODEL), folder);
  const weights = path.join(folder, (await readdir(folder)).find((name) => name.startsWith('weights'))!);
  await copyFile(weights, `${weights}.whole`);
  await truncate(weights, 100);
  const damaged = /does not match the checksum/;
  await expect(loadWordModel(modelFolder(folder))).rejects.toThrow(damaged);
  await copyFile(`${weights}.whole`, weights);
  const file = path.join(folder, 'model.json');
  const json = await readFile(file, 'utf8');
  await writeFile(file, json.replace('"lines": 100', '"lines": "many"'));
  await expect(loadWordModel(modelFolder(folder))).rejects.toThrow(/how it was trained/);
  await writeFile(file, json.replace(/(kernel_size": \[\s*)4/, '$13'));
  await expect(loadWordModel(modelFolder(folder))).rejects.toMatchObject({ code: 'model-damaged' });
});

test('TensorFlow.js reads the one that ships, for any width, and predicts the same', async () => {
  const { path: words, read } = assetFolder('models/words');
  const manifest = JSON.parse((await read('model.json')).toString());
  const [{ paths, weights: weightSpecs }] = manifest.weightsManifest;
  const weightData = new Uint8Array(await read(paths[0])).buffer;
  const { modelTopology } = manifest;
  const loaded = await tfl.loadLayersModel(tfc.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const { network, weights } = await loadWordModel(modelFolder(words));
  const engine = await createWasmEngine({ threads: 1 });
  const ours = await engine.createSequenceNetwork(network);
  await ours.setWeights(weights);
  for (const width of [16, 48]) {
    const image = Uint8Array.from({ length: LINE_HEIGHT * width }, (_, i) => (hash32(i) % 3 ? 0 : hash32(i, 1) & 255));
    const input = tfc.tensor4d(
      Float32Array.from(image, (byte) => byte / 255),
      [1, LINE_HEIGHT, width, 1],
    );
    const output = loaded.predict(input) as tfc.Tensor;
    expect(output.shape).toEqual([1, 1, width / 4, TEXT_CLASSES]);
    const theirs = await output.data();
    const own = softmaxRows(await ours.predict(image, width));
    own.forEach((probability, index) => {
      expect(probability).toBeCloseTo(theirs[index]!, 4);
    });
  }
  await engine.dispose();
});

/** The probabilities of the classes in each step. */
function softmaxRows(logits: Float32Array): number[] {
  return Array.from({ length: logits.length / TEXT_CLASSES }, (_, step) => {
    const row = logits.subarray(step * TEXT_CLASSES, (step + 1) * TEXT_CLASSES);
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    return [...row].map((logit) => Math.exp(logit) / sum);
  }).flat();
}
