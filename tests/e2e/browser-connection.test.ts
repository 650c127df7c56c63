import { afterAll, describe, expect, test } from 'vitest';
import { MAX_CLIENTS } from '../../src/core/server/draw-clients.ts';
import { openPage } from '../core/server/server-helpers.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { nextPrediction, openCanvas, startCanvas, styleOf, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the connection of the page in a browser', reason), () => {
  test('reconnects after the server restarts, and sends what was drawn in the meantime', async () => {
    const first = await startCanvas({ token: 'the-same-again' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES['1']!);
    await waitForReading(page, '1');
    await first.close();
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    await page.keyboard.press('Escape');
    await drawStrokes(page, TEMPLATES.O!);

    const second = await startCanvas({ token: 'the-same-again', port: Number(new URL(first.url).port) });
    await page.getByText('Connected', { exact: true }).waitFor();
    await waitForReading(page, 'O');
    const { event } = await nextPrediction(second[Symbol.asyncIterator](), ({ length }) => length === 1);
    expect(event).toMatchObject({ predictions: [{ label: 'O' }, {}, {}, {}, {}] });
  });

  test('says what to do when the server is gone, and keeps the drawing', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await server.close();
    await page.getByRole('alert').getByText('start it again').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    // The symbol differs in shape, not only in color.
    expect(await page.locator('.sign-lost').isVisible()).toBe(true);
    expect(await page.locator('.sign-open').isVisible()).toBe(false);
    await waitForReading(page, 'L');
  });

  test('a reading is called the last one until the drawing is read again', async () => {
    const first = await startCanvas({ token: 'the-same-again' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const filled = await styleOf(page, '#answer', 'background-color');
    await first.close();
    await page.getByText('Last reading', { exact: true }).waitFor();
    await waitForReading(page, 'L');
    // A frame instead of a filled tile, not only other colors.
    expect(await styleOf(page, '#answer', 'background-color')).not.toBe(filled);
    await page.keyboard.press('Escape');
    await page.getByText('The result appears here once the page is connected.').waitFor();
    await drawStrokes(page, TEMPLATES.O!);
    await page.getByText('Not read yet').waitFor();

    await startCanvas({ token: 'the-same-again', port: first.port });
    await waitForReading(page, 'O');
    await page.getByText('Last reading', { exact: true }).waitFor({ state: 'hidden' });
    expect(await styleOf(page, '#answer', 'background-color')).toBe(filled);
  });

  test('says what to do after a restart with another token, and goes on when another tab has been let in', async () => {
    const first = await startCanvas({ token: 'one-token-of-two' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await first.close();
    const second = await startCanvas({ token: 'another-token', port: first.port });
    await page.getByRole('alert').getByText('Open the URL it shows now.').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    const other = await page.context().newPage();
    await other.goto(second.url);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await page.getByText('Last reading', { exact: true }).waitFor({ state: 'hidden' });
    await waitForReading(page, 'L');
  });

  test('says when there are too many pages, and connects when one is closed', async () => {
    const server = await startCanvas();
    const others = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    const context = await browser!.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByRole('alert').getByText('pages are already open').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    others[0]!.socket.close();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await context.close();
  });

  // Other systems have only one address for connections to the machine itself.
  test.skipIf(process.platform !== 'linux')(
    named(
      'a page that had to make room for another one comes back when it is drawn on, not by itself',
      process.platform === 'linux' ? null : 'needs a second loopback address',
    ),
    async () => {
      const server = await startCanvas({ host: '0.0.0.0' });
      const url = `http://127.0.0.1:${server.port}/?token=${server.token}`;
      const others = await Promise.all(Array.from({ length: MAX_CLIENTS - 1 }, () => openPage(url)));
      const page = await openCanvas(browser!, url);
      await openPage(url, { localAddress: '127.0.0.2' });
      await page.getByRole('alert').getByText('Another page has taken the place of this one').waitFor();
      await page.getByText('Not connected', { exact: true }).waitFor();
      others[0]!.socket.close();
      await drawStrokes(page, TEMPLATES.L!);
      await waitForReading(page, 'L');
      await page.getByText('Connected', { exact: true }).waitFor();
    },
  );
});
