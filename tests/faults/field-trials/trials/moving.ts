import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { ROOT } from '../../../cli/run.ts';
import { installDatasets, writeArchive } from '../../../helpers/archive.ts';
import { startTerminal, type Terminal, type TerminalOptions } from '../../../helpers/terminal.ts';
import type { Field, Trial } from '../field.ts';

/** The app on a pseudo-terminal, on its home screen unless the terminal is too small for it. */
async function openApp(field: Field, { env, ...options }: TerminalOptions = {}): Promise<Terminal> {
  const [command, ...args] = field.command;
  const app = startTerminal(command!, args, {
    ...options,
    env: {
      ...{ CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined, SSH_CONNECTION: undefined, BROWSER: 'true' },
      ...{ EMNIST_TUI_HOME: field.home, EMNIST_TUI_ARCHIVE: undefined, ...env },
    },
  });
  field.defer(() => app.close());
  const { rows = 24, cols = 80 } = options;
  await app.waitForText(rows < 20 || cols < 60 ? /\S/ : /Next: /);
  return app;
}

/** Whether the screen comes to match within a few seconds. Records what is on it instead. */
async function comesTo(field: Field, app: Terminal, pattern: RegExp, milliseconds = 5000): Promise<boolean> {
  try {
    await app.waitForText(pattern, milliseconds);
    return true;
  } catch {
    const [title = '', , ...rest] = app.screen().split('\n');
    field.observe(`on the screen: ${title.trim()} | ${rest.find((line) => line.trim() !== '')?.trim() ?? ''}`);
    return false;
  }
}

/** Opens the form for training and starts a run of so many epochs. */
async function train(field: Field, app: Terminal, epochs: string): Promise<void> {
  app.press('t');
  await app.waitForText(/❯ ● digits/);
  app.press('tab');
  await app.waitForText(/❯ Network/);
  if (!/‹ cnn/.test(app.screen())) app.press('left');
  await app.waitForText(/‹ cnn/);
  app.press('down');
  await app.waitForText(/❯ Epochs/);
  app.press(epochs);
  await app.waitForText(new RegExp(`❯ Epochs +‹ ${epochs} ›`));
  app.press('enter');
  await app.waitForText(/Epoch +\d+\/\d+/);
  field.observe(`a training run of ${epochs} epochs is running`);
}

const installDigits = (field: Field, count = 3000) =>
  installDatasets(resolvePaths(field.home), { digits: { train: count, test: 100 } });

async function installModels(field: Field, count: number): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const name = `m${String(index).padStart(3, '0')}`;
    await cp(path.join(ROOT, 'models/shipped'), path.join(field.home, 'models', name), { recursive: true });
  }
}

export const TRIALS: readonly Trial[] = [
  {
    id: '10c',
    title: '~ in a path field of the app is the home folder',
    async run(field) {
      await writeArchive(path.join(field.folder, 'small.zip'), { digits: { train: 60, test: 10 } });
      const app = await openApp(field, { env: { HOME: field.folder, USERPROFILE: field.folder } });
      app.press('f');
      await app.waitForText(/● balanced/);
      app.press('down', 'down', 'down', 'down', 'tab', '~/small.zip');
      await app.waitForText(/● digits[\s\S]*❯ From +~\/small\.zip/);
      app.press('enter');
      field.check(await comesTo(field, app, /digits: 60 training and 10 test images/, 10_000), 'it is fetched');
    },
  },
  {
    id: '16a',
    title: 'In a small terminal, the question after q is shown and can be answered',
    async run(field) {
      await installDigits(field);
      const app = await openApp(field);
      await train(field, app, '99');
      for (const [columns, rows] of [
        [20, 3],
        [40, 10],
        [20, 1],
        [59, 24],
      ] as const) {
        app.resize(columns, rows);
        await app.waitForText(/needs|Needs|quit/);
        app.press('q');
        field.check(await comesTo(field, app, /Quit\?/), `the question is shown at ${columns}x${rows}`);
        app.press('n');
        field.check(await comesTo(field, app, /needs|Needs|q: quit/), 'n closes it');
      }
      app.press('q');
      await comesTo(field, app, /Quit\?/);
      app.press('y');
      const code = await Promise.race([app.exitCode, delay(10_000, 'none')]);
      field.check(code === 0, `y quits: exit code ${code}`);
    },
  },
  {
    id: '16b',
    title: 'A question goes away when the training run that it is about has ended',
    async run(field) {
      await installDigits(field);
      for (const [key, question] of [
        ['x', /Stop the training run\?/],
        ['q', /Quit\?/],
      ] as const) {
        const app = await openApp(field);
        await train(field, app, '3');
        app.press(key);
        field.check(await comesTo(field, app, question), `${key} asks`);
        field.check(await comesTo(field, app, /Done\. The model is/, 60_000), 'then the result is shown');
        app.press('m');
        field.check(await comesTo(field, app, /❯ digits-cnn +digits/), 'and its keys work');
        await app.close();
        // A name of its own for the next run, so that nothing is asked about the model of this one.
        await field.run(['clean', '--models', '--yes']);
      }
    },
  },
  {
    id: '16c',
    title: 'In a small terminal, no key acts on a screen that is not shown',
    async run(field) {
      await installDigits(field);
      const app = await openApp(field);
      await train(field, app, '99');
      app.resize(40, 10);
      await app.waitForText(/needs/);
      app.press('x', 'down');
      // The answer to the next key shows that these have been read.
      app.press('q');
      field.check(await comesTo(field, app, /Quit\?/), 'q asks');
      app.press('n');
      app.resize(80, 24);
      field.check(await comesTo(field, app, /Epoch +\d+\/99/), 'enlarged, the run goes on: x did not stop it');
    },
  },
  {
    id: '17a',
    title: 'Esc goes one level back: to the models, not home',
    async run(field) {
      await installModels(field, 3);
      const app = await openApp(field);
      app.press('m');
      await app.waitForText(/❯ m001/);
      app.press('down');
      await app.waitForText(/❯ m002/);
      for (const [key, opened] of [
        ['e', /Evaluate a model/],
        ['d', /page connected/],
      ] as const) {
        app.press(key);
        await app.waitForText(opened);
        app.press('escape');
        field.check(await comesTo(field, app, /^ Models[\s\S]*❯ m002/), `${key}, Esc: the list with its selection`);
        if (!/^ Models/.test(app.screen())) {
          app.press('m', 'down');
          await app.waitForText(/❯ m002/);
        }
      }
      app.press('escape');
      field.check(await comesTo(field, app, /Next: /), 'Esc: home');
    },
  },
  {
    id: '17b',
    title: 'Help leaves a form as it was',
    async run(field) {
      const app = await openApp(field);
      app.press('f');
      await app.waitForText(/● balanced/);
      app.press('tab', '/data/x.zip', 'shift+tab');
      await app.waitForText(/❯ ● balanced[\s\S]*\/data\/x\.zip/);
      app.press('?');
      await app.waitForText(/On this screen/);
      app.press('escape');
      field.check(await comesTo(field, app, /❯ ● balanced[\s\S]*\/data\/x\.zip/), 'the path is still there');
    },
  },
  {
    id: '17c',
    title: 'An arrow key whose characters arrive one after the other is not Esc',
    async run(field) {
      const app = await openApp(field);
      app.press('f');
      await app.waitForText(/❯ ● balanced/);
      for (const [gap, selected] of [
        [30, 'byclass'],
        [50, 'bymerge'],
        [5, 'letters'],
      ] as const) {
        app.press('\u001B');
        await delay(gap);
        app.press('[B');
        field.check(await comesTo(field, app, new RegExp(`❯ ● ${selected}`)), `${gap} ms: one row down`);
      }
      app.press('\u001B');
      field.check(await comesTo(field, app, /Next: /), 'Esc by itself goes back');
    },
  },
  {
    id: '18a',
    title: 'Of 300 models, the selected one is always visible, with its position; they can be filtered',
    async run(field) {
      await installModels(field, 300);
      const app = await openApp(field, { cols: 60, rows: 20 });
      app.press('m');
      await app.waitForText(/❯ m001/);
      field.check(await comesTo(field, app, /1 of 301/), 'the position is shown');
      app.press('\u001B[6~');
      field.check(await comesTo(field, app, /❯ m0(0[5-9]|1\d)/), 'PgDn');
      app.press('end');
      field.check(await comesTo(field, app, /❯ shipped[\s\S]*301 of 301/), 'End');
      app.press('up');
      field.check(await comesTo(field, app, /❯ m300/), 'Up');
      for (const [columns, rows] of [
        [200, 60],
        [60, 20],
        [100, 30],
      ] as const) {
        app.resize(columns, rows);
        field.check(await comesTo(field, app, /❯ m300/), `visible at ${columns}x${rows}`);
      }
      app.press('home');
      field.check(await comesTo(field, app, /❯ m001/), 'Home');
      app.press('/');
      app.press('277');
      field.check(await comesTo(field, app, /❯ m277[\s\S]*1 of 1/), '/277');
    },
  },
  {
    id: '18b',
    title: 'A path typed into the form for fetching goes to its field, whichever row has the focus',
    async run(field) {
      for (const file of ['/home/me/gzip.zip', '~/gzip.zip', 'data/gzip.zip', 'quick.zip']) {
        const app = await openApp(field);
        app.press('f');
        await app.waitForText(/❯ ● balanced/);
        for (const character of file) app.press(character);
        const typed = new RegExp(`^ Fetch images[\\s\\S]*From +${file.replaceAll('.', '\\.')}`);
        field.check(await comesTo(field, app, typed), file);
        await app.close();
      }
    },
  },
  {
    id: '18c',
    title: 'Pasted text does nothing on a screen without a text field',
    async run(field) {
      let app = await openApp(field);
      const rows = [...app.screen().matchAll(/^ +(?:❯ )?(\S) {2}\S/gm)].map(([, key = '']) => key);
      for (const [index, text] of ['fetch me', 'q', '/home/me/gzip.zip\n', 'd'].entries()) {
        app.press(`\u001B[200~${text}\u001B[201~`);
        // A key that follows: what it selects shows that the text has been read.
        app.press('down');
        const selected = new RegExp(`❯ ${rows[index + 1]} [\\s\\S]*Next: `);
        const isSelected = await comesTo(field, app, selected);
        field.check(isSelected, `pasted on the home screen: ${JSON.stringify(text)}`);
        if (isSelected) continue;
        await app.close();
        app = await openApp(field);
        for (let row = 0; row <= index; row++) app.press('down');
        await app.waitForText(selected);
      }
    },
  },
  {
    id: '18d',
    title: 'A terminal that changes its size shows what it would have shown from the start',
    async run(field) {
      await installModels(field, 30);
      const screens = [
        ['models', 'm', /❯ m001/],
        ['draw', 'd', /http:/],
      ] as const;
      // The port and the token differ.
      const text = (app: Terminal) => app.screen().replace(/http:[\s\S]+?\n *\n/, '');
      for (const [name, key, shown] of screens) {
        for (const sizes of [
          [
            [120, 40],
            [100, 24],
            [60, 20],
          ],
          [
            [100, 30],
            [64, 30],
          ],
        ]) {
          const [[cols, rows] = [], ...others] = sizes;
          const [lastCols, lastRows] = sizes.at(-1)!;
          const fresh = await openApp(field, { cols: lastCols, rows: lastRows });
          fresh.press(key);
          await fresh.waitForText(shown);
          const app = await openApp(field, { cols, rows });
          app.press(key);
          await app.waitForText(shown);
          for (const [columns, lines] of others) app.resize(columns!, lines!);
          // Both may still be loading something.
          const isSame = app.emulator
            .waitFor(() => text(app) === text(fresh), 'the same screen', 5000)
            .then(() => true)
            .catch(() => false);
          field.check(await isSame, `${name}: ${sizes.map((size) => size.join('x')).join(', then ')}`);
          await Promise.all([app.close(), fresh.close()]);
        }
      }
    },
  },
  {
    id: '18e',
    title: 'The app resumes in the size that the terminal got while it was suspended',
    skip: () => (process.platform === 'win32' ? 'Windows has no job control' : null),
    async run(field) {
      const env = { EMNIST_TUI_HOME: field.home, PS1: 'shell: ', CI: 'true', BROWSER: 'true', NO_COLOR: undefined };
      const shell = startTerminal('bash', ['--norc', '--noprofile', '-i'], { cols: 100, rows: 30, env });
      field.defer(() => shell.close());
      await shell.waitForText(/shell: /);
      shell.press(field.command.map((word) => `'${word}'`).join(' '), 'enter');
      await shell.waitForText(/Next: /);
      shell.press('ctrl+z');
      await shell.waitForText(/Stopped/);
      // Only the shell is told.
      shell.resize(64, 22);
      shell.press('fg', 'enter');
      const hasFrame = shell.emulator
        .waitFor(
          () => shell.emulator.lines()[20] === '─'.repeat(64) && /^ Handwriting/.test(shell.screen()),
          'the frame in its new size, with its title in the first line',
          5000,
        )
        .then(() => true)
        .catch(() => false);
      field.check(await hasFrame, 'the frame has the size of the terminal, and the title is in the first line');
    },
  },
];
