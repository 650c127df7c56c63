import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { Drawing } from '../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser } from '../tests/helpers/browser.ts';
import type { Terminal } from '../tests/helpers/terminal.ts';
import { encodeGif } from './pictures/gif.ts';
import { LETTER_R } from './pictures/letters.ts';
import { FRAME, type Shot, shootTerminal, shootUntil, speedUp, type TimedShot } from './pictures/recording.ts';
import {
  fetchBalanced,
  openApp,
  openTrainForm,
  ROOT,
  type Step,
  take,
  waitForMenu,
  waitForUrl,
} from './pictures/running-app.ts';
import { renderShots } from './pictures/stage.ts';

/**
 * Records the README's animation from the running program: the menu, a training run of the preset *quick look*, and a drawing on
 * the canvas page that the model reads better with each epoch. The training is sped up; everything else is shown at a person's
 * pace.
 */
const { values } = parseArgs({
  options: {
    /** URL or file of the archive to fetch from. Default: NIST's. */
    archive: { type: 'string' },
    epochs: { type: 'string', default: '8' },
    out: { type: 'string', default: path.join(ROOT, 'docs/demo.gif') },
  },
});
const LIMIT_BYTES = 1_500_000;
const MINUTE = 60_000;
/** How long the first epoch and the others are shown. */
const EPOCH_MS = 4000;
const EPOCHS_MS = 6000;
const ROWS = 29;
const STAGE = { width: 960, height: 550, pageWidth: 364, pageHeight: 504 };
/** Columns of a terminal that fills the stage, and of one next to the browser. */
const COLUMNS = { alone: 113, beside: 66 };
const KEY_CAPS: Record<string, string> = { up: '↑', left: '←', enter: 'Enter', 'shift+tab': 'Shift+Tab' };
/** In the form for training. */
const FORM: readonly Step[] = [
  ['shift+tab', /❯ Options/],
  ['shift+tab', /❯ Preset/],
  ['left', /‹ notebook ›/],
  ['left', /‹ quick look ›/],
  ['up', /❯ Name/],
  ['up', /❯ From/],
  ['up', /❯ Epochs/],
  [values.epochs, new RegExp(`‹ ${values.epochs} ›`)],
];

const shots: TimedShot[] = [];

/** Presses a key, after showing its cap for a moment. */
async function press(app: Terminal, key: string, milliseconds = 300): Promise<void> {
  shots.push({ ...shootTerminal(app), key: KEY_CAPS[key] ?? key, milliseconds });
  app.press(key);
}

/** Ends in the second epoch. */
async function recordTraining(app: Terminal): Promise<void> {
  await waitForMenu(app);
  shots.push({ ...shootTerminal(app), milliseconds: 1500 });
  shots.push({ ...shootTerminal(app), key: 't', milliseconds: 300 });
  await openTrainForm(app);
  shots.push({ ...shootTerminal(app), milliseconds: 500 });
  await take(app, FORM, async (key) => {
    shots.push({ ...shootTerminal(app), key: KEY_CAPS[key] ?? key, milliseconds: 250 });
  });
  shots.push({ ...shootTerminal(app), milliseconds: 500 });
  await press(app, 'enter');
  await app.waitForText(/Batch/);
  shots.push(...(await shootUntil(app, app.waitForText(/Epoch +2\/\d/, 10 * MINUTE), EPOCH_MS)));
  await press(app, 'd');
}

/** Draws while the training continues, and shows the drawing until the end of the last epoch. */
async function recordDrawing(app: Terminal, browser: Browser): Promise<void> {
  app.resize(COLUMNS.beside, ROWS);
  const page = await browser.newPage({ viewport: { width: STAGE.pageWidth, height: STAGE.pageHeight } });
  await page.goto(await waitForUrl(app));
  await app.waitForText(/1 page connected/);
  const shot = async (mouse?: readonly [number, number]): Promise<Shot> => {
    const picture = await page.screenshot({ animations: 'disabled' });
    return { ...shootTerminal(app), page: picture, mouse };
  };
  shots.push({ ...(await shot()), milliseconds: 700 });
  await draw(page, LETTER_R, async (milliseconds, mouse) => {
    shots.push({ ...(await shot(mouse)), milliseconds });
  });
  const epochs: Shot[] = [];
  const isDone = new RegExp(`epoch ${values.epochs}:`);
  do epochs.push(await shot());
  while (!isDone.test(app.screen()));
  shots.push(...speedUp(epochs, EPOCHS_MS));
  shots.push({ ...(await shot()), milliseconds: 3000 });
}

type Shoot = (milliseconds: number, mouse: readonly [number, number]) => Promise<void>;

/** Draws with the mouse, a few points a frame. */
async function draw(page: Page, drawing: Drawing, shoot: Shoot): Promise<void> {
  let moves = 0;
  await drawStrokes(page, drawing, {
    async onMove(x, y) {
      if (moves++ % 5 === 0) await shoot(FRAME, [x, y]);
    },
  });
}

const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-demo-'));
try {
  await fetchBalanced(home, values.archive);
  const app = openApp(home, { cols: COLUMNS.alone, rows: ROWS });
  try {
    await recordTraining(app);
    await recordDrawing(app, browser);
  } finally {
    await app.close();
  }
  const frames = await renderShots(shots, STAGE, browser);
  const gif = encodeGif(frames, STAGE.width, STAGE.height);
  const seconds = frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  console.log(`${frames.length} frames, ${seconds.toFixed(1)} s, ${gif.length.toLocaleString('en')} bytes`);
  if (gif.length > LIMIT_BYTES) throw new Error(`larger than ${LIMIT_BYTES.toLocaleString('en')} bytes`);
  await writeFile(values.out, gif);
  console.log(path.relative(process.cwd(), values.out));
} finally {
  await browser.close();
  await rm(home, { recursive: true });
}
