import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_CLIENTS } from '../../src/core/server/draw-clients.ts';
import { openPage } from '../core/server/server-helpers.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { nextPrediction, openCanvas, startCanvas, styleOf, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the page in a browser', reason), () => {
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

  test('says when there are too many pages, and connects when one is closed', async () => {
    const server = await startCanvas();
    const others = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    const context = await browser!.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByRole('alert').getByText('pages are already open').waitFor();
    others[0]!.socket.close();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await context.close();
  });

  test('loads only from the server, and logs no errors', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(server.url);
    await drawStrokes(page, TEMPLATES.X!);
    await waitForReading(page, 'X');
    expect(complaints).toEqual([]);
    const { origin, search } = new URL(server.url);
    const loaded = requests.filter((url) => !url.startsWith('data:'));
    expect(loaded.sort()).toEqual([`${origin}/${search}`, `${origin}/page.css${search}`, `${origin}/page.js${search}`]);

    // The content security policy is effective: inline scripts do not run, and no other address is contacted.
    await page.addScriptTag({ content: 'document.title = "run"' }).catch(() => null); // fails, since it is blocked
    await page.evaluate('fetch("https://example.invalid/").catch(() => null)');
    expect(await page.title()).toBe('Draw a character · emnist-tui');
    await expect.poll(() => complaints.filter((text) => text.includes('script-src')).length).toBeGreaterThan(0);
    await expect.poll(() => complaints.filter((text) => text.includes('connect-src')).length).toBeGreaterThan(0);
    await context.close();
  });

  test.each([
    ['a phone', 390, 844, true],
    ['a small phone', 320, 568, true],
    ['a phone in landscape', 844, 390, true],
    ['a tablet', 820, 1180, true],
    ['a laptop', 1280, 800, false],
    ['a small window', 800, 600, false],
    ['a narrow window', 390, 844, false],
  ])('fits %s', async (_, width, height, hasTouch) => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { viewport: { width, height }, hasTouch });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const scrollWidth = await page.evaluate<number>('document.documentElement.scrollWidth');
    const [canvas, best] = await Promise.all(['#canvas', '#answer'].map((selector) => boxOf(page, selector)));
    expect(scrollWidth).toBeLessThanOrEqual(width);
    expect(Math.abs(canvas!.width - canvas!.height)).toBeLessThan(1);
    expect(canvas!.width).toBeGreaterThanOrEqual(Math.min(width, height) * 0.45);
    // Drawing area and result are visible without scrolling and do not overlap.
    for (const { left, top, right, bottom } of [canvas!, best!]) {
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
      expect(bottom).toBeLessThanOrEqual(height);
    }
    expect(best!.left >= canvas!.right || best!.top >= canvas!.bottom).toBe(true);
    const [clear, result] = await Promise.all(['#clear', '.result'].map((selector) => boxOf(page, selector)));
    expect(result!.left >= clear!.right || result!.top >= clear!.bottom).toBe(true);
  });

  test.each(['light', 'dark'] as const)('has enough contrast in %s colors', async (colorScheme) => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { colorScheme });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const ground = luminance(await colorOf(page, 'html', 'background-color'));
    if (colorScheme === 'dark') expect(ground).toBeLessThan(0.05);
    else expect(ground).toBeGreaterThan(0.8);
    const paper = luminance(await colorOf(page, '#paper', 'background-color'));
    const tile = luminance(await colorOf(page, '#answer', 'background-color'));
    for (const [selector, behind] of [
      ['.name', ground],
      ['#connection', ground],
      ['#best-kind', ground],
      ['.row-percent', ground],
      ['.keys', ground],
      ['#model', ground],
      ['#undo', paper],
      ['#undo kbd', paper],
      ['#canvas', paper],
      ['#answer', tile],
    ] as const) {
      const front = luminance(await colorOf(page, selector, 'color'));
      // WCAG 2.2, success criterion 1.4.3.
      const contrast = (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
      expect([selector, contrast > 4.5]).toEqual([selector, true]);
    }
  });

  test('has no animations when reduced motion is preferred', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { reducedMotion: 'reduce' });
    const durations: string[] = [];
    for (const selector of ['.row-bar', 'button', '.sign']) {
      durations.push(
        await styleOf(page, selector, 'transition-duration'),
        await styleOf(page, selector, 'animation-name'),
      );
    }
    expect(new Set(durations)).toEqual(new Set(['0s', 'none']));
  });

  test('every control can be reached with Tab, and shows its focus', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await page.locator('#paper').focus();
    for (const [key, id] of [
      ['Tab', 'undo'],
      ['Tab', 'redo'],
      ['Tab', 'clear'],
      ['Shift+Tab', 'redo'],
      ['Shift+Tab', 'undo'],
      ['Shift+Tab', 'paper'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await page.locator(':focus').getAttribute('id')).toBe(id);
      expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
    }
  });

  test('is not shown without its token', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const answer = await page.goto(new URL('/', server.url).href);
    expect(answer!.status()).toBe(403);
    expect(await page.locator('canvas').count()).toBe(0);
    await context.close();
  });
});

async function boxOf(page: Page, selector: string) {
  const { x: left, y: top, width, height } = (await page.locator(selector).boundingBox())!;
  return { left, top, right: left + width, bottom: top + height, width, height };
}

async function colorOf(page: Page, selector: string, property: 'color' | 'background-color'): Promise<number[]> {
  const value = await styleOf(page, selector, property);
  return [...value.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
}

/** Relative luminance of an sRGB color, WCAG 2.2. */
function luminance(rgb: number[]): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
