import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { Screen } from '../helpers/screen.ts';
import { AS_ON_WINDOWS } from '../helpers/windows.ts';

/** Runs the program on a pseudo-terminal. */
function startOnTerminal(args: string[], home: string, env: NodeJS.ProcessEnv = {}) {
  // Node disables colors where CI is set.
  const { NO_COLOR, FORCE_COLOR, CI, ...clean } = process.env;
  const screen = new Screen(80, 24);
  const pty = spawn(process.execPath, [EXECUTABLE, ...args], {
    name: env.TERM ?? 'xterm-256color',
    cols: 80,
    rows: 24,
    env: { ...clean, LANG: 'C.UTF-8', EMNIST_TUI_HOME: home, ...env },
  });
  let code: number | undefined;
  pty.onData((data) => screen.write(data));
  pty.onExit(({ exitCode }) => {
    // Once everything written before is on the screen.
    screen.write('', () => {
      code = exitCode;
      screen.changed();
    });
  });
  onTestFinished(() => {
    if (code === undefined) pty.kill('SIGKILL');
  });
  return {
    screen,
    type: (text: string) => pty.write(text),
    async end(): Promise<number> {
      await screen.waitFor(() => code !== undefined, 'its end');
      return code!;
    },
  };
}

async function homeWithDigits(): Promise<string> {
  const home = await temporaryFolder();
  await installDatasets(resolvePaths(home), { digits: { train: 400, test: 100 } });
  return home;
}

const ESCAPE = '\u001B';

describe('progress on a terminal', () => {
  test('is one line that is updated in place and removed at the end', async () => {
    const home = await homeWithDigits();
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--epochs', '2', '--batch-size', '16'];
    const { screen, end } = startOnTerminal(args, home);
    await screen.waitForText(/^epoch \d\/2 {2}[█▏▎▍▌▋▊▉░]{20} \d+%/m);
    expect(await end()).toBe(0);
    const lines = screen.text().trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('epoch '))).toHaveLength(2);
    expect(screen.text()).not.toContain('[');
    expect(lines.join(' ')).toMatch(/Trained: model digits-cnn, 2 epochs in /);
  });

  test('Ctrl-C ends it with 130', async () => {
    const home = await homeWithDigits();
    const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--epochs', '9999', '--batch-size', '16'];
    const { screen, type, end } = startOnTerminal(args, home);
    await screen.waitForText(/^epoch 1\/9999 .*validation/m);
    type('\u0003');
    expect(await end()).toBe(130);
    expect(screen.text()).toContain('Interrupted: model digits-cnn');
  });
});

describe('colors', () => {
  const args = ['evaluate', '--split', 'digits', '--model', 'shipped'];

  test('are used on a terminal', async () => {
    const { screen, end } = startOnTerminal(args, await homeWithDigits());
    expect(await end()).toBe(0);
    expect(screen.raw).toContain(`${ESCAPE}[1mWorst classes`);
  });

  test.each([
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['--no-color', ['--no-color'], {}],
  ])('are not used with %s', async (_, options, env) => {
    const { screen, end } = startOnTerminal([...args, ...options], await homeWithDigits(), env);
    expect(await end()).toBe(0);
    expect(screen.raw).toContain('Worst classes');
    expect(screen.raw).not.toContain(`${ESCAPE}[1m`);
    if ('TERM' in env) expect(screen.raw).not.toContain(ESCAPE);
  });
});

test('the table of models is not wider than the terminal', async () => {
  const { screen, end } = startOnTerminal(['models'], await temporaryFolder());
  expect(await end()).toBe(0);
  const lines = stripVTControlCharacters(screen.raw).split('\r\n');
  // Below what is said about the default model, on stderr.
  const table = lines.slice(1, 3);
  expect(table[0]).toMatch(/^ +model +split .*validation +test +date$/);
  expect(table[1]).toMatch(/^\* +shipped .* built-in/);
  expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('a dumb terminal gets help without control characters instead of the app', async () => {
  const { screen, end } = startOnTerminal([], await temporaryFolder(), { TERM: 'dumb' });
  expect(await end()).toBe(2);
  expect(screen.raw).toContain('Usage: emnist-tui');
  expect(screen.raw).toContain('this terminal cannot show the app (TERM=dumb) — pass a command');
  expect(screen.raw).not.toContain(ESCAPE);
});

describe('samples asks for confirmation', () => {
  async function homeWithSamples(): Promise<string> {
    const home = await temporaryFolder();
    const store = await SampleStore.open(resolvePaths(home).samples);
    await store.add(['a', 'a', 'b'].map((label) => ({ label, origin: 'practiced', strokes: [[[0, 0]]] })));
    return home;
  }

  test('and deletes those of a label when the answer is yes', async () => {
    const home = await homeWithSamples();
    const { screen, type, end } = startOnTerminal(['samples', '--delete', 'a'], home);
    await screen.waitForText(/Delete 2 samples with the label a\? \[y\/N\]/);
    type('y\r');
    expect(await end()).toBe(0);
    expect(screen.text()).toMatch(/Deleted 2 samples\./);
    expect((await SampleStore.open(resolvePaths(home).samples)).samples).toHaveLength(1);
  });

  test('and Enter means no', async () => {
    const home = await homeWithSamples();
    const { screen, type, end } = startOnTerminal(['samples', '--delete', 'all'], home);
    await screen.waitForText(/Delete all 3 samples\? \[y\/N\]/);
    type('\r');
    expect(await end()).toBe(0);
    expect(screen.text()).toContain('Nothing was deleted.');
    expect((await SampleStore.open(resolvePaths(home).samples)).samples).toHaveLength(3);
  });

  test('and clean says how many there are', async () => {
    const home = await homeWithSamples();
    const { screen, type, end } = startOnTerminal(['clean', '--all'], home);
    await screen.waitForText(/Delete these 3 samples\? \[y\/N\]/);
    type('y\r');
    expect(await end()).toBe(0);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('clean asks for confirmation', () => {
  test('and deletes nothing when the answer is no, the default', async () => {
    for (const answer of ['n\r', '\r']) {
      const home = await homeWithDigits();
      const { screen, type, end } = startOnTerminal(['clean', '--datasets'], home);
      await screen.waitForText(/Delete these data sets\? \[y\/N\]/);
      type(answer);
      expect(await end()).toBe(0);
      expect(screen.text()).toContain('Nothing was deleted.');
      expect(await readdir(path.join(home, 'datasets'))).toEqual(['digits']);
    }
  });

  test('and deletes when the answer is yes', async () => {
    const home = await homeWithDigits();
    const { screen, type, end } = startOnTerminal(['clean', '--datasets'], home);
    await screen.waitForText(/\[y\/N\]/);
    type('y\r');
    expect(await end()).toBe(0);
    expect(screen.text()).toMatch(/Freed .*Deleted:/);
    expect(await readdir(home)).toEqual(['archive.zip']);
  });

  test('and asks what to delete when no option says so', async () => {
    const home = await homeWithDigits();
    const { screen, type, end } = startOnTerminal(['clean'], home);
    await screen.waitForText(/\[d\]ata sets, \[m\]odels, \[s\]amples, \[a\]ll or \[n\]othing\?/);
    type('d\r');
    expect(await end()).toBe(0);
    expect(await readdir(home)).toEqual(['archive.zip']);
  });

  test.each([
    ['Ctrl-C', '\u0003', 130, {}],
    ['Ctrl-C where Node does as on Windows', '\u0003', 130, AS_ON_WINDOWS],
    ['Ctrl-D', '\u0004', 0, {}],
  ])('and %s means no', async (_, key, expected, env) => {
    const home = await homeWithDigits();
    const { screen, type, end } = startOnTerminal(['clean', '--all'], home, env);
    await screen.waitForText(/\[y\/N\]/);
    type(key);
    expect(await end()).toBe(expected);
    expect(await readdir(path.join(home, 'datasets'))).toEqual(['digits']);
  });
});

test('without a command it opens the app, also with --data-dir', async () => {
  const home = await homeWithDigits();
  const { screen, type, end } = startOnTerminal(['--data-dir', home], await temporaryFolder());
  await screen.waitFor(() => screen.onAlternateScreen, 'the alternate screen');
  await screen.waitForText(/Data sets digits \(/);
  type('q');
  expect(await end()).toBe(0);
  expect(screen.onAlternateScreen).toBe(false);
});
