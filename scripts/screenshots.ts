import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { drawStrokes, launchBrowser } from '../tests/helpers/browser.ts';
import type { Screen } from '../tests/helpers/screen.ts';
import { LETTER_R } from './pictures/letters.ts';
import {
  fetchBalanced,
  fillTrainForm,
  openApp,
  ROOT,
  waitForMenu,
  waitForTraining,
  waitForUrl,
} from './pictures/running-app.ts';
import { TERMINAL_CSS, terminalHtml } from './pictures/terminal-html.ts';

/**
 * Takes the pictures of the docs from the running program: trains the plain network for six epochs on the balanced split,
 * evaluates it, and draws with the shipped model. The README's animation is `scripts/demo.ts`.
 */
const { values } = parseArgs({
  options: {
    /** URL or file of the archive to fetch from. Default: NIST's. */
    archive: { type: 'string' },
  },
});
const MINUTE = 60_000;

async function save(name: string, picture: Buffer): Promise<void> {
  await writeFile(path.join(ROOT, 'docs', name), picture);
  console.log(`docs/${name}`);
}

async function terminalPicture(screen: Screen, browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.setContent(
    `<style>body{margin:0}${TERMINAL_CSS}</style><pre class="terminal">${terminalHtml(screen)}</pre>`,
  );
  const picture = await page.locator('pre').screenshot();
  await page.close();
  return picture;
}

const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-pictures-'));
try {
  await fetchBalanced(home, values.archive);
  const app = openApp(home, { cols: 96, rows: 28 });
  const shoot = async (name: string) => save(name, await terminalPicture(app.emulator, browser));
  try {
    await waitForMenu(app);
    app.press('t');
    await fillTrainForm(app, '6');
    app.press('enter');
    await app.waitForText(/Epoch +6\/6.*\n +Batch +[45]\d\d\//, 15 * MINUTE);
    await shoot('train.png');
    await waitForTraining(app);
    app.press('e');
    await app.waitForText(/● balanced-cnn/);
    app.press('enter');
    await app.waitForText(/Worst classes/, MINUTE);
    await shoot('evaluate.png');
    app.press('m');
    await app.waitForText(/shipped/);
    app.press('down', 'enter');
    const page = await browser.newPage({ viewport: { width: 1100, height: 700 }, deviceScaleFactor: 2 });
    await page.goto(await waitForUrl(app));
    await app.waitForText(/1 page connected/);
    await drawStrokes(page, LETTER_R);
    await page.locator('#answer').getByText('R', { exact: true }).waitFor();
    await page.locator('#next[aria-disabled="false"]').waitFor();
    await app.waitForText(/^.* R █/m);
    await shoot('draw.png');
    await save('canvas.png', await page.screenshot({ animations: 'disabled' }));
  } finally {
    await app.close();
  }
} finally {
  await browser.close();
  await rm(home, { recursive: true });
}
