import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile, ReadingClient } from '../helpers/reading-client.ts';
import { startTerminal, type Terminal } from '../helpers/terminal.ts';

/*
 * `npm run soak -- --minutes 5`: floods the canvas server, on Linux, with 200 connections, with and without the token:
 * expensive drawings, invalid messages, silence, idle and dripping connections. Meanwhile, someone draws on a page and,
 * with `--form app`, uses the app that runs the server; `--form command` floods the command. The first minute is for
 * warming up. The exit code is 1 if memory then grew by more than a tenth, or if anything was not answered.
 */
const KINDS = {
  heavy: 20,
  'heavy-60': 10,
  long: 20,
  'long-60': 10,
  invalid: 20,
  silent: 10,
  stranger: 30,
  idle: 40,
  dripping: 40,
};
const MAX_GROWTH = 1.1;
const SECONDS = 60;
/** How long it takes until nothing is left of a flood that has ended. */
const SETTLE_MS = 10_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, form: { type: 'string', default: 'app' } },
});
const minutes = Math.max(3, Number(values.minutes));
const folder = await mkdtemp(path.join(tmpdir(), 'emnist-tui-soak-'));
const memoryFile = path.join(folder, 'memory');
writeFileSync(memoryFile, '');

const program = [
  '--import',
  path.join(import.meta.dirname, 'soak-memory.ts'),
  path.join(import.meta.dirname, '../../bin/emnist-tui.js'),
];
const args = values.form === 'app' ? program : [...program, 'draw', '--no-open'];
const terminal = startTerminal(process.execPath, args, {
  cols: 120,
  rows: 36,
  // Over SSH, no browser is opened.
  env: { EMNIST_TUI_HOME: folder, SOAK_MEMORY: memoryFile, SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' },
});
if (values.form === 'app') {
  await terminal.waitForText(/Next: |draw/);
  terminal.press('d');
}
const [url = ''] = /http:\S+token=[\w-]{32}/.exec(await terminal.waitForText(/token=[\w-]{32}/)) ?? [];
const failures: string[] = [];

const quiet = await page(url, 50);
let flood = await startFlood();
print('flood', kinds().join(' '));
print('readings before', describe(quiet));

let isOver = false;
const readings: number[] = [];
const keys: number[] = [];
const work = [draw(), ...(values.form === 'app' ? [pressKeys(terminal)] : [])];
const resident: number[] = [];
const used: number[] = [];
for (let minute = 1; minute <= minutes; minute++) {
  const samples: number[] = [];
  for (let second = 0; second < SECONDS; second++) {
    await delay(1000);
    samples.push(residentMegabytes());
  }
  resident.push(quantile(samples, 0.5));
  const pressed = values.form === 'app' ? `; keys: ${describe(keys.splice(0))}` : '';
  print(
    `minute ${minute}`,
    `${quantile(samples, 0.5).toFixed(1)} MB resident; readings: ${describe(readings.splice(0))}${pressed}`,
  );
  if (minute > 1 && minute < minutes) continue;
  // Messages that are just being received come and go.
  flood.kill('SIGKILL');
  await delay(SETTLE_MS);
  used.push(await usedMegabytes());
  print('  in use without the flood', `${used.at(-1)!.toFixed(1)} MB after garbage collection`);
  if (minute < minutes) flood = await startFlood();
}
isOver = true;
await Promise.all(work);

const residentGrowth = resident.at(-1)! / resident[1]!;
const usedGrowth = used.at(-1)! / used[0]!;
print('growth after the first minute', `${percent(residentGrowth)} resident, ${percent(usedGrowth)} in use`);
if (Math.max(residentGrowth, usedGrowth) > MAX_GROWTH) failures.push('memory grew by more than a tenth');
print('readings afterwards', describe(await page(url, 50)));
const stopping = performance.now();
terminal.press(values.form === 'app' ? 'q' : 'ctrl+c');
if (values.form === 'app') {
  await Promise.race([terminal.exitCode, terminal.waitForText(/y/)]);
  terminal.press('y');
}
print('exit code', `${await terminal.exitCode} after ${(performance.now() - stopping).toFixed(0)} ms`);
for (const failure of failures) print('FAILED', failure);
await rm(folder, { recursive: true, force: true });
process.exit(failures.length > 0 ? 1 : 0);

async function startFlood(): Promise<ChildProcess> {
  const started = spawn(process.execPath, [path.join(import.meta.dirname, '../helpers/flood.ts'), url, ...kinds()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(started.stdout, 'data');
  return started;
}

function kinds(): string[] {
  return Object.entries(KINDS).map(([kind, count]) => `${kind}:${count}`);
}

/** Opens a page and draws on it. */
async function page(address: string, count: number): Promise<number[]> {
  const client = await ReadingClient.connect(address);
  const milliseconds = await client.read(count);
  client.close();
  return milliseconds;
}

/** Draws until the end. A connection that is lost is a failure, and opened again. */
async function draw(): Promise<void> {
  while (!isOver) {
    try {
      const client = await ReadingClient.connect(url);
      while (!isOver) readings.push(...(await client.read(1)));
      client.close();
    } catch (error) {
      failures.push(`a page: ${error instanceof Error ? error.message : error}`);
      await delay(1000);
    }
  }
}

/** Opens and leaves a list in the app until the end, and measures how long each takes. */
async function pressKeys(app: Terminal): Promise<void> {
  while (!isOver) {
    for (const [key, expected] of [
      ['m', /Choose a model/],
      ['escape', /Draw with/],
    ] as const) {
      const start = performance.now();
      app.press(key);
      try {
        await app.waitForText(expected, 10_000);
        keys.push(performance.now() - start);
      } catch {
        failures.push(`the app did not react to ${key} within 10 s`);
      }
      await delay(500);
    }
  }
}

function residentMegabytes(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${terminal.pid}/status`, 'utf8'))![1]) / 1000;
}

/** Makes the program collect its garbage and say how much is left. */
async function usedMegabytes(): Promise<number> {
  const before = readFileSync(memoryFile, 'utf8');
  terminal.signal('SIGUSR2');
  for (;;) {
    const after = readFileSync(memoryFile, 'utf8');
    if (after.length > before.length && after.endsWith('\n')) return Number(after.trim().split('\n').at(-1));
    await delay(20);
  }
}

function describe(milliseconds: readonly number[]): string {
  const [median, most, all] = [0.5, 0.95, 1].map((share) => quantile(milliseconds, share).toFixed(0));
  return `${milliseconds.length}, median ${median} ms, 95th percentile ${most} ms, longest ${all} ms`;
}

function percent(ratio: number): string {
  return `${ratio >= 1 ? '+' : ''}${(100 * (ratio - 1)).toFixed(1)}%`;
}

function print(what: string, value: string): void {
  console.log(`${what.padEnd(32)} ${value}`);
}
