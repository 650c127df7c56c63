import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { trainingRecord } from '../helpers/training-record.ts';
import { run, runJson, temporaryFolder } from './run.ts';

const epoch = { loss: 1, accuracy: 0.5, validationLoss: 1.1, validationAccuracy: 0.4, seconds: 1, imagesPerSecond: 9 };

async function withModel(name: string): Promise<{ home: string; paths: Paths }> {
  const home = await temporaryFolder();
  const paths = resolvePaths(home);
  const network = architecture('cnn', 10);
  const training = trainingRecord({ history: [{ ...epoch, epoch: 1 }] });
  await saveModel({ name, network, labels: [...'0123456789'], weights: initialWeights(network, 1), training }, paths);
  return { home, paths };
}

test('models are renamed, noted, and deleted', async () => {
  const { home, paths } = await withModel('mine');
  const renamed = await runJson(['models', '--rename', 'mine', '--to', 'yours'], { home });
  expect(renamed.events).toEqual([{ event: 'end', models: 2, renamed: { from: 'mine', to: 'yours' } }]);
  const noted = await runJson(['models', '--note', 'yours', '--text', ' for the\nclass'], { home });
  expect(noted.events).toEqual([{ event: 'end', models: 2, noted: { model: 'yours', note: 'for the class' } }]);
  const listed = await runJson(['models'], { home });
  expect(listed.events[0]).toMatchObject({
    ...{ name: 'yours', note: 'for the class', evaluations: [], keptEpoch: 1, stoppedEarly: false, seed: 1 },
    ...{ device: 'test', seconds: 1, trainImages: 900, limit: null, classes: 10, recipe: { optimizer: 'adam' } },
    ...{ history: [{ epoch: 1, validationAccuracy: 0.4 }], curve: null, unfinished: null },
  });
  const { stdout } = await run(['models'], { home });
  expect(stdout).toMatch(/^ +model +split +network +classes +epochs +validation +test +date *\n/);
  expect(stdout).toMatch(/yours .* 50.0% of 100 +- .*for the class\n/);
  expect(await run(['models', '--note', 'yours', '--text', ''], { home })).toMatchObject({
    stdout: 'Removed the note about yours.\n',
  });

  const unasked = await run(['models', '--delete', 'yours'], { home });
  expect(unasked).toMatchObject({
    code: 2,
    stderr: 'emnist-tui: cannot ask for confirmation without a terminal — add --yes to delete\n',
  });
  expect(await run(['models', '--delete', 'yours', '--yes'], { home })).toMatchObject({ stdout: 'Deleted yours.\n' });
  expect(await readdir(paths.models).catch(() => [])).toEqual([]);
});

test('what cannot be done with a model is said with what to do instead', async () => {
  const { home, paths } = await withModel('mine');
  await mkdir(path.join(paths.models, 'other'));
  await writeFile(path.join(paths.models, 'other', 'checkpoint.safetensors'), '');
  const cases: [args: string[], code: number, stderr: RegExp][] = [
    [['--rename', 'mine', '--to', 'other'], 1, /"other" already exists — choose another name with --to\n$/],
    [['--rename', 'mine', '--to', 'a/b'], 2, /invalid model name "a\/b" — use up to 64 letters/],
    [['--rename', 'mine'], 2, /--rename has no effect without --to — add --to\n$/],
    [['--to', 'mine'], 2, /--to has no effect without --rename — add --rename\n$/],
    [
      ['--rename', 'shipped', '--to', 'a'],
      2,
      /invalid --rename "shipped" \(it is built in\) — use the name of a model/,
    ],
    [['--delete', 'shipped', '-y'], 2, /invalid --delete "shipped" \(it is built in\)/],
    [['--delete', '../models', '-y'], 1, /model "..\/models" not found/],
    [
      ['--note', 'mine', '--text', 'a'.repeat(201)],
      2,
      /invalid --text "a{20}…" \(201 characters\) — use a note of at most 200 characters\n$/,
    ],
    [['--note', 'mine', '--delete', 'mine', '--text', 'a', '-y'], 2, /cannot be combined with/],
  ];
  for (const [args, code, stderr] of cases) {
    const result = await run(['models', ...args], { home });
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(stderr) });
  }
  expect(await readdir(path.join(paths.models, 'mine'))).not.toContain('notes.json');
});

test('an evaluation is kept with the model, and listed', async () => {
  const { home, paths } = await withModel('mine');
  await installDatasets(paths, { digits: { train: 100, test: 20 } });
  const { events } = await runJson(['evaluate', '--split', 'digits', '--model', 'mine'], { home });
  const { accuracy, loss, prior } = events.at(-1)!;
  const kept = { split: 'digits', part: 'test', characters: 'all', prior, images: 20, accuracy, loss };
  expect((await runJson(['models'], { home })).events[0]).toMatchObject({ evaluations: [kept] });
  await run(['evaluate', '--split', 'digits', '--model', path.join(paths.models, 'mine'), '--limit', '10'], { home });
  await run(['evaluate', '--split', 'digits', '--model', 'shipped'], { home });
  const [mine, shipped] = (await runJson(['models'], { home })).events;
  expect(mine).toMatchObject({ evaluations: [{ images: 10 }, kept] });
  expect(shipped).toMatchObject({ name: 'shipped', evaluations: [{ images: 20 }] });
  expect((await run(['models'], { home })).stdout).toMatch(/shipped .*% of 20 \(digits\) .*built-in/);
});

test('what several processes find out about a model at the same time is all kept', async () => {
  const { home, paths } = await withModel('mine');
  await installDatasets(paths, { digits: { train: 100, test: 20 } });
  const evaluate = ['evaluate', '--split', 'digits', '--model', 'mine'];
  const done = await Promise.all([
    run([...evaluate, '--limit', '10'], { home }),
    run([...evaluate, '--part', 'train'], { home }),
    run(['models', '--note', 'mine', '--text', 'first'], { home }),
  ]);
  expect(done.map(({ code }) => code)).toEqual([0, 0, 0]);
  const [mine] = (await runJson(['models'], { home })).events;
  expect(mine).toMatchObject({ note: 'first' });
  expect((mine!.evaluations as { part: string }[]).map(({ part }) => part).sort()).toEqual(['test', 'train']);
});

test.skipIf(ON_WINDOWS)(named('an evaluation that cannot be kept says why', ON_WINDOWS), async () => {
  const { home, paths } = await withModel('mine');
  await installDatasets(paths, { digits: { train: 100, test: 20 } });
  await writeFile(path.join(paths.models, 'mine/notes.json'), 'mine');
  await chmod(path.join(paths.models, 'mine/notes.json'), 0o444);
  const { code, events, stderr } = await runJson(['evaluate', '--split', 'digits', '--model', 'mine'], { home });
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'end', notKept: expect.stringContaining('notes.json was written by') });
  expect(stderr).toContain('the result was not kept with the model: ');
});
