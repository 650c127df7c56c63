import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import type { Field, Trial } from '../field.ts';

/** What must not be lost: models, checkpoints, and what is told about them. */

const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--epochs', '1'];

async function withDigits({ home }: Field, images = 300): Promise<void> {
  await installDatasets(resolvePaths(home), { digits: { train: images, test: 50 } });
}

/** A digest of the files of a model; `none` without any. */
async function digest({ home }: Field, name: string): Promise<string> {
  const folder = path.join(home, 'models', name);
  const hash = createHash('sha256');
  const files = await readdir(folder).catch(() => []);
  for (const file of files.sort()) hash.update(file).update(await readFile(path.join(folder, file)));
  return files.length === 0 ? 'none' : hash.digest('hex').slice(0, 12);
}

export const TRIALS: readonly Trial[] = [
  {
    id: '3a',
    title: 'train does not replace a finished model of the same name',
    async run(field) {
      await withDigits(field);
      await field.run([...TRAIN, '--name', 'mine']);
      const before = await digest(field, 'mine');
      const again = await field.run([...TRAIN, '--name', 'mine', '--seed', '9']);
      field.observe(`the files of the model: ${before} before, ${await digest(field, 'mine')} after`);
      field.check((await digest(field, 'mine')) === before, 'the model is the same as before');
      field.check(again.code === 1, 'the exit code is 1');
      field.check(/ — .*--name.*--overwrite/.test(again.stderr), 'the hint names both ways out');
      const replaced = await field.run([...TRAIN, '--name', 'mine', '--seed', '9', '--overwrite']);
      field.check(replaced.code === 0 && (await digest(field, 'mine')) !== before, '--overwrite replaces it');
    },
  },
  {
    id: '3b',
    title: 'train does not start over what can be resumed',
    async run(field) {
      await withDigits(field, 2000);
      const training = field.start([...TRAIN, '--name', 'cut', '--epochs', '999', '--json']);
      await training.event('epoch');
      training.kill('SIGINT');
      await training.end();
      const before = await digest(field, 'cut');
      const again = await field.run([...TRAIN, '--name', 'cut']);
      field.observe(`the files of the run: ${before} before, ${await digest(field, 'cut')} after`);
      field.check((await digest(field, 'cut')) === before, 'model and checkpoint are the same as before');
      field.check(again.code === 1, 'the exit code is 1');
      field.check(/ — .*--resume.*--overwrite/.test(again.stderr), 'the hint names both ways out');
    },
  },
  {
    id: '5a',
    title: 'a named run is resumed by its name alone, with the epochs that it was started with',
    async run(field) {
      await withDigits(field, 2000);
      const done = await cutOff(field, ['--name', 'mine', '--epochs', '6']);
      const resumed = await field.run(['train', '--resume', '--name', 'mine', '--json']);
      const start = `"epochs":6,"epochsDone":${done}`;
      field.check(startOf(resumed.stdout).includes(start), `it goes on after epoch ${done} of 6`);
      field.check(/"reason":"completed","model":"mine","epochs":6/.test(resumed.stdout), 'it ends after epoch 6');
    },
  },
  {
    id: '5b',
    title: 'without a name, the run that was interrupted last is resumed, and named',
    async run(field) {
      await withDigits(field, 2000);
      await cutOff(field, ['--name', 'first', '--epochs', '6']);
      const done = await cutOff(field, ['--name', 'second', '--epochs', '6']);
      const { code, stderr } = await field.run(['train', '--resume']);
      field.observe(`  ${stderr.split('\n')[0]}`);
      field.check(code === 0 && stderr.includes(`second after epoch ${done} of 6`), 'it says which one it resumes');
      const next = await field.run(['train', '--resume', '--json']);
      field.check(startOf(next.stdout).includes('"model":"first"'), 'then the one before');
      const none = await field.run(['train', '--resume']);
      field.check(
        none.code === 2 && /no interrupted training run/.test(none.stderr),
        'then there is nothing to resume',
      );
    },
  },
  {
    id: '5c',
    title: 'models says how far each run has come',
    async run(field) {
      await withDigits(field, 2000);
      const done = await cutOff(field, ['--name', 'mine', '--epochs', '6']);
      const { stdout } = await field.run(['models']);
      field.check(stdout.includes(`resumable: ${done} of 6 epochs`), `it has trained ${done} of 6 epochs`);
    },
  },
];

/** Trains a model and stops after its first epoch. Returns how many it has completed. */
async function cutOff(field: Field, args: readonly string[]): Promise<number> {
  const training = field.start([...TRAIN, ...args, '--json']);
  await training.event('epoch');
  training.kill('SIGINT');
  await training.end();
  const { epochs } = await training.event('end');
  field.observe(`interrupted after epoch ${epochs}`);
  return Number(epochs);
}

function startOf(stdout: string): string {
  return stdout.split('\n').find((line) => line.includes('"event":"start"')) ?? '';
}
