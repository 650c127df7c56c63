import { once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocket } from 'ws';
import { type ArchiveOptions, type ArchiveSplits, writeArchive } from '../../../helpers/archive.ts';
import { BLACK, contrast, LEGIBLE, paletteColor, WHITE } from '../../../helpers/contrast.ts';
import { startTerminal, type Terminal, type TerminalOptions } from '../../../helpers/terminal.ts';
import type { Field, Trial } from '../field.ts';

/* What the app says, and what it does when its keys are pressed. */

/** The app on a pseudo-terminal. No browser is opened. */
function openApp(field: Field, { env, ...options }: TerminalOptions = {}): Terminal {
  const [file, ...args] = field.command;
  const app = startTerminal(file!, args, {
    ...options,
    env: {
      ...{ CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined, COLORFGBG: undefined },
      ...{ SSH_CONNECTION: undefined, EMNIST_TUI_HOME: field.home, BROWSER: 'true', PATH: '' },
      ...env,
    },
  });
  field.defer(() => app.close());
  return app;
}

/** Waits for a screen; false if it does not come. */
async function appears(field: Field, app: Terminal, pattern: RegExp): Promise<boolean> {
  try {
    await app.waitForText(pattern, 15_000);
    return true;
  } catch {
    field.observe(`${pattern} did not appear on this screen:`);
    for (const line of app.screen().trimEnd().split('\n')) field.observe(`  | ${line}`);
    return false;
  }
}

async function fetchSplits(field: Field, splits: ArchiveSplits, options?: ArchiveOptions): Promise<void> {
  const archive = await writeArchive(path.join(field.folder, 'archive.zip'), splits, options);
  for (const split of Object.keys(splits)) await field.run(['fetch', '--from', archive, '--split', split]);
}

const train = (split: string, ...options: string[]) => [
  ...['train', '--split', split, '--architecture', 'cnn', '--limit', '200', '--batch-size', '32'],
  ...options,
];

/** Starts a training run and interrupts it after an epoch. */
async function interrupt(field: Field, name: string, split: string): Promise<void> {
  const run = field.start([...train(split, '--epochs', '50', '--name', name), '--json']);
  await run.event('epoch');
  run.kill('SIGINT');
  await run.end();
  field.observe(`$ emnist-tui train --name ${name} --epochs 50, interrupted with Ctrl-C`);
}

/** Draws one stroke on the page. */
async function draw(field: Field, app: Terminal): Promise<void> {
  const url = new URL(/http:\/\/\S+/.exec(app.screen())![0]);
  const socket = new WebSocket(`ws://${url.host}/?${url.searchParams}`);
  field.defer(() => socket.terminate());
  await once(socket, 'open');
  const strokes = [
    [
      [60, 10],
      [10, 50],
      [60, 90],
    ],
  ];
  socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes }));
  await app.waitForText(/Read in/);
}

export const TRIALS: readonly Trial[] = [
  {
    id: '3t',
    title: 'the app asks before it replaces a finished model, and gives a model a name',
    async run(field) {
      await fetchSplits(field, { digits: { train: 400, test: 20 } });
      await field.run(train('digits', '--epochs', '1'));
      const file = path.join(field.home, 'models/digits-cnn/model.json');
      const before = await readFile(file, 'utf8');
      const app = openApp(field);
      await app.waitForText(/Next:/);
      app.press('t');
      await app.waitForText(/● digits/);
      app.press('tab', 'left');
      await app.waitForText(/‹ cnn ›/);
      app.press('enter');
      const asked = await appears(field, app, /Replace digits-cnn\?/);
      field.check(asked, 'it asks first');
      field.check(/accuracy/.test(app.screen()), 'the question says what would be lost');
      if (!asked) return;
      app.press('n');
      await app.waitForText(/● digits/);
      field.check((await readFile(file, 'utf8')) === before, 'the model is unchanged');
      app.press('my-own');
      field.check(await appears(field, app, /Name +my-own/), 'a name can be entered');
      app.press('up', '1', 'enter');
      field.check(await appears(field, app, /The model is my-own/), 'the model gets that name');
      field.check((await readFile(file, 'utf8')) === before, 'the other one is unchanged');
    },
  },
  {
    id: '4t',
    title: 'the app says which model reads, tells the truth about it, and lets it be changed',
    async run(field) {
      // A model that reads everything as C, and has a class for c as well.
      const onlyC = { labelOf: () => 12 };
      await fetchSplits(field, { byclass: { train: 400, test: 20 } }, onlyC);
      await field.run(train('byclass', '--epochs', '2', '--name', 'cased'));
      const app = openApp(field);
      await app.waitForText(/Next:/);
      field.check(/Next: press d to draw with cased/.test(app.screen()), 'home names the model');
      app.press('d');
      await app.waitForText(/no page connected/);
      field.check(await appears(field, app, /Draw with cased/), 'the title names the model that was not chosen');
      field.check(/62 classes, trained on byclass/.test(app.screen()), 'what it knows is shown');
      await draw(field, app);
      await app.waitForText(/C .*\d%/);
      field.observe(
        app
          .screen()
          .split('\n')
          .find((line) => /stands for/.test(line)) ?? 'nothing is said about c',
      );
      field.check(!/bymerge|C (also )?stands for c/.test(app.screen()), 'C is not said to stand for c');
      app.press('m');
      if (!(await appears(field, app, /Choose a model/))) return field.check(false, 'm lets the model be changed');
      app.press('end', 'enter');
      field.check(await appears(field, app, /Draw with shipped/), 'another model reads');
      field.check(/1 page connected/.test(app.screen()), 'the page is still connected');
    },
  },
  {
    id: '5t',
    title: 't resumes the interrupted training run, whatever its name, and r any other',
    async run(field) {
      await fetchSplits(field, { digits: { train: 400, test: 20 }, letters: { train: 400, test: 26 } });
      await interrupt(field, 'first', 'letters');
      await interrupt(field, 'mine', 'letters');
      const app = openApp(field, { cols: 100, rows: 30 });
      await app.waitForText(/Next:/);
      field.check(/Next: press t to resume/.test(app.screen()), 'home suggests to resume');
      app.press('t');
      await app.waitForText(/● (letters|digits)/);
      field.observe(
        app
          .screen()
          .split('\n')
          .find((line) => /Start/.test(line)) ?? '  no field "Start"',
      );
      app.press('enter');
      const resumed = await appears(field, app, /Train mine[\s\S]*Epoch +\d+\/50/);
      field.check(resumed, 'Enter resumes that run');
      if (!resumed) return;
      app.press('x', 'y');
      await app.waitForText(/Stopped\./);
      app.press('m');
      await app.waitForText(/Validation/);
      app.press('home');
      if (!/❯ first/.test(app.screen())) app.press('down');
      await app.waitForText(/❯ first/);
      app.press('r');
      await app.waitForText(/\(first\)/);
      app.press('enter');
      field.check(await appears(field, app, /Train first[\s\S]*Epoch +\d+\/50/), 'so does r in the list of models');
    },
  },
  {
    id: '7t',
    title: 'the app says who is training a model',
    async run(field) {
      await fetchSplits(field, { digits: { train: 400, test: 20 } });
      const other = field.start([...train('digits', '--epochs', '5000'), '--json']);
      await other.event('epoch');
      const app = openApp(field);
      await app.waitForText(/Next:/);
      app.press('t');
      await app.waitForText(/● digits/);
      app.press('tab', 'left');
      await app.waitForText(/cnn/);
      app.press('enter');
      if (/Replace/.test(await app.waitForText(/Replace|Error|Loading/))) app.press('y');
      const pid = other.child.pid!;
      field.check(await appears(field, app, new RegExp(`in use by process ${pid}`)), `the error names process ${pid}`);
      app.press('m');
      await app.waitForText(/Name +Split/);
      const listed = await appears(field, app, new RegExp(`in use[\\s\\S]*trained by[\\s\\S]*process ${pid}`));
      field.check(listed, 'so does the list of models');
    },
  },
  {
    id: '13t',
    title: 'over SSH, the app shows how to reach the page; the address stays the same',
    async run(field) {
      const env = { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.7 22', USER: 'me' };
      const app = openApp(field, { env });
      await app.waitForText(/Next:/);
      app.press('d');
      await app.waitForText(/no page connected\s+http/);
      const url = /http:\/\/\S+/.exec(app.screen())![0];
      const { port } = new URL(url);
      const line = await appears(field, app, new RegExp(`ssh -L ${port}:127\\.0\\.0\\.1:${port} me@192\\.0\\.2\\.7`));
      field.check(line, 'the ssh -L line is there');
      app.press('escape');
      await app.waitForText(/Next:/);
      app.press('d');
      await app.waitForText(/no page connected\s+http/);
      const again = /http:\/\/\S+/.exec(app.screen())![0];
      field.observe(`${url}, then ${again}`);
      field.check(again === url, 'port and token are the same when Draw is opened again');
    },
  },
  {
    id: '15t',
    title: 'the app lists models that cannot be used, with the reason, and deletes them',
    async run(field) {
      const folder = path.join(field.home, 'models/broken');
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'model.json'), '{');
      const app = openApp(field, { cols: 100, rows: 30 });
      await app.waitForText(/Next:/);
      app.press('m');
      await app.waitForText(/Name +Split/);
      if (!/broken/.test(app.screen())) return field.check(false, 'it is listed');
      app.press('home');
      field.check(
        await appears(field, app, /❯ broken[\s\S]*broken cannot be used: \S/),
        'it is listed with the reason',
      );
      app.press('delete');
      await app.waitForText(/Delete broken\?/);
      app.press('y');
      await app.emulator.waitFor(() => !/broken/.test(app.screen()), 'the model to go');
    },
  },
  {
    id: '19t',
    title: 'the app is legible on any background, and shows ASCII alone where the locale has no more',
    async run(field) {
      // With CI set, Node reports no colors.
      const app = openApp(field, { env: { CI: undefined } });
      await app.waitForText(/Next:/);
      const faint = new Set<string>();
      for (const [key, text] of [
        ['f', /Split/],
        ['escape', /Next:/],
        ['d', /no page connected/],
      ] as const) {
        app.press(key);
        await app.waitForText(text);
        for (const color of colorsOf(app)) {
          const lowest = Math.min(...[BLACK, WHITE].map((paper) => contrast(paletteColor(color), paper)));
          if (lowest < LEGIBLE) faint.add(`color ${color}: ${lowest.toFixed(1)}:1`);
        }
      }
      field.observe([...faint].join(', ') || 'all colors have at least 4.5:1 on black and on white');
      field.check(faint.size === 0, 'every color is legible on black and on white');

      await fetchSplits(field, { digits: { train: 400, test: 20 } });
      await field.run(train('digits', '--epochs', '1', '--name', 'mine'));
      await rename(path.join(field.home, 'models/mine'), path.join(field.home, 'models/naïve-日本語'));
      const plain = openApp(field, { env: { LANG: 'C', LC_ALL: 'C' } });
      await plain.waitForText(/Next:/);
      for (const [key, text] of [
        ['m', /Name +Split/],
        ['escape', /Next:/],
        ['c', /Data sets/],
      ] as const) {
        plain.press(key);
        await plain.waitForText(text);
        const other = plain.screen().match(/[^\n -~]/g);
        field.check(other === null, `only ASCII after ${key}${other ? `: ${[...new Set(other)].join(' ')}` : ''}`);
      }
    },
  },
  {
    id: '20t',
    title: 'the app shows size and time before Enter starts something long',
    async run(field) {
      await fetchSplits(field, { digits: { train: 400, test: 20 } });
      const app = openApp(field);
      await app.waitForText(/Next:/);
      app.press('f');
      await app.waitForText(/Split/);
      field.check(await appears(field, app, /\d MB to download/), 'the size of the download');
      app.press('escape');
      await app.waitForText(/Next:/);
      app.press('t');
      await app.waitForText(/● digits/);
      field.check(await appears(field, app, /Takes (about \d+|a few)/), 'the time of training');
      app.press('escape');
      await app.waitForText(/Next:/);
      app.press('e');
      await app.waitForText(/Part/);
      field.check(await appears(field, app, /Takes (about \d+|a few)/), 'the time of an evaluation');
    },
  },
];

/** The palette colors of the text on a screen. */
function colorsOf({ emulator: { terminal } }: Terminal): Set<number> {
  const colors = new Set<number>();
  for (let row = 0; row < terminal.rows; row++) {
    for (let column = 0; column < terminal.cols; column++) {
      const cell = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)!.getCell(column)!;
      if (cell.getChars().trim() && cell.isFgPalette() && cell.isBgDefault()) colors.add(cell.getFgColor());
    }
  }
  return colors;
}
