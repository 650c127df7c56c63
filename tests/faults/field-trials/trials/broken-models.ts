import { chmod, cp, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import { NOBODY, whyNotNobody } from '../../../helpers/nobody.ts';
import type { Field, Trial } from '../field.ts';

const STROKE = '{"strokes":[[[5,0],[5,20]]]}\n';

/** Trains a model, for everybody to read. */
async function train(field: Field, name: string, home = field.home): Promise<string> {
  await installDatasets(resolvePaths(home), { digits: { train: 100, test: 10 } });
  const args = ['--architecture', 'cnn', '--batch-size', '32', '--epochs', '1', '--name', name];
  await field.run(['train', '--split', 'digits', ...args], { home });
  await chmod(field.folder, 0o755);
  return path.join(home, 'models', name);
}

async function dateModel(folder: string, date: string): Promise<void> {
  const file = path.join(folder, 'model.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"date": ?"[^"]*"/, `"date":"${date}"`));
}

interface Listed {
  name: string;
  default: boolean;
  problem: string | null;
}

async function listed(field: Field): Promise<Listed[]> {
  const { stdout } = await field.run(['models', '--json'], { uid: NOBODY });
  const events = stdout.split('\n').filter((line) => line.includes('"event":"model"'));
  return events.map((line) => JSON.parse(line) as Listed);
}

/** Models that cannot be used, by name, with what made them so. */
const BROKEN: { readonly [name: string]: (folder: string) => Promise<void> } = {
  'folder-forbidden': (folder) => chmod(folder, 0),
  'file-forbidden': (folder) => chmod(path.join(folder, 'model.json'), 0),
  'file-cut': (folder) => writeFile(path.join(folder, 'model.json'), '{"format":'),
  'link-to-nowhere': (folder) => replace(folder, () => symlink('nowhere', folder)),
  'link-to-itself': (folder) => replace(folder, () => symlink(path.basename(folder), folder)),
  file: (folder) => replace(folder, () => writeFile(folder, 'weights')),
  'weights-missing': async (folder) => rm(await weightsOf(folder)),
  'weights-cut': async (folder) => truncate(await weightsOf(folder), 1000),
};

async function weightsOf(folder: string): Promise<string> {
  return path.join(
    folder,
    JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8')).weightsManifest[0].paths[0],
  );
}

async function replace(folder: string, by: () => Promise<void>): Promise<void> {
  await rm(folder, { recursive: true });
  await by();
}

export const TRIALS: readonly Trial[] = [
  {
    id: '15a',
    title: 'models that cannot be used are listed with their problems, and nothing ends because of them',
    skip: whyNotNobody,
    async run(field) {
      const good = await train(field, 'good');
      await dateModel(good, '2020-01-01T00:00:00.000Z');
      for (const [name, breakIt] of Object.entries(BROKEN)) {
        const bad = path.join(field.home, 'models', name);
        await cp(good, bad, { recursive: true });
        await dateModel(bad, '2021-01-01T00:00:00.000Z');
        await breakIt(bad);
      }
      field.defer(() => chmod(path.join(field.home, 'models/folder-forbidden'), 0o755));
      const models = await listed(field);
      const predicted = await field.run(['predict', '--json', '-'], { uid: NOBODY, input: STROKE });
      const doctor = await field.run(['doctor', '--json'], { uid: NOBODY });
      for (const name of Object.keys(BROKEN)) {
        const problem = models.find((model) => model.name === name)?.problem;
        field.check(Boolean(problem), `${name} is listed: ${problem}`);
        field.check(doctor.stdout.includes(`"name":"model ${name}","state":"broken"`), `doctor names ${name}`);
      }
      field.check(models.find((model) => model.default)?.name === 'good', 'the one before them is the default');
      field.check(predicted.code === 0 && /"prediction"/.test(predicted.stdout), 'predict reads with the default');
      field.check(/"event":"end"/.test(doctor.stdout), 'doctor gets to its end');
      const cleaning = await field.run(['clean', '--models', '--dry-run'], { uid: NOBODY });
      field.check(cleaning.code === 0, 'clean knows what there is');
    },
  },
  {
    id: '15b',
    title: 'a model in a folder that is a link is listed and used',
    skip: whyNotNobody,
    async run(field) {
      const elsewhere = await train(field, 'kept', path.join(field.folder, 'elsewhere'));
      await mkdir(path.join(field.home, 'models'), { recursive: true });
      await symlink(elsewhere, path.join(field.home, 'models/linked'));
      const models = await listed(field);
      field.check(
        models.some(({ name, default: isDefault }) => name === 'linked' && isDefault),
        'it is the default',
      );
      await field.run(['clean', '--models', '--yes']);
      field.check(
        (await listed(field)).some(({ name }) => name === 'linked'),
        'clean deletes nothing elsewhere',
      );
    },
  },
  {
    id: '15c',
    title: 'a model from a clock that was years ahead is not the default for ever',
    skip: whyNotNobody,
    async run(field) {
      const ahead = await train(field, 'ahead');
      await dateModel(ahead, '2041-01-01T00:00:00.000Z');
      await cp(ahead, path.join(field.home, 'models/aside'), { recursive: true });
      await train(field, 'today');
      await rename(path.join(field.home, 'models/aside'), path.join(field.home, 'models/also-ahead'));
      const models = await listed(field);
      field.observe(
        `  ${models.map(({ name, default: isDefault }) => name + (isDefault ? ' (default)' : '')).join(', ')}`,
      );
      field.check(models.find((model) => model.default)?.name === 'today', 'the one trained today is the default');
    },
  },
  {
    id: '15d',
    title: 'a data set that cannot be read does not hide the others',
    skip: whyNotNobody,
    async run(field) {
      const paths = resolvePaths(field.home);
      await installDatasets(paths, { digits: { train: 40, test: 10 }, mnist: { train: 40, test: 10 } });
      await chmod(field.folder, 0o755);
      await chmod(path.join(paths.datasets, 'mnist'), 0);
      field.defer(() => chmod(path.join(paths.datasets, 'mnist'), 0o755));
      const { stdout } = await field.run(['doctor', '--json'], { uid: NOBODY });
      field.check(/"name":"data set digits","state":"ok"/.test(stdout), 'doctor finds the good one');
      field.check(/"name":"data set mnist","state":"broken"/.test(stdout), 'doctor names the other one');
      const cleaning = await field.run(['clean', '--datasets', '--dry-run'], { uid: NOBODY });
      field.check(cleaning.code === 0, 'clean knows what there is');
    },
  },
];
