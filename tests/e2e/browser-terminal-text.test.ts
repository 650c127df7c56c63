import { afterAll, expect, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas } from '../helpers/canvas-page.ts';
import { openDrawScreen } from '../helpers/draw-screen.ts';
import { named } from '../helpers/skip.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** Looks like `L`. */
const CORNER: [number, number][] = [
  [0, 0],
  [0, 100],
  [60, 100],
];

test.skipIf(reason)(
  named('a key of the app switches an open page to words, and shows what is written', reason),
  async () => {
    const { terminal, url } = await openDrawScreen();
    const page = await openCanvas(browser!, url);
    await terminal.waitForText(/1 page connected/);
    await drawStrokes(page, [CORNER]);
    await terminal.waitForText(/1\. L /);

    terminal.press('w');
    await page.getByText('Write on the line.').waitFor();
    await terminal.waitForText(/reading words/);
    for (const place of [0.2, 0.35]) await drawStrokes(page, [CORNER], { size: 0.35, at: [place, 0.45] });
    const answer = page.locator('output#answer');
    await terminal.waitForText(/Strokes .*2/);
    const isSame = async () => terminal.screen().includes(`\n ${await answer.textContent()} `);
    await expect.poll(isSame, { timeout: 20_000 }).toBe(true);
    const text = (await answer.textContent())!;
    await page.getByRole('button', { name: 'Accept' }).click();
    await terminal.waitForText(/Write the next line/);
    expect(terminal.screen().split('\n')).toContain(` ${text}`);

    // The drawing of a character is still there.
    terminal.press('w');
    await terminal.waitForText(/1\. L /);
  },
);
