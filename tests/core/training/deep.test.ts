import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportModel } from '../../../src/app/export-model.ts';
import { importModel } from '../../../src/app/import-model.ts';
import { MODEL_FORMATS } from '../../../src/core/model/formats/model-formats.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { loadModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { installDatasets } from '../../helpers/archive.ts';

let home: string;
let paths: Paths;
let events: TrainEvent[];
let model: Model;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-deep-'));
  paths = resolvePaths(home);
  await installDatasets(paths, { digits: { train: 150, test: 10 } });
  const options = { split: 'digits', architecture: 'deep', epochs: 2, batchSize: 16 } as const;
  events = await Array.fromAsync(startTraining(options, paths));
  model = await loadModel('digits-deep', paths);
});
afterAll(() => rm(home, { recursive: true }));

/** All weights. */
const bytes = ({ weights }: Model) => Buffer.concat(weights.map((tensor) => new Uint8Array(tensor.buffer)));

test('the deep network learns, with the recipe of vgg', () => {
  expect(events[0]).toMatchObject({ architecture: 'deep', parameters: 1_134_250, model: 'digits-deep' });
  const losses = events.flatMap((event) => (event.event === 'epoch' ? [event.loss] : []));
  expect(losses).toHaveLength(2);
  expect(losses[1]!).toBeLessThan(0.8 * losses[0]!);
  expect(model.training!.recipe).toMatchObject({ augment: 0.7, balance: 1, schedule: 'one-cycle', averaging: 0.999 });
});

test.each(MODEL_FORMATS)(
  'a deep model is exported as %s, and imported with the same layers and weights',
  async (format) => {
    const out = path.join(home, `deep.${format}`);
    await exportModel({ format, model: model.name, out }, { paths });
    await importModel({ file: out, name: format }, { paths });
    const imported = await loadModel(format, paths);
    expect(bytes(imported).equals(bytes(model))).toBe(true);
    expect(imported.network.layers.map(({ type }) => type)).toEqual(model.network.layers.map(({ type }) => type));
    expect(imported.labels).toEqual(model.labels);
  },
);
