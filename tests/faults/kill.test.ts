import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkpointPath, loadModel, saveModel } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import { readCheckpoint } from '../../src/core/training/checkpoint.ts';
import { runJson, start, temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { mirrored, samplesOf, tinyModel } from '../helpers/learning.ts';

/** Small batches, so that an epoch takes long enough to be killed in the middle. */
const TRAIN = [
  'train',
  '--split',
  'digits',
  '--architecture',
  'cnn',
  '--epochs',
  '3',
  '--batch-size',
  '2',
  '--seed',
  '4',
];

async function weightsOf(home: string, name: string): Promise<string> {
  const hash = createHash('sha256');
  for (const tensor of (await loadModel(name, resolvePaths(home))).weights) hash.update(tensor);
  return hash.digest('hex');
}

test('a training run killed with -9 in epoch 2 can be resumed immediately, and ends with the weights of an uninterrupted one', async () => {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train: 400, test: 10 } });
  expect((await runJson([...TRAIN, '--name', 'whole'], { home })).code).toBe(0);

  const program = start([...TRAIN, '--name', 'killed', '--json'], { home });
  await program.until(({ events }) => events.find(({ event, epoch }) => event === 'batch' && epoch === 2));
  program.kill('SIGKILL');
  await program.end();
  const checkpoint = await readCheckpoint(checkpointPath(resolvePaths(home), 'killed'));
  expect(checkpoint?.state.history.map(({ epoch }) => epoch)).toEqual([1]);

  const { code, events } = await runJson([...TRAIN, '--name', 'killed', '--resume'], { home });
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === 'epoch').map(({ epoch }) => epoch)).toEqual([2, 3]);
  expect(await weightsOf(home, 'killed')).toBe(await weightsOf(home, 'whole'));
  const left = await readdir(path.join(resolvePaths(home).models, 'killed'));
  expect(left.map((file) => file.replace(/\.[0-9a-f]{8}\./, '.')).sort()).toEqual([
    'checkpoint.safetensors',
    'model.json',
    'weights.bin',
  ]);
});

test('learning killed with -9 leaves no model, and can be run again immediately', { timeout: 600_000 }, async () => {
  const home = await temporaryFolder();
  const paths = resolvePaths(home);
  await saveModel(await tinyModel('tiny'), paths);
  const generator = CharacterGenerator.shipped();
  const odd = (label: string, seed: number) => ('2457'.includes(label) ? mirrored(generator.draw(label, seed)) : null);
  await (await SampleStore.open(paths.samples)).add(samplesOf([...'0123456789'], 6, odd));
  const learn = ['learn', '--engine', 'wasm', '--threads', '1', '--name', 'mine'];
  const program = start([...learn, '--epochs', '500', '--json'], { home });
  await program.until(({ events }) => events.find(({ event, epoch }) => event === 'batch' && epoch === 2));
  program.kill('SIGKILL');
  await program.end();
  const { events } = await runJson(['models'], { home });
  expect(events.flatMap(({ event, name }) => (event === 'model' ? [name] : []))).toEqual(['tiny', 'shipped']);

  const again = await runJson([...learn, '--epochs', '8'], { home });
  expect(again.events.at(-1)).toMatchObject({ event: 'end', accepted: true, model: 'mine' });
  const left = await readdir(path.join(paths.models, 'mine'));
  expect(left.map((file) => file.replace(/\.[0-9a-f]{8}\./, '.')).sort()).toEqual(['model.json', 'weights.bin']);
});
