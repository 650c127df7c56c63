import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { median } from './peers/serve.ts';
import { type Frames, frameTimes } from './start-times.ts';

/*
 * `npm run bench:app`: the cost of everything around the engine, on Linux: startup, reading a split, memory, and the
 * app's own share of a training run, on its screen and in the background. Training in the app and without it is compared by CPU
 * seconds, which other load on the machine affects less than the time that it takes. `--archive` is a zip with NIST's layout, by default the one next to the checkout;
 * `--only start,reading` measures only these parts.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    archive: { type: 'string', default: path.join(root, '../shared/emnist/gzip.zip') },
    turns: { type: 'string', default: '7' },
    only: { type: 'string', default: 'start,reading,training,augmentation' },
  },
});
const turns = Number(values.turns);
const executable = path.join(root, 'bin/emnist-tui.js');
const home = await mkdtemp(path.join(tmpdir(), 'emnist-tui-bench-'));
const paths = resolvePaths(home);
const env = { ...process.env, EMNIST_TUI_HOME: home };
const print = (what: string, value: string) => process.stdout.write(`${what.padEnd(52)} ${value}\n`);
const percent = (ratio: number) => `${(100 * (ratio - 1)).toFixed(1)}%`;

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function repeated(count: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await seconds(work));
  return median(times);
}

/** The app on a terminal, with its first complete screen. */
async function openApp(cols: number, rows: number) {
  const terminal = startTerminal(process.execPath, [executable], { cols, rows, env });
  await terminal.waitForText(/Next: /);
  return terminal;
}

async function start(): Promise<void> {
  const command = [process.execPath, executable];
  const version = await repeated(21, () => spawnSync(process.execPath, [executable, '--version'], { env }));
  const node = await repeated(21, () => spawnSync(process.execPath, ['-e', '0'], { env }));
  print('--version', `${(version * 1000).toFixed(0)} ms (Node alone ${(node * 1000).toFixed(0)} ms)`);
  const frames: Frames[] = [];
  for (let i = 0; i < 11; i++) frames.push(await frameTimes(command, env));
  const [first, complete] = [median(frames.map((times) => times.first)), median(frames.map((times) => times.complete))];
  print('first frame', `${first.toFixed(0)} ms (complete: ${complete.toFixed(0)} ms)`);
}

/** Decompresses the same files as `readPart` with nothing but zlib. */
async function gunzipAlone(): Promise<void> {
  for (const kind of ['images-idx3', 'labels-idx1']) {
    const file = path.join(paths.datasets, 'balanced', `emnist-balanced-train-${kind}-ubyte.gz`);
    const unpacked = createReadStream(file, { highWaterMark: 1 << 20 }).pipe(createGunzip({ chunkSize: 1 << 20 }));
    for await (const _ of unpacked);
  }
}

async function reading(): Promise<void> {
  const ratios: number[] = [];
  for (let i = 0; i < 11; i++) {
    const alone = await seconds(gunzipAlone);
    ratios.push((await seconds(() => readPart(paths, 'balanced', 'train'))) / alone);
  }
  print('reading balanced, compared to zlib alone', `${median(ratios).toFixed(2)}x`);
}

interface TrainEnd {
  /** Of the epochs. */
  seconds: number;
  /** CPU seconds of all threads from the first batch to the end. */
  cpu: number;
  /** Bytes; only of the run with --json. */
  peak: number;
}

/** Trains on the command line with --json; the output goes to a pipe that is read. */
async function trainPlain(architecture: string, epochs: number, ...more: string[]): Promise<TrainEnd> {
  const about = ['--architecture', architecture, '--epochs', `${epochs}`, '--name', 'bench', '--overwrite'];
  const parameters = ['train', ...about, ...more, '--json'];
  const child = spawn(process.execPath, [executable, ...parameters], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let end: TrainEnd | null = null;
  let seconds = 0;
  let before = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as { event: string; seconds: number };
    if (event.event === 'start') before = cpuTime(`${child.pid}`);
    if (event.event === 'epoch') seconds += event.seconds;
    if (event.event !== 'end') continue;
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    end = { seconds, cpu: cpuTime(`${child.pid}`) - before, peak: Number(peak?.[1]) * 1024 };
  }
  if (child.exitCode === null) await once(child, 'exit');
  if (!end) throw new Error('the training run did not finish');
  return end;
}

const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU time in seconds of a process, or of one of its threads: `123`, `123/task/124`. */
function cpuTime(process: string): number {
  const [user, system] = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) / ticks;
}

interface AppRun extends Omit<TrainEnd, 'peak'> {
  /** The app's own share of a core: that of the main thread, which draws it. */
  share: number;
}

/** The same training run in the app, by keyboard, shown there or in the background. */
async function trainInApp(epochs: number, cols: number, rows: number, where: 'shown' | 'background'): Promise<AppRun> {
  const app = await openApp(cols, rows);
  app.press('t');
  await app.waitForText(/● balanced/);
  while (!/❯ Network/.test(app.screen())) {
    const before = app.screen();
    app.press('down');
    await app.emulator.waitFor(() => app.screen() !== before, 'the next field');
  }
  if (!/‹ cnn/.test(app.screen())) app.press('left');
  await app.waitForText(/‹ cnn/);
  app.press('down', String(epochs));
  await app.waitForText(new RegExp(`Epochs +‹ ${epochs} ›`));
  app.press('enter');
  await app.waitForText(/Epoch +1\//);
  if (where === 'background') {
    app.press('escape');
    await app.waitForText(/Next:/);
  }
  const mainThread = `${app.pid}/task/${app.pid}`;
  const [before, drawn, began] = [cpuTime(`${app.pid}`), cpuTime(mainThread), performance.now()];
  await app.waitForText(where === 'shown' ? /Done\. The model is/ : /balanced-cnn done/, 300_000);
  const share = ((cpuTime(mainThread) - drawn) * 1000) / (performance.now() - began);
  const cpu = cpuTime(`${app.pid}`) - before;
  app.press('q');
  await app.exitCode;
  const models = path.join(paths.models, 'balanced-cnn/model.json');
  const json = JSON.parse(readFileSync(models, 'utf8')) as { userDefinedMetadata: { training: { seconds: number } } };
  await rm(paths.models, { recursive: true });
  return { seconds: json.userDefinedMetadata.training.seconds, cpu, share };
}

async function training(): Promise<void> {
  const epochs = 2;
  for (const [cols, rows, where] of [
    [80, 24, 'shown'],
    [200, 60, 'shown'],
    [200, 60, 'background'],
  ] as const) {
    const plain: TrainEnd[] = [];
    const inApp: AppRun[] = [];
    for (let i = 0; i < turns; i++) {
      plain.push(await trainPlain('cnn', epochs));
      inApp.push(await trainInApp(epochs, cols, rows, where));
    }
    // The least of each: other load on the machine can only add to it.
    const ratio = (of: (run: Pick<TrainEnd, 'seconds' | 'cpu'>) => number) =>
      Math.min(...inApp.map(of)) / Math.min(...plain.map(of));
    print(`cnn in the app at ${cols}x${rows}, ${where}`, `${percent(ratio(({ cpu }) => cpu))} more CPU than --json`);
    print('  time', `${percent(ratio(({ seconds }) => seconds))} slower`);
    print('  the app itself', `${(100 * median(inApp.map(({ share }) => share))).toFixed(1)}% of a core`);
  }
  for (const architecture of ['cnn', 'vgg']) {
    const { peak } = await trainPlain(architecture, 1);
    print(`${architecture}: peak memory, training on balanced`, `${(peak / 1e6).toFixed(0)} MB`);
  }
}

/** The cost of augmentation, which runs ahead of training in a separate thread. */
async function augmentation(): Promise<void> {
  const augmented: number[] = [];
  const plain: number[] = [];
  for (let i = 0; i < turns; i++) {
    augmented.push((await trainPlain('vgg', 1, '--limit', '20000')).seconds);
    plain.push((await trainPlain('vgg', 1, '--limit', '20000', '--augment', '0')).seconds);
  }
  print('vgg with augmentation, compared to without', `${percent(Math.min(...augmented) / Math.min(...plain))} slower`);
}

try {
  execFileSync(process.execPath, [executable, 'fetch', '--from', values.archive, '--quiet'], { env, stdio: 'ignore' });
  const parts = { start, reading, training, augmentation };
  for (const name of values.only.split(',')) await parts[name as keyof typeof parts]();
} finally {
  await rm(home, { recursive: true, force: true });
}
