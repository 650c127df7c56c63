import { afterAll, describe, expect, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas, startCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('a drawing on a page that is reloaded in a browser', reason), () => {
  test('keeps the drawing and its history across a reload and the Back button, but not for another tab', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES['1']!);
    await drawStrokes(page, TEMPLATES.O!);
    await waitForReading(page, 'O');
    await page.waitForURL(({ search }) => search === '');
    await page.reload();
    await waitForReading(page, 'O');
    expect(await page.locator('#invitation').isVisible()).toBe(false);
    await page.goto('about:blank');
    await page.goBack();
    await waitForReading(page, 'O');
    await page.getByRole('button', { name: 'Undo' }).click();
    await waitForReading(page, '1');
    await page.getByRole('button', { name: 'Redo' }).click();
    await waitForReading(page, 'O');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('Connected', { exact: true }).waitFor();
    expect(await other.locator('#invitation').isVisible()).toBe(true);

    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(await page.locator('#invitation').isVisible()).toBe(true);
  });

  test('keeps a drawing across a reload, however long it took to draw', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.waitForURL(({ search }) => search === '');
    const stroke = Array.from({ length: 100_000 }, (_, index) =>
      index < 50_000 ? [200.25, 100.25 + index / 70] : [200.25 + (index - 50_000) / 125, 800.25],
    );
    const saved = JSON.stringify({ strokes: [stroke], past: [[]], finished: [0], future: [] });
    await page.addInitScript(`sessionStorage.getItem('long') ?? sessionStorage.setItem('drawing /', '${saved}');
      sessionStorage.setItem('long', 'was drawn')`);
    await page.reload();
    await waitForReading(page, 'L');
    await page.reload();
    await waitForReading(page, 'L');
  });

  test('a stored drawing that is not one is ignored', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.waitForURL(({ search }) => search === '');
    // Set by a script that runs after the page has saved its own.
    await page.addInitScript("sessionStorage.setItem('drawing /', '{\"strokes\":[[]]}')");
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(await page.locator('#invitation').isVisible()).toBe(true);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
  });
});
