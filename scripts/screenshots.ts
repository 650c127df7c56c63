import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { drawStrokes, launchBrowser } from '../tests/helpers/browser.ts';
import { mouseDrag, mousePress, mouseRelease } from '../tests/helpers/mouse.ts';
import type { Terminal } from '../tests/helpers/terminal.ts';
import { LETTER_R } from './pictures/letters.ts';
import { withPalette } from './pictures/palette-png.ts';
import {
  fetchBalanced,
  openApp,
  openTrainForm,
  ROOT,
  runCommand,
  type Step,
  take,
  waitForMenu,
  waitForTraining,
  waitForUrl,
} from './pictures/running-app.ts';
import { TERMINAL_CSS, terminalHtml } from './pictures/terminal-html.ts';

/**
 * Takes the pictures of the docs from the running program: trains the plain network twice for six epochs on the balanced split,
 * with and without augmentation, looks at the models and at what they get wrong, and draws with the shipped model. The README's
 * animation is `scripts/demo.ts`.
 */
const { values } = parseArgs({
  options: {
    /** URL or file of the archive to fetch from. Default: NIST's. */
    archive: { type: 'string' },
    /** Folder for the data set and the models, which are made only if they are not there. Default: one that is deleted. */
    home: { type: 'string' },
  },
});
const MINUTE = 60_000;
/** Around a part of the page, in pixels. */
const MARGIN = 14;
const SIZE = { cols: 96, rows: 28 };
/** In the form for training. */
const AUGMENTED: readonly Step[] = [
  ['down', /❯ Network/],
  ['left', /‹ cnn ›/],
  ['down', /❯ Epochs/],
  ['6', /‹ 6 ›/],
  ['augmented', /❯ Name +augmented/],
  ['down', /❯ Preset/],
  ['down', /❯ Options/],
  ['enter', /❯ Limit/],
  ...Array.from({ length: 7 }, (): Step => ['down', /❯/]),
  ['0.5', /❯ Augment +‹ 0\.5/],
  ['enter', /❯ Options/],
  ['up', /❯ Preset/],
];

async function main(home: string, browser: Browser): Promise<void> {
  const has = (...names: string[]) => existsSync(path.join(home, ...names));
  if (!has('datasets', 'balanced')) await fetchBalanced(home, values.archive);
  if (!has('models', 'plain')) {
    await runCommand(home, ['train', ...['--architecture', 'cnn'], ...['--epochs', '6'], ...['--name', 'plain']]);
    await runCommand(home, ['evaluate', '--model', 'plain', '--split', 'balanced']);
  }
  if (!has('models', 'augmented')) {
    await withApp(home, SIZE, async (app) => {
      await openTrainForm(app);
      await take(app, AUGMENTED);
      app.press('enter');
      await app.waitForText(/Epoch +6\/6.*\n +Batch +[45]\d\d\//, 60 * MINUTE);
      await shoot(app, 'train.png', browser);
      await waitForTraining(app);
    });
  }
  await withApp(home, SIZE, (app) => shootMistakes(app, browser));
  await withApp(home, { cols: 110, rows: 32 }, (app) => shootModels(app, browser));
  await withApp(home, { cols: 110, rows: 32 }, (app) => shootImages(app, browser));
  await withApp(home, SIZE, (app) => shootDrawing(app, browser));
  await withApp(home, { cols: 96, rows: 32 }, (app) => shootDrawingHere(app, browser));
}

/** The result of an evaluation, its confusion matrix, and a mistake. */
async function shootMistakes(app: Terminal, browser: Browser): Promise<void> {
  app.press('e');
  await app.waitForText(/● plain|● augmented/);
  app.press('enter');
  await app.waitForText(/Worst classes/, 5 * MINUTE);
  await shoot(app, 'evaluate.png', browser);
  app.press('h');
  await app.waitForText(/Tab next confusion/);
  // Room for all rows.
  app.resize(80, 56);
  await app.waitForText(/^ *t .*\n.* read as /m);
  // Among the most frequent ones, and one that says something to people.
  while (!/^ F read as f:/m.test(app.screen())) {
    const before = app.screen();
    app.press('tab');
    await app.emulator.waitFor(() => app.screen() !== before, 'the next confusion');
  }
  await shoot(app, 'heat-map.png', browser);
  app.resize(SIZE.cols, SIZE.rows);
  app.press('enter');
  await app.waitForText(/Closest training images(?![\s\S]*Loading)[\s\S]*s save/);
  await shoot(app, 'mistakes.png', browser);
}

/** The list of models with a preview, and the curves of two of them. */
async function shootModels(app: Terminal, browser: Browser): Promise<void> {
  app.press('m');
  await app.waitForText(/❯ augmented[\s\S]*Recipe/);
  await shoot(app, 'models.png', browser);
  app.press('space', 'down', 'space');
  await app.waitForText(/Enter overlay/);
  app.press('enter');
  await app.waitForText(/accuracy\/loss/);
  await shoot(app, 'overlay.png', browser);
}

/** Images of a class, and what augmentation makes of them. */
async function shootImages(app: Terminal, browser: Browser): Promise<void> {
  app.press('i');
  await app.waitForText(/a augment/);
  for (let row = 0; row < 10; row++) app.press('down');
  await app.waitForText(/❯ A/);
  app.press('a');
  await app.waitForText(/a originals/);
  await app.emulator.waitFor(() => !app.screen().includes('Loading'), 'the images');
  await shoot(app, 'images.png', browser);
}

/** A drawing on the canvas page, how the terminal shows it, and the inside of the network in both. */
async function shootDrawing(app: Terminal, browser: Browser): Promise<void> {
  await drawWithShipped(app);
  const page = await browser.newPage({ viewport: { width: 1100, height: 700 }, deviceScaleFactor: 2 });
  await page.goto(await waitForUrl(app));
  await app.waitForText(/1 page connected/);
  await drawStrokes(page, LETTER_R);
  await page.locator('#answer').getByText('R', { exact: true }).waitFor();
  await page.locator('#next[aria-disabled="false"]').waitFor();
  await app.waitForText(/^.* R █/m);
  await shoot(app, 'draw.png', browser);
  await shootPage(page, 'canvas.png');
  app.resize(110, 36);
  app.press('i');
  await app.waitForText(/Why R\?[\s\S]*conv2d/);
  await shoot(app, 'inside.png', browser);
  await page.getByRole('button', { name: 'Inside the network' }).click();
  await page.locator('#influence-text').getByText('Without it').waitFor();
  await page.setViewportSize({ width: 1100, height: 1600 });
  const section = (await page.locator('#inside').boundingBox())!;
  const lastShown = (await page.locator('#layers > li:nth-child(3)').boundingBox())!;
  const clip = {
    x: section.x - MARGIN,
    y: section.y - MARGIN,
    width: section.width + 2 * MARGIN,
    height: lastShown.y + lastShown.height - section.y + 2 * MARGIN,
  };
  await save('inside-page.png', await page.screenshot({ clip, animations: 'disabled' }));
}

/** A drawing in the terminal. */
async function shootDrawingHere(app: Terminal, browser: Browser): Promise<void> {
  await drawWithShipped(app);
  app.press('h');
  await app.waitForText(/drawing here/);
  for (const stroke of LETTER_R) {
    const [first, ...others] = stroke.map(([x, y]) => [10 + Math.round(x / 2.2), 6 + Math.round(y / 5)] as const);
    app.press(mousePress(...first!) + others.map((at) => mouseDrag(...at)).join('') + mouseRelease(...others.at(-1)!));
  }
  await app.waitForText(/1\. R .*\d+\.\d%/);
  await shoot(app, 'draw-here.png', browser);
}

async function drawWithShipped(app: Terminal): Promise<void> {
  app.press('m');
  await app.waitForText(/shipped/);
  app.press('end');
  await app.waitForText(/❯ shipped/);
  app.press('d');
  await app.waitForText(/Draw with shipped[\s\S]*h draw here/);
}

async function withApp(
  home: string,
  size: { cols: number; rows: number },
  use: (app: Terminal) => Promise<void>,
): Promise<void> {
  const app = openApp(home, size);
  try {
    await waitForMenu(app);
    await use(app);
  } finally {
    await app.close();
  }
}

async function shoot({ emulator }: Terminal, name: string, browser: Browser): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.setContent(
    `<style>body{margin:0}${TERMINAL_CSS}</style><pre class="terminal">${terminalHtml(emulator)}</pre>`,
  );
  await save(name, await page.locator('pre').screenshot());
  await page.close();
}

async function shootPage(page: Page, name: string): Promise<void> {
  await save(name, await page.screenshot({ animations: 'disabled' }));
}

async function save(name: string, picture: Buffer): Promise<void> {
  const file = withPalette(picture);
  await writeFile(path.join(ROOT, 'docs', name), file);
  console.log(`docs/${name}  ${file.length.toLocaleString('en')} bytes`);
}

const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
const home = values.home ?? (await mkdtemp(path.join(os.tmpdir(), 'emnist-pictures-')));
try {
  await main(home, browser);
} finally {
  await browser.close();
  if (values.home === undefined) await rm(home, { recursive: true });
}
