import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { Drawing } from '../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser } from '../tests/helpers/browser.ts';
import type { Terminal } from '../tests/helpers/terminal.ts';
import { encodeGif } from './pictures/gif.ts';
import { DIGIT_3, LETTER_R } from './pictures/letters.ts';
import { FRAME, shootTerminal, shootUntil, type TimedShot } from './pictures/recording.ts';
import {
  fetchBalanced,
  fillTrainForm,
  openApp,
  ROOT,
  waitForMenu,
  waitForTraining,
  waitForUrl,
} from './pictures/running-app.ts';
import { renderShots } from './pictures/stage.ts';

/**
 * Records the README's animation from the running program: the menu, a training run, and drawings on the canvas page that
 * the trained model recognizes. The training run is sped up; everything else is shown at a person's pace.
 */
const { values } = parseArgs({
  options: {
    /** URL or file of the archive to fetch from. Default: NIST's. */
    archive: { type: 'string' },
    epochs: { type: 'string', default: '6' },
    out: { type: 'string', default: path.join(ROOT, 'docs/demo.gif') },
  },
});
const LIMIT_BYTES = 1_500_000;
const TRAINING_MS = 7000;
const ROWS = 28;
const STAGE = { width: 960, height: 550, pageWidth: 364, pageHeight: 504 };
/** Columns of a terminal that fills the stage, and of one next to the browser. */
const COLUMNS = { alone: 107, beside: 64 };
const KEY_CAPS: Record<string, string> = { down: '↓', left: '←', enter: 'Enter' };

const shots: TimedShot[] = [];

/** Presses a key, after showing its cap for a moment. */
async function press(app: Terminal, key: string, milliseconds = 300): Promise<void> {
  shots.push({ ...shootTerminal(app), key: KEY_CAPS[key] ?? key, milliseconds });
  app.press(key);
}

async function recordTraining(home: string): Promise<void> {
  const app = openApp(home, { cols: COLUMNS.alone, rows: ROWS });
  try {
    await waitForMenu(app);
    shots.push({ ...shootTerminal(app), milliseconds: 1800 });
    await press(app, 't');
    await fillTrainForm(app, values.epochs, async (key) => {
      shots.push({ ...shootTerminal(app), milliseconds: 400 });
      shots.push({ ...shootTerminal(app), key: KEY_CAPS[key] ?? key, milliseconds: 200 });
    });
    shots.push({ ...shootTerminal(app), milliseconds: 500 });
    await press(app, 'enter');
    await app.waitForText(/Batch/);
    shots.push(...(await shootUntil(app, waitForTraining(app), TRAINING_MS)));
    shots.push({ ...shootTerminal(app), milliseconds: 1500 });
    shots.push({ ...shootTerminal(app), key: 'd', milliseconds: 300 });
  } finally {
    await app.close();
  }
}

async function recordDrawing(home: string, browser: Browser): Promise<void> {
  const app = openApp(home, { cols: COLUMNS.beside, rows: ROWS });
  try {
    await waitForMenu(app);
    app.press('d');
    const page = await browser.newPage({ viewport: { width: STAGE.pageWidth, height: STAGE.pageHeight } });
    await page.goto(await waitForUrl(app));
    await app.waitForText(/1 page connected/);
    const shoot = async (milliseconds: number, mouse?: readonly [number, number]) => {
      const picture = await page.screenshot({ animations: 'disabled' });
      shots.push({ ...shootTerminal(app), page: picture, mouse, milliseconds });
    };
    await shoot(900);
    await draw(page, LETTER_R, shoot);
    await waitForReading(app, page, 'R');
    await shoot(2200);
    await clickClear(page, shoot);
    await page.locator('#answer:empty').waitFor();
    await shoot(500);
    await draw(page, DIGIT_3, shoot);
    await waitForReading(app, page, '3');
    await shoot(2500);
  } finally {
    await app.close();
  }
}

type Shoot = (milliseconds: number, mouse: readonly [number, number]) => Promise<void>;

async function clickClear(page: Page, shoot: Shoot): Promise<void> {
  const { x, y, width, height } = (await page.locator('#clear').boundingBox())!;
  const at = [x + width / 2, y + height / 2] as const;
  await page.mouse.move(...at);
  await shoot(400, at);
  await page.mouse.click(...at);
}

/** Draws with the mouse, a few points a frame. */
async function draw(page: Page, drawing: Drawing, shoot: Shoot): Promise<void> {
  let moves = 0;
  await drawStrokes(page, drawing, {
    async onMove(x, y) {
      if (moves++ % 5 === 0) await shoot(FRAME, [x, y]);
    },
  });
}

async function waitForReading(app: Terminal, page: Page, label: string): Promise<void> {
  await page.locator('#answer').getByText(label, { exact: true }).waitFor();
  // A part of the drawing may be read as the same. Once all of it is read, it can be saved.
  await page.locator('#next[aria-disabled="false"]').waitFor();
  await app.waitForText(new RegExp(`(^| )${label} +█`, 'm'));
}

const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-demo-'));
try {
  await fetchBalanced(home, values.archive);
  await recordTraining(home);
  await recordDrawing(home, browser);
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
