import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { EXECUTABLE } from '../../../cli/run.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import type { Field, Trial } from '../field.ts';

/** Root reads everything, so it runs the program as nobody. */
const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

function whyNotNobody(): string | null {
  if (process.platform === 'win32') return 'Windows has other permissions, and links need a privilege';
  if (NOBODY === undefined) return null;
  const { status } = spawnSync(process.execPath, [EXECUTABLE, '--version'], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? null : 'others may not read the program';
}

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

const BROKEN: readonly [id: string, what: string, (folder: string) => Promise<void>][] = [
  ['15a', 'whose folder nobody may open', (folder) => chmod(folder, 0)],
  ['15b', 'whose model.json nobody may read', (folder) => chmod(path.join(folder, 'model.json'), 0)],
  ['15c', 'whose model.json is cut', (folder) => writeFile(path.join(folder, 'model.json'), '{"format":')],
  ['15d', 'whose folder is a link that leads nowhere', (folder) => replace(folder, () => symlink('nowhere', folder))],
  [
    '15e',
    'whose folder is a link to itself',
    (folder) => replace(folder, () => symlink(path.basename(folder), folder)),
  ],
  ['15f', 'that is a file', (folder) => replace(folder, () => writeFile(folder, 'weights'))],
  [
    '15g',
    'whose weights are missing',
    async (folder) => {
      const file = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8')).weightsManifest[0].paths[0];
      await rm(path.join(folder, file));
    },
  ],
];

async function replace(folder: string, by: () => Promise<void>): Promise<void> {
  await rm(folder, { recursive: true });
  await by();
}

export const TRIALS: readonly Trial[] = [
  ...BROKEN.map(
    ([id, what, breakIt]): Trial => ({
      id,
      title: `a model ${what} is listed with its problem, and nothing ends because of it`,
      skip: whyNotNobody,
      async run(field) {
        await dateModel(await train(field, 'good'), '2020-01-01T00:00:00.000Z');
        const bad = await train(field, 'bad');
        await breakIt(bad);
        field.defer(() => chmod(bad, 0o755).catch(() => {}));
        const models = await listed(field);
        for (const { name, problem } of models) field.observe(`  ${name}: ${problem ?? 'usable'}`);
        field.check(
          models.some(({ name, problem }) => name === 'bad' && problem),
          'it is listed with its problem',
        );
        field.check(models.find((model) => model.default)?.name === 'good', 'the one before it is the default');
        const predicted = await field.run(['predict', '--json', '-'], { uid: NOBODY, input: STROKE });
        field.check(predicted.code === 0 && /"prediction"/.test(predicted.stdout), 'predict reads with the default');
        const doctor = await field.run(['doctor', '--json'], { uid: NOBODY });
        field.check(/"event":"end"/.test(doctor.stdout), 'doctor gets to its end');
        field.check(/"name":"model bad","state":"broken"/.test(doctor.stdout), 'doctor names it');
        const cleaning = await field.run(['clean', '--models', '--dry-run'], { uid: NOBODY });
        field.check(cleaning.code === 0, 'clean knows what there is');
      },
    }),
  ),
  {
    id: '15h',
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
    id: '15i',
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
    id: '15j',
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
