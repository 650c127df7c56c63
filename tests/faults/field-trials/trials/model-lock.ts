import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import type { Program } from '../../../cli/run.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import type { Field, Trial } from '../field.ts';

/** Two containers, or two machines, with one data folder. */

const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--name', 'shared'];

function whyNoNamespaces(): string | null {
  const [file, ...args] = [...NAMESPACE, 'true'];
  return spawnSync(file!, args).status === 0 ? null : 'process namespaces cannot be created here';
}

async function withDigits({ home }: Field): Promise<void> {
  await installDatasets(resolvePaths(home), { digits: { train: 2000, test: 50 } });
}

/** Runs the product in a container of its own: with process numbers that others have, too. */
function inContainer({ command }: Field): { command: readonly string[] } {
  return { command: [...NAMESPACE, ...command] };
}

/** Sends a signal to what runs in a container, by its number outside of it. */
async function signalInside({ child }: Program, signal: NodeJS.Signals): Promise<void> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  for (const pid of children.trim().split(' ')) process.kill(Number(pid), signal);
}

async function digest({ home }: Field): Promise<string> {
  const folder = path.join(home, 'models/shared');
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(path.join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

export const TRIALS: readonly Trial[] = [
  {
    id: '2a',
    title: 'of two containers with one data folder, only one trains a model',
    skip: whyNoNamespaces,
    async run(field) {
      await withDigits(field);
      const first = field.start([...TRAIN, '--epochs', '9999', '--json'], inContainer(field));
      await first.event('epoch');
      const second = await field.run([...TRAIN, '--epochs', '1'], inContainer(field));
      field.check(second.code === 1, 'the second is refused');
      field.check(
        /process \d+ on \S+, since \d{4}-/.test(second.stderr),
        'it says who is training, where, and since when',
      );
      field.check(/ — .*wait.*stop.*--name/.test(second.stderr), 'it says how to go on');
      field.check(!first.stdout.includes('"event":"error"'), 'the first goes on');
    },
  },
  {
    id: '2b',
    title: 'a lock whose process number something else has by now does not block for ever',
    async run(field) {
      await withDigits(field);
      const sleeper = spawn('sleep', ['60']);
      field.defer(() => void sleeper.kill());
      const lock = path.join(field.home, 'models/shared/training.lock');
      await mkdir(path.dirname(lock), { recursive: true });
      await writeFile(lock, String(sleeper.pid));
      const { code, stderr } = await field.run([...TRAIN, '--epochs', '1']);
      field.observe(`  ${stderr.split('\n')[0]}`);
      field.check(code === 0, 'the model is trained');
      field.check(/another process.*seconds/.test(stderr), 'it says what it waits for, and for how long');
    },
  },
  {
    id: '2c',
    title: 'a run that was suspended, and whose model another machine then trained, stops when it wakes up',
    skip: whyNoNamespaces,
    async run(field) {
      await withDigits(field);
      const first = field.start([...TRAIN, '--epochs', '9999', '--json'], inContainer(field));
      await first.event('epoch');
      await signalInside(first, 'SIGSTOP');
      const second = field.start([...TRAIN, '--resume', '--json'], inContainer(field));
      await second.event('epoch');
      await signalInside(second, 'SIGINT');
      field.observe(`the second has trained an epoch: ${(await second.end()).stdout.split('\n').at(-2)}`);
      const before = await digest(field);

      const epochs = () => first.stdout.split('"event":"epoch"').length;
      const seen = epochs();
      await signalInside(first, 'SIGCONT');
      // A run that does not notice would go on for hours.
      const goesOn = await first.until(() => epochs() > seen + 20).catch(() => false);
      const code = goesOn ? 'none, it goes on' : (await first.end()).code;
      field.observe(`the first has been continued: exit code ${code}, ${first.stderr.trim().split('\n').at(-1)}`);
      field.observe(`the files of the model: ${before} before, ${await digest(field)} after`);
      field.check(code === 1, 'it ends with exit code 1');
      field.check(/has taken over the model "shared"/.test(first.stderr), 'it says why');
      field.check((await digest(field)) === before, 'what the other one trained is unchanged');
    },
  },
  {
    id: '2d',
    title: 'a lock from a clock that is ahead does not block',
    async run(field) {
      await withDigits(field);
      const lock = path.join(field.home, 'models/shared/training.lock');
      await mkdir(path.dirname(lock), { recursive: true });
      const since = '2041-01-01T00:00:00.000Z';
      const holder = { id: '1', host: 'ahead', boot: '1', pid: 7, started: '1', since };
      await writeFile(lock, JSON.stringify(holder));
      await utimes(lock, new Date(since), new Date(since));
      const { code, stderr } = await field.run([...TRAIN, '--epochs', '1']);
      field.observe(`  ${stderr.split('\n')[0]}`);
      field.check(code === 0, 'the model is trained');
      field.check(/process 7 on ahead, since 20/.test(stderr), 'it says whom it waits for');
    },
  },
];
