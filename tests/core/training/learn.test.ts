import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isEmnistError } from '../../../src/core/errors.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { listModels, loadModel, saveModel } from '../../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import type { NewSample } from '../../../src/core/samples/sample.ts';
import { SampleStore } from '../../../src/core/samples/sample-store.ts';
import { CharacterGenerator } from '../../../src/core/strokes/character-generator.ts';
import { learn } from '../../../src/core/training/learn.ts';
import type { LearnEvent } from '../../../src/core/training/learn-event.ts';
import type { LearnOptions } from '../../../src/core/training/learn-run.ts';
import { startLearning } from '../../../src/core/training/start-learning.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { mirrored, samplesOf, samplesThatTeachNothing, tinyModel } from '../../helpers/learning.ts';
import { trainingRecord } from '../../helpers/training-record.ts';

const DIGITS = [...'0123456789'];
const generator = CharacterGenerator.shipped();
const ODD = samplesOf(DIGITS, 6, (label, seed) =>
  '2457'.includes(label) ? mirrored(generator.draw(label, seed)) : null,
);
let tiny: Model;
beforeAll(async () => {
  tiny = await tinyModel('tiny');
}, 600_000);

/** A folder with the tiny model, which is the default one, and samples. */
async function homeWith(samples: readonly NewSample[], model: Model = tiny): Promise<Paths> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-learn-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const paths = resolvePaths(home);
  await saveModel(model, paths);
  if (samples.length > 0) await (await SampleStore.open(paths.samples)).add(samples);
  return paths;
}

const run = (paths: Paths, options: LearnOptions = {}) =>
  Array.fromAsync(startLearning({ engine: 'wasm', threads: 1, epochs: 4, ...options }, paths));

function endOf(events: readonly LearnEvent[]) {
  const end = events.at(-1)!;
  if (end.event !== 'end') throw new Error(`the last event is ${end.event}`);
  return end;
}

const codeOf = (code: Parameters<typeof isEmnistError>[1]) => expect.toSatisfy((error) => isEmnistError(error, code));

describe('a run', { timeout: 300_000 }, () => {
  test('saves the model as the default one, with its parent; the next run starts from that parent again', async () => {
    const paths = await homeWith(ODD);
    const events = await run(paths);
    expect(events[0]).toMatchObject({
      ...{ event: 'start', from: 'tiny', model: 'tiny-hand', samples: 48, heldOut: 12 },
      ...{ newLabels: [], replay: 'generated drawings', epochs: 4 },
    });
    expect(events.flatMap((event) => (event.event === 'epoch' ? [event.epoch] : []))).toEqual([0, 1, 2, 3, 4]);
    const end = endOf(events);
    expect(end).toMatchObject({ reason: 'completed', accepted: true, model: 'tiny-hand', from: 'tiny', samples: 48 });
    expect(end.own.after).toBeGreaterThan(end.own.before!);
    expect((await listModels(paths)).map(({ name }) => name)).toEqual(['tiny-hand', 'tiny', 'shipped']);
    const child = await loadModel(undefined, paths);
    expect(child.training).toMatchObject({
      parent: 'tiny',
      samples: 48,
      validationAccuracy: end.own.after,
      split: 'digits',
    });
    const again = endOf(await run(paths));
    expect(again).toMatchObject({ from: 'tiny', model: 'tiny-hand-2', own: end.own, general: end.general });
    expect((await loadModel('tiny-hand-2', paths)).weights).toEqual(child.weights);
  });

  test('replays images of a data set that has been fetched, and measures on others', async () => {
    const paths = await homeWith(ODD);
    await installDatasets(paths, { digits: { train: 500, test: 10 } });
    const events = await run(paths, { epochs: 1 });
    expect(events[0]).toMatchObject({ event: 'start', replay: 'digits' });
    // A tenth of the images was held out when the model was trained.
    expect(endOf(events).general.count).toBe(50);
  });

  test('says how far it is with reading a data set, and can be stopped meanwhile', async () => {
    const paths = await homeWith(ODD);
    const total = 20_000;
    await installDatasets(paths, { digits: { train: total, test: 10 } });
    const learning = startLearning({ engine: 'wasm', threads: 1, epochs: 500 }, paths);
    const events: LearnEvent[] = [];
    for await (const event of learning) {
      events.push(event);
      if (event.event === 'validation' && event.total === total) learning.stop('interrupted');
    }
    expect(events).toContainEqual(expect.objectContaining({ event: 'validation', epoch: 0, total }));
    expect(endOf(events)).toMatchObject({ reason: 'interrupted', model: null });
  });

  test('started at the same time as another takes the next name', async () => {
    const paths = await homeWith(ODD);
    const runs = await Promise.all([run(paths, { epochs: 1 }), run(paths, { epochs: 1 })]);
    expect(runs.map((events) => endOf(events).model).sort()).toEqual(['tiny-hand', 'tiny-hand-2']);
  });

  test('that is not accepted saves nothing', async () => {
    const paths = await homeWith(samplesThatTeachNothing());
    const end = endOf(await run(paths, { epochs: 1 }));
    expect(end).toMatchObject({ reason: 'completed', accepted: false, model: null });
    expect(await readdir(paths.models)).toEqual(['tiny']);
  });

  test.each([
    ['before it starts', null],
    ['while it prepares', 'validation'],
    ['while it learns', 'batch'],
    ['while it measures', 'epoch'],
  ])('that is stopped %s saves nothing', async (_when, at) => {
    const paths = await homeWith(ODD);
    const learning = startLearning({ engine: 'wasm', threads: 1, epochs: 500 }, paths);
    if (at === null) learning.stop('interrupted');
    const events: LearnEvent[] = [];
    for await (const event of learning) {
      events.push(event);
      if (event.event === at) learning.stop('interrupted');
    }
    expect(endOf(events)).toMatchObject({ reason: 'interrupted', accepted: false, model: null });
    expect(await readdir(paths.models)).toEqual(['tiny']);
  });

  test('that has lost the lock of its model saves nothing', async () => {
    const paths = await homeWith(ODD);
    const options = { from: 'tiny', name: 'mine', engine: 'wasm', threads: 1, epochs: 4 } as const;
    const events = Array.fromAsync(
      learn(options, paths, new TrainingControl(), () => Promise.reject(new Error('lost'))),
    );
    await expect(events).rejects.toThrow('lost');
    expect(await readdir(paths.models)).toEqual(['tiny']);
  });

  test('takes another name, and replaces a model only if it is told to', async () => {
    const paths = await homeWith(ODD);
    await saveModel({ ...tiny, name: 'mine', training: trainingRecord() }, paths);
    await expect(run(paths, { name: 'mine' })).rejects.toThrow(codeOf('model-exists'));
    const end = endOf(await run(paths, { name: 'mine', overwrite: true, from: 'tiny' }));
    expect(end).toMatchObject({ model: 'mine', accepted: true });
    expect((await loadModel('mine', paths)).training?.parent).toBe('tiny');
    expect(() => startLearning({ name: 'shipped' }, paths)).toThrow(codeOf('model-name-invalid'));
  });
});

describe('a run is refused', () => {
  test('with fewer samples than can be divided', async () => {
    for (const count of [0, 1, 4]) {
      const paths = await homeWith(ODD.slice(0, count));
      await expect(run(paths)).rejects.toThrow(codeOf('samples-too-few'));
      expect(await readdir(paths.models)).toEqual(['tiny']);
    }
  });

  test('if each sample is the only one of a label that the model does not know', async () => {
    const paths = await homeWith([...'πΩλμσ'].map((label, index) => ({ ...ODD[index]!, label })));
    const refused = run(paths);
    await expect(refused).rejects.toThrow(/none is left to measure on/);
    await expect(refused).rejects.toMatchObject({ code: 'samples-too-few', data: { samples: 5, minimum: 6 } });
  });

  test('if the model would forget labels that nothing shows', async () => {
    const labels = ['left', 'right', ...DIGITS.slice(2)];
    const signs = { ...tiny, labels, training: trainingRecord({ split: 'signs' }) };
    await expect(run(await homeWith(ODD, signs))).rejects.toThrow(
      expect.objectContaining({
        code: 'replay-missing',
        data: { model: 'tiny', labels: 'left, right', split: 'signs' },
      }),
    );
  });
});
