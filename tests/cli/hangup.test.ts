import { readFile, watch } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type HangupContext, outlivesTerminal } from '../../src/cli/hangup.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { installDatasets } from '../helpers/archive.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { EXECUTABLE, start, temporaryFolder } from './run.ts';

describe('a process outlives its terminal', () => {
  const STAT = '4711 (a (b) c) S 4700 4711 4711 34816 4711 4194560 1';
  const proc = (files: Record<string, string>): Pick<HangupContext, 'readProc'> => ({
    readProc: (file) => files[file] ?? null,
  });
  const parent = `/proc/${process.ppid}/status`;

  test.each<[why: string, context: Partial<HangupContext>, expected: boolean]>([
    ['if nothing is connected to it', { hasTerminal: false }, true],
    ['not on Windows, which ends it', { hasTerminal: false, platform: 'win32' }, false],
    ['not if it is started from it in the usual way', proc({ '/proc/self/stat': STAT }), false],
    ['not on systems that tell nothing', {}, false],
    ['after nohup, also where that does not redirect the input', { env: { _: '/usr/bin/nohup' } }, true],
    ['not after env', { env: { _: '/usr/bin/env' } }, false],
    ['after setsid', proc({ '/proc/self/stat': STAT.replace('34816', '0') }), true],
    ["after trap '' HUP", proc({ '/proc/self/stat': STAT, [parent]: 'SigIgn:\t0000000000000001\n' }), true],
    ['not if its parent ignores other signals', proc({ [parent]: 'SigIgn:\t0000000000384006\n' }), false],
  ])('%s', (_, context, expected) => {
    const usual = { platform: 'linux', env: {}, hasTerminal: true, readProc: () => null };
    expect(outlivesTerminal({ ...usual, ...context })).toBe(expected);
  });
});

const TRAIN = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '16', '--epochs'];

async function homeWithDigits(): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train: 600, test: 10 } });
  return home;
}

/** Waits until the log of a run matches. */
async function logged(home: string, pattern: RegExp): Promise<void> {
  for await (const _ of watch(home)) {
    if (pattern.test(await readFile(path.join(home, 'run.log'), 'utf8').catch(() => ''))) return;
  }
}

describe.skipIf(ON_WINDOWS)(named('a hangup', ON_WINDOWS), () => {
  test('does not stop a command that no terminal is connected to', async () => {
    const program = start([...TRAIN, '10000', '--json'], { home: await homeWithDigits() });
    await program.event('epoch');
    program.kill('SIGHUP');
    program.kill('SIGHUP');
    await program.until(({ stderr }) => stderr.includes(`Going on; "kill ${program.child.pid}" stops it.`));
    const epochs = () => program.events.filter(({ event }) => event === 'epoch').length;
    const before = epochs();
    await program.until(() => epochs() > before + 1);
    program.kill('SIGTERM');
    expect((await program.end()).code).toBe(143);
    expect(program.events.at(-1)).toMatchObject({ event: 'end', reason: 'interrupted' });
    expect(program.stderr.match(/SIGHUP/g)).toHaveLength(1);
  });

  test('stops one on a terminal cleanly, however often it comes', async () => {
    const home = await homeWithDigits();
    const terminal = startTerminal(process.execPath, [EXECUTABLE, ...TRAIN, '10000'], {
      env: { EMNIST_TUI_HOME: home },
    });
    await terminal.waitForText(/^epoch 1\/10000 {2}loss/m);
    terminal.signal('SIGHUP');
    terminal.signal('SIGHUP');
    expect(await terminal.exitCode).toBe(129);
    expect(terminal.emulator.text()).toMatch(/Interrupted/);
  });

  test.each([
    ['nohup', 'nohup "$@" > run.log 2>&1 & wait'],
    ['setsid', 'setsid "$@" > run.log 2>&1 < /dev/null & sleep 1000'],
    ["trap '' HUP", 'trap "" HUP; "$@" > run.log 2>&1'],
  ])('does not stop one that %s started when the terminal is closed', async (_, script) => {
    const home = await homeWithDigits();
    const args = ['-c', script, 'sh', process.execPath, EXECUTABLE, ...TRAIN, '10', '--json'];
    const terminal = startTerminal('bash', args, { cwd: home, env: { EMNIST_TUI_HOME: home } });
    await logged(home, /"epoch":2/);
    terminal.hangUp();
    await logged(home, /"reason":"completed"/);
  });
});
