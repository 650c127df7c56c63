import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawStrokes, launchBrowser } from '../tests/helpers/browser.ts';
import { startTerminal } from '../tests/helpers/terminal.ts';
import { terminalPicture } from './terminal-picture.ts';

/**
 * Makes the pictures of the docs from the running program: fetches, trains the plain network for six epochs on the
 * balanced split, evaluates it, and draws with the shipped model, as a user does.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: { archive: { type: 'string', default: path.join(root, '../shared/emnist/gzip.zip') } },
});
const MINUTES = 60_000;

/** An `R`: a bar, then bow and leg. */
const LETTER = [
  [
    [10, 0],
    [10, 5],
    [11, 10],
    [11, 16],
    [11, 21],
    [11, 26],
    [11, 31],
    [11, 36],
    [11, 42],
    [10, 47],
    [10, 52],
    [9, 57],
    [9, 62],
    [9, 68],
    [9, 73],
    [9, 78],
    [9, 83],
    [9, 88],
    [10, 94],
    [10, 99],
    [11, 104],
  ],
  [
    [8, -1],
    [17, -3],
    [26, -3],
    [34, -1],
    [42, 2],
    [49, 6],
    [55, 11],
    [58, 17],
    [60, 24],
    [59, 31],
    [57, 38],
    [52, 43],
    [46, 48],
    [39, 52],
    [30, 54],
    [21, 55],
    [13, 54],
    [20, 62],
    [27, 68],
    [34, 74],
    [40, 80],
    [46, 87],
    [53, 93],
    [60, 99],
    [66, 106],
  ],
] as const;

async function save(name: string, picture: Buffer): Promise<void> {
  await writeFile(path.join(root, 'docs', name), picture);
  process.stdout.write(`docs/${name}\n`);
}

const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-pictures-'));
const app = startTerminal(process.execPath, [path.join(root, 'bin/emnist-tui.js')], {
  cols: 96,
  rows: 28,
  // No browser is to be opened: ours connects by itself.
  env: { EMNIST_TUI_HOME: home, PATH: '', NO_COLOR: undefined, COLORTERM: 'truecolor' },
});
const shoot = async (name: string) => save(name, await terminalPicture(app.emulator, browser));

try {
  await app.waitForText(/Next: /);
  app.press('f');
  await app.waitForText(/Which split/);
  app.press('tab', `\u001B[200~${path.resolve(values.archive)}\u001B[201~`);
  await app.waitForText(/gzip\.zip/);
  app.press('enter');
  await app.waitForText(/84,524 images to train/, MINUTES);
  app.press('t');
  await app.waitForText(/● balanced/);
  app.press('down', 'left');
  await app.waitForText(/‹ cnn/);
  app.press('down', '6');
  await app.waitForText(/‹ 6 ›/);
  app.press('enter');
  await app.waitForText(/Epoch +6\/6.*\n +Batch +[45]\d\d\//, 30 * MINUTES);
  await shoot('train.png');
  await app.waitForText(/Done\./, 10 * MINUTES);
  app.press('e');
  await app.waitForText(/● balanced-cnn/);
  app.press('enter');
  await app.waitForText(/Worst classes/, MINUTES);
  await shoot('evaluate.png');
  app.press('m');
  await app.waitForText(/shipped/);
  app.press('down', 'enter');
  const [url] = /http:\S+/.exec(await app.waitForText(/no page connected\s+http:\S+/))!;
  const page = await browser.newPage({ viewport: { width: 1100, height: 700 }, deviceScaleFactor: 2 });
  await page.goto(url);
  await app.waitForText(/1 page connected/);
  await drawStrokes(page, LETTER);
  await page.locator('#best-label').getByText('R', { exact: true }).waitFor();
  await app.waitForText(/^.* R █/m);
  await shoot('draw.png');
  await save('canvas.png', await page.screenshot());
  app.press('escape');
  await app.waitForText(/Next: /);
  await shoot('home.png');
} finally {
  await app.close();
  await browser.close();
  await rm(home, { recursive: true });
}
