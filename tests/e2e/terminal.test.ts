import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { resolvePaths } from '../../src/core/paths.ts';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';
import { installDatasets, writeArchive } from '../helpers/archive.ts';
import { startTerminal, type Terminal, type TerminalOptions } from '../helpers/terminal.ts';
import { AS_ON_WINDOWS } from '../helpers/windows.ts';

const ESCAPE = '\u001B';

/** The app on a pseudo-terminal, with an empty data directory. */
function openApp(home: string, { env, ...options }: TerminalOptions = {}): Terminal {
  const terminal = startTerminal(process.execPath, [EXECUTABLE], {
    ...options,
    // As in CI, where a terminal must still count as interactive. No browser is opened.
    env: {
      CI: 'true',
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      EMNIST_TUI_HOME: home,
      BROWSER: 'true',
      PATH: '',
      ...env,
    },
  });
  onTestFinished(() => terminal.close());
  return terminal;
}

/** The plots of both charts: the lines between their titles and axes. */
function chartsOf(screen: string): string {
  const lines = screen.split('\n');
  const title = lines.findIndex((line) => line.includes('Accuracy') && line.includes('Loss'));
  return title < 0 ? '' : lines.slice(title + 1, -4).join('\n');
}

test('fetch, train, evaluate, draw, clean, quit: a complete session by keyboard', async () => {
  const home = await temporaryFolder();
  const archive = await writeArchive(path.join(await temporaryFolder(), 'small.zip'), {
    digits: { train: 6000, test: 200 },
  });
  const app = openApp(home);

  await app.waitForText(/Next: /);
  expect(app.emulator.onAlternateScreen).toBe(true);
  expect(app.screen()).toMatch(/Data sets none yet/);

  app.press('f');
  await app.waitForText(/Split \(training/);
  app.press('down', 'down', 'down', 'down');
  await app.waitForText(/❯ ● digits/);
  app.press('tab', `\u001B[200~${archive}\n\u001B[201~`);
  await app.waitForText(/● digits[\s\S]*small\.zip/);
  app.press('enter');
  await app.waitForText(/digits: 6,000 training and 200 test images/);

  app.press('t');
  await app.waitForText(/● digits .*6,000 images/);
  app.press('down');
  await app.waitForText(/❯ Network +‹ (vgg|cnn)/);
  if (!/‹ cnn/.test(app.screen())) app.press('left');
  await app.waitForText(/‹ cnn/);
  app.press('down', '6');
  await app.waitForText(/Epochs +‹ 6 ›/);
  app.press('enter');
  await app.waitForText(/Epoch +[2-5]\/6[\s\S]*Validation +loss [\d.]+ +accuracy [\d.]+%/);
  const early = chartsOf(app.screen());
  expect(early).toMatch(/[⠁-⣿]/u);
  expect(early).toMatch(/[◆★]/);
  const done = await app.waitForText(/Done\. The model is digits-cnn\. 6 of 6 epochs/);
  expect(chartsOf(done)).not.toBe(early);
  expect(done).toMatch(/Training +accuracy [\d.]+%, loss [\d.]+ on 5,400 training images/);
  expect(done).toMatch(/Validation +accuracy [\d.]+%, loss [\d.]+ on 600 held-out images/);

  app.press('e');
  await app.waitForText(/● digits-cnn[\s\S]*test \(200 images\)/);
  app.press('enter');
  const measured = await app.waitForText(/Accuracy [\d.]+%/);
  expect(measured).toMatch(/digits-cnn on the test part of digits, 200 images/);
  expect(measured).toMatch(/Worst classes|Every image was read correctly/);

  app.press('m');
  await app.waitForText(/❯ digits-cnn +digits/);
  app.press('d');
  const listening = await app.waitForText(/no page connected\s+http:\S+/);
  const socket = new WebSocket(socketUrl(/http:\S+/.exec(listening)![0]));
  onTestFinished(() => socket.terminate());
  await app.waitForText(/1 page connected/);
  socket.send(
    JSON.stringify({
      type: 'drawing',
      id: 1,
      strokes: [
        [
          [10, 10],
          [60, 12],
          [90, 80],
          [20, 120],
        ],
      ],
    }),
  );
  const drawn = await app.waitForText(/Read in [\d.]+ ms/);
  expect(drawn).toMatch(/[⠀-⣿]/);
  expect(drawn.match(/^.* \d [█▉▊▋▌▍▎▏░]+ +[\d.]+%/gm)).toHaveLength(5);

  app.press('c');
  await app.waitForText(/❯ \[ \] Data sets/);
  app.press('space', 'down', 'space', 'enter');
  const question = await app.waitForText(/Delete data sets and models\?/);
  expect(question).toContain(home);
  app.press('y');
  await app.waitForText(/Freed /);

  app.press('q');
  expect(await app.exitCode).toBe(0);
  expect(app.emulator.onAlternateScreen).toBe(false);
  const summary = app.screen();
  expect(summary).toMatch(/Fetched digits: 6,000 training and 200 test images\./);
  expect(summary).toMatch(/Trained digits-cnn: 6 of 6 epochs in .*, validation accuracy/);
  expect(summary.replaceAll('\n', '')).toMatch(/Evaluated digits-cnn on the test part of digits: [\d.]+% accuracy/);
  // The cursor is visible and bracketed paste is off, as before.
  expect(app.emulator.raw.lastIndexOf('\u001B[?25h')).toBeGreaterThan(app.emulator.raw.lastIndexOf('\u001B[?25l'));
  expect(app.emulator.raw.lastIndexOf('\u001B[?2004l')).toBeGreaterThan(app.emulator.raw.lastIndexOf('\u001B[?2004h'));
  expect(app.emulator.raw.lastIndexOf('\u001B[?1002l')).toBeGreaterThan(app.emulator.raw.lastIndexOf('\u001B[?1002h'));
});

describe('quitting in the middle of a training run', () => {
  /** The app in the third of many epochs, with a checkpoint of the second. */
  async function training(): Promise<{ app: Terminal; home: string }> {
    const home = await temporaryFolder();
    await installDatasets(resolvePaths(home), { digits: { train: 3000, test: 100 } });
    const app = openApp(home);
    await app.waitForText(/Next: /);
    app.press('t');
    await app.waitForText(/❯ ● digits/);
    app.press('tab');
    await app.waitForText(/❯ Network/);
    if (!/‹ cnn/.test(app.screen())) app.press('left');
    await app.waitForText(/‹ cnn/);
    app.press('down', '99');
    await app.waitForText(/Epochs +‹ 99 ›/);
    app.press('enter');
    await app.waitForText(/Epoch +(3|4|5|6)\/99/);
    return { app, home };
  }

  function expectTerminalRestored(app: Terminal): void {
    expect(app.emulator.onAlternateScreen).toBe(false);
    const { raw } = app.emulator;
    expect(raw.lastIndexOf(`${ESCAPE}[?25h`)).toBeGreaterThan(raw.lastIndexOf(`${ESCAPE}[?25l`));
    expect(raw.lastIndexOf(`${ESCAPE}[?2004l`)).toBeGreaterThan(raw.lastIndexOf(`${ESCAPE}[?2004h`));
    expect(raw.lastIndexOf(`${ESCAPE}[?1002l`)).toBeGreaterThan(raw.lastIndexOf(`${ESCAPE}[?1002h`));
    // The title from before.
    expect(raw.lastIndexOf(`${ESCAPE}[23;0t`)).toBeGreaterThan(raw.lastIndexOf(`${ESCAPE}]2;`));
  }

  test('Ctrl-C keeps the checkpoint, and the app can resume it', async () => {
    const { app, home } = await training();
    app.press('ctrl+c');
    expect(await app.exitCode).toBe(130);
    expectTerminalRestored(app);
    expect(app.screen()).toMatch(/Interrupted training digits-cnn: \d+ of 99 epochs in .*, validation accuracy/);
    expect(app.screen()).not.toMatch(/Error/);

    const again = openApp(home, { env: { NO_COLOR: '1' } });
    await again.waitForText(/Next: press t to resume the interrupted training run/);
    again.press('t');
    await again.waitForText(/❯ ● digits/);
    again.press('tab');
    if (!/cnn \(/.test(again.screen())) again.press('left');
    await again.waitForText(/Start +resume after epoch \d+/);
    again.press('q');
    expect(await again.exitCode).toBe(0);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops the run, restores the terminal and exits with %d', async (signal, code) => {
    const { app } = await training();
    app.signal(signal);
    expect(await app.exitCode).toBe(code);
    expectTerminalRestored(app);
  });
});

test('with Node behaving as on Windows, Ctrl-Z does not suspend and Ctrl-Break restores the terminal', async () => {
  const app = openApp(await temporaryFolder(), { env: AS_ON_WINDOWS });
  await app.waitForText(/Next: /);
  app.press('ctrl+z', 'f');
  await app.waitForText(/Split \(training/);
  app.signal('SIGUSR2');
  expect(await app.exitCode).toBe(130);
  expect(app.emulator.onAlternateScreen).toBe(false);
});

function socketUrl(page: string): string {
  return page.replace(/^http/, 'ws');
}
