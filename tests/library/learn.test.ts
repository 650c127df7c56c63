import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Model } from '../../src/core/model/model.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import {
  addSample,
  type EmnistError,
  type LearnEvent,
  type LearnOptions,
  learn,
  listModels,
  loadRecognizer,
} from '../../src/library/index.ts';
import { temporaryFolder } from '../cli/run.ts';
import { samplesOf, tinyModel } from '../helpers/learning.ts';

const generator = CharacterGenerator.shipped();
/** Somebody who writes a 7 as others write a W. */
const writes = (label: string, seed: number) => (label === '7' ? generator.draw('W', seed) : null);
const OPTIONS = { engine: 'wasm', threads: 1 } satisfies LearnOptions;

let tiny: Model;
beforeAll(async () => {
  tiny = await tinyModel('tiny');
}, 600_000);

let dataDir: string;
beforeEach(async () => {
  dataDir = await temporaryFolder();
  await saveModel(tiny, resolvePaths(dataDir));
  for (const { label, strokes } of samplesOf([...'0123456789'], 8, writes)) {
    await addSample({ label, strokes }, { dataDir });
  }
}, 120_000);

test('learns from samples, and reads with the new model from then on', { timeout: 300_000 }, async () => {
  const events: LearnEvent[] = [];
  const run = learn({ ...OPTIONS, dataDir });
  for await (const event of run) events.push(event);
  const result = await run;
  expect(events[0]).toMatchObject({ event: 'start', from: 'tiny', model: 'tiny-hand' });
  expect(result).toMatchObject({ reason: 'completed', accepted: true, model: 'tiny-hand' });
  expect(events.at(-1)).toEqual(result);
  const models = await listModels({ dataDir });
  expect(models.find((model) => model.default)).toMatchObject({ name: 'tiny-hand', parent: 'tiny' });
  const recognizer = await loadRecognizer({ dataDir });
  expect(recognizer.model).toBe('tiny-hand');
  await recognizer.close();
});

test('can be stopped and aborted, which saves nothing', { timeout: 300_000 }, async () => {
  const stopped = learn({ ...OPTIONS, epochs: 500, dataDir });
  for await (const event of stopped) if (event.event === 'batch') stopped.stop();
  expect(await stopped).toMatchObject({ reason: 'stopped', accepted: false, model: null });
  const controller = new AbortController();
  const aborted = learn({ ...OPTIONS, epochs: 500, signal: controller.signal, dataDir });
  const watch = async () => {
    for await (const event of aborted) if (event.event === 'batch') controller.abort(new Error('enough'));
  };
  await expect(watch()).rejects.toThrow('enough');
  expect((await listModels({ dataDir })).map(({ name }) => name)).toEqual(['tiny', 'shipped']);
});

test('says what is missing', async () => {
  const empty = await temporaryFolder();
  const error = await learn({ ...OPTIONS, dataDir: empty }).then(
    () => null,
    (thrown: EmnistError<'samples-too-few'>) => thrown,
  );
  expect(error).toMatchObject({ code: 'samples-too-few', data: { samples: 0, minimum: 5 } });
  expect(error!.hint).toMatch(/^label at least 5 drawings /);
});
