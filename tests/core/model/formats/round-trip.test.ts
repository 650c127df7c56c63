import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportModel } from '../../../../src/app/export-model.ts';
import { importModel } from '../../../../src/app/import-model.ts';
import { MODEL_FORMATS } from '../../../../src/core/model/formats/model-formats.ts';
import type { Model } from '../../../../src/core/model/model.ts';
import { loadModel, saveModel } from '../../../../src/core/model/model-store.ts';
import { classCount, type Network } from '../../../../src/core/model/network.ts';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { randomNetwork, randomWeights } from '../../engine/networks.ts';
import { shippedModel } from './models.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-formats-'));
});
afterAll(() => rm(home, { recursive: true }));

/** Exports a model and imports the result in a new data directory. */
async function thereAndBack(model: Model, format: (typeof MODEL_FORMATS)[number]): Promise<Model> {
  const folder = await mkdtemp(path.join(home, `${format}-`));
  const [from, to] = [resolvePaths(path.join(folder, 'from')), resolvePaths(path.join(folder, 'to'))];
  await saveModel(model, from);
  const out = path.join(folder, `exported.${format}`);
  await exportModel({ format, model: model.name, out }, { paths: from });
  // ONNX is recognized only by the file name.
  const { transposed, orientation } = await importModel({ file: out, name: model.name }, { paths: to });
  expect({ transposed, orientation }).toEqual({ transposed: false, orientation: 'recorded' });
  return loadModel(model.name, to);
}

const bits = ({ weights }: Model) => weights.map(({ buffer }) => Buffer.from(buffer).toString('hex'));

const networks = fc
  .integer({ min: 0, max: 2 ** 31 })
  .map((seed): Network => ({ ...randomNetwork(seed), input: [28, 28, 1] }));
const characters = fc.uniqueArray(fc.constantFrom(...'0123456789ABCXYZabcxyzÄöß§€中文"\\\'{}'), {
  minLength: 12,
  maxLength: 12,
});

describe.each(MODEL_FORMATS)('%s', (format) => {
  test('network, labels and weights round-trip bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(networks, characters, fc.integer(), async (network, labels, seed) => {
        const weights = randomWeights(network, seed);
        // Negative zero and subnormal numbers are easily lost.
        weights.at(-1)!.set([-0, 1e-45].slice(0, weights.at(-1)!.length));
        const model = {
          name: 'random',
          network,
          labels: labels.slice(0, classCount(network)),
          weights,
          training: null,
        };
        const back = await thereAndBack(model, format);
        expect(bits(back)).toEqual(bits(model));
        expect(back).toEqual(model);
      }),
      { numRuns: 12 },
    );
  });

  test('the training record round-trips', async () => {
    const shipped = await shippedModel('mine');
    expect(shipped.training).not.toBeNull();
    expect(await thereAndBack(shipped, format)).toEqual(shipped);
  });
});
