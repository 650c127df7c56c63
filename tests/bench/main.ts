import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { pythonWith } from '../helpers/python.ts';
import { checkLosses } from './agreement.ts';
import { Contender, type ContenderOptions } from './contender.ts';
import { measure } from './measure.ts';
import type { HardwareAnswer } from './protocol.ts';
import { type Report, render } from './report.ts';
import { measureWords } from './words.ts';
import { makeWorkload, NETWORKS } from './workload.ts';

/*
 * `npm run bench`: compares the engine with PyTorch and TensorFlow.js in one run, in which they take turns, and times the reading
 * of words. `--json`
 * prints one JSON object. `--turns` and `--seconds` set how often and how long each is measured, `--peers` what to
 * compare with (`pytorch,tensorflow` or nothing). `--quick` only checks that everything works, and measures `cnn` alone.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    turns: { type: 'string' },
    seconds: { type: 'string' },
    peers: { type: 'string', default: 'pytorch,tensorflow' },
  },
});
const turns = Number(values.turns ?? (values.quick ? 1 : 9));
const networks = values.quick ? (['cnn'] as const) : NETWORKS;
const seconds = Number(values.seconds ?? (values.quick ? 0.1 : 0.8));
const here = path.dirname(fileURLToPath(import.meta.url));
const peers = new Set(values.peers.split(','));
const all = availableParallelism();
const say = (text: string) => process.stderr.write(`${text}\n`);

if (peers.has('tensorflow') && !existsSync(path.join(here, 'node_modules'))) {
  say('installing TensorFlow.js …');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
}
const peer = (file: string, ...parameters: (string | number)[]) => ({
  command: process.execPath,
  parameters: [path.join(here, 'peers', file), ...parameters.map(String)],
});

say('measuring the processor …');
const { command, parameters } = peer('hardware.ts', all);
const hardware = JSON.parse((await promisify(execFile)(command, parameters)).stdout) as HardwareAnswer;

await using workload = await makeWorkload();
const python = peers.has('pytorch') ? pythonWith('torch') : null;
if (peers.has('pytorch') && !python) {
  say('skipping PyTorch: no python3 can import torch (Debian: apt-get install python3-torch libopenblas0)');
}
const threadCounts = [...new Set([1, all])];
const start = (name: string, threads: number, what: Omit<ContenderOptions, 'name' | 'threads'>) =>
  Contender.start({ name, threads, ...what }, workload);
const engines = await Promise.all(threadCounts.map((n) => start('emnist-tui', n, peer('engine.ts', n))));
if (engines.includes(null)) throw new Error('the engine failed to start');
const torches = python
  ? threadCounts.flatMap((threads) =>
      ['NCHW', 'channels_last'].map((layout) =>
        start(`PyTorch ${layout}`, threads, {
          command: python,
          parameters: [path.join(here, 'peers/pytorch.py'), layout, String(threads)],
          // Without it two of its threads may share a core, which makes it many times slower.
          env: { OPENBLAS_NUM_THREADS: `${threads}`, ...(threads > 1 && { OMP_PROC_BIND: 'true' }) },
        }),
      ),
    )
  : [];
const slow = peers.has('tensorflow')
  ? [start('TensorFlow.js wasm', 1, peer('tfjs.ts', 'wasm')), start('TensorFlow.js cpu', 1, peer('tfjs.ts', 'cpu'))]
  : [];
const present = (contenders: (Contender | null)[]) => contenders.filter((contender) => contender !== null);
const fast = present([...engines, ...(await Promise.all(torches))]);
const others = present(await Promise.all(slow));

say('comparing losses …');
const agreement = await checkLosses(fast, others);
const measurements = await measure({ fast, others, networks, turns, seconds, say });
for (const contender of [...fast, ...others]) await contender.stop();
say('reading words …');
const words = await measureWords(threadCounts, values.quick ? 8 : 400);

const report: Report = {
  versions: [...fast, ...others].map(({ name, threads, version }) => ({ name, threads, version })),
  node: process.version,
  threads: all,
  turns,
  hardware,
  agreement,
  measurements,
  words,
};
console.log(values.json ? JSON.stringify(report) : render(report));
