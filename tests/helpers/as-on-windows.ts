/**
 * Preloaded (`node --import`), makes Node behave on any system as on Windows, in the ways that programs for other systems tend
 * to miss:
 *
 * - `process.platform` is `win32`;
 * - `process.kill` supports few signals, and each ends the process immediately (nodejs.org/api/process.html#signal-events);
 * - Ctrl-Break, here SIGUSR2, ends a process without a listener;
 * - writing to a closed pipe may fail with EOF;
 * - files to be moved, replaced or deleted are at first open in another program, HELD_TIMES times (default 2).
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

Object.defineProperty(process, 'platform', { value: 'win32' });

const kill = process.kill.bind(process);
process.kill = (pid, signal = 'SIGTERM') => {
  if (signal === 0) return kill(pid, 0);
  if (!['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGQUIT'].includes(String(signal))) {
    throw Object.assign(new TypeError(`Unknown signal: ${signal}`), { code: 'ERR_UNKNOWN_SIGNAL' });
  }
  return kill(pid, 'SIGKILL');
};

if (workerThreads.isMainThread) {
  process.on('SIGUSR2', () => {
    if (!process.emit('SIGBREAK', 'SIGBREAK')) kill(process.pid, 'SIGKILL');
  });
  process.stdout.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') error.code = 'EOF';
  });
}

// Workers do not inherit the process' options.
const { Worker } = workerThreads;
workerThreads.Worker = class extends Worker {
  constructor(file: string | URL, options?: WorkerOptions) {
    super(file, { ...options, execArgv: ['--import', import.meta.url] });
  }
};

const times = Number(process.env.HELD_TIMES ?? 2);
const held = new Map<string, number>();

/** Whether a file is busy this time. After HELD_TIMES times it is free once, then busy again. */
function isBusy(file: string): boolean {
  const before = held.get(file) ?? 0;
  held.set(file, before === times ? 0 : before + 1);
  return before < times;
}

function refusal(code: 'EPERM' | 'EBUSY', syscall: string, file: string): Error {
  return Object.assign(new Error(`${code}: as Windows says, ${syscall} '${file}'`), { code, syscall, path: file });
}

const { rename } = fs;
fs.rename = Object.assign(
  ((from, to, callback) => {
    if (isBusy(String(to))) setImmediate(callback, refusal('EPERM', 'rename', String(from)));
    else rename(from, to, callback);
  }) as typeof fs.rename,
  { __promisify__: rename.__promisify__ },
);
const { rename: renamePromised, rm } = fs.promises;
fs.promises.rename = async (from, to) => {
  if (isBusy(String(to))) throw refusal('EPERM', 'rename', String(from));
  return renamePromised(from, to);
};
fs.promises.rm = async (file, options) => {
  // With retries, Node itself waits.
  if (!options?.maxRetries && fs.existsSync(file) && isBusy(String(file)))
    throw refusal('EBUSY', 'unlink', String(file));
  return rm(file, options);
};
syncBuiltinESMExports();
