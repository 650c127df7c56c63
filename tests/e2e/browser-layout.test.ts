import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  canBeReached,
  hasContrast,
  openCanvas,
  rgbOf,
  startCanvas,
  styleOf,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { BLACK, contrast, WHITE } from '../helpers/contrast.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { named } from '../helpers/skip.ts';
import { templateLines } from '../helpers/template-lines.ts';
import { LABELS, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the layout of the page in a browser', reason), () => {
  test.each([
    ['a phone', 390, 844, true],
    ['a small phone', 320, 568, true],
    ['a phone in landscape', 844, 390, true],
    ['a tablet', 820, 1180, true],
    ['a laptop', 1280, 800, false],
    ['a small window', 800, 600, false],
    ['a narrow window', 390, 844, false],
    ['a small phone in landscape', 667, 280, true],
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

  test.each([
    ['1280x1024 magnified four times', 320, 256],
    ['a low window', 667, 280],
    ['a very small window', 240, 200],
    ['a narrow low window', 400, 300],
  ])('needs no scrolling in two directions in %s, with and without a warning', async (_, width, height) => {
    const server = await startCanvas({ model: { name: 'a-model-with-a-very-long-name-indeed', labels: LABELS } });
    const page = await openCanvas(browser!, server.url, { viewport: { width, height } });
    await drawStrokes(page, TEMPLATES.C!, { size: 0.3 });
    await waitForReading(page, 'C');
    const fits = async () => {
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      for (const selector of [
        '#canvas',
        '#undo',
        '#redo',
        '#clear',
        '#answer',
        '#predictions li:last-child',
        '#model',
      ]) {
        expect([selector, await canBeReached(page, selector)]).toEqual([selector, true]);
      }
    };
    await fits();
    await server.close();
    await page.getByRole('alert').waitFor();
    await fits();
  });

  test('has the state of the connection beside both switches as a whole, or only its sign', async () => {
    const book = new MemorySampleBook([...LABELS]);
    const server = await startCanvas({ text: templateLines(), samples: book });
    const page = await openCanvas(browser!, server.url, { viewport: { width: 320, height: 700 } });
    await page.getByRole('button', { name: 'Practice' }).waitFor();
    // What does not fit is on a second line, below the visible one.
    const shown = `(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.querySelector('#connection');
      if (scrollHeight > clientHeight) return 'sign';
      return scrollWidth > clientWidth ? 'cut' : 'word';
    })()`;
    const shownAt = new Map<number, string>();
    for (let width = 320; width <= 600; width += 4) {
      await page.setViewportSize({ width, height: 700 });
      shownAt.set(width, await page.evaluate<string>(shown));
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect([...shownAt].filter(([, what]) => what === 'cut')).toEqual([]);
    expect([320, 412, 428, 600].map((width) => shownAt.get(width))).toEqual(['sign', 'word', 'word', 'word']);
  });

  test.each([
    [1200, 760],
    [390, 800],
  ])('labels of several characters fit on a page of %ix%i', async (width, height) => {
    const labels = ['wwwwwwww', 'triangle', 'arrow', '\u2260', '\u00e4'];
    const predictions = labels.map((label, index) => ({ label, probability: [0.9, 0.05, 0.02, 0.02, 0.01][index]! }));
    const recognize = async () => ({ predictions, image: new Uint8Array(784) });
    const server = await startCanvas({ recognize, model: { name: 'signs', labels } });
    const page = await openCanvas(browser!, server.url, { viewport: { width, height } });
    await page.getByText('Draw one sign').first().waitFor({ state: 'attached' });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'wwwwwwww');
    const overflowing = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#answer, .row-character')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent)
    `);
    expect(overflowing).toEqual([]);
    expect(Number.parseFloat(await styleOf(page, '#answer', 'font-size'))).toBeGreaterThanOrEqual(12);
  });

  test.each(['light', 'dark'] as const)('has enough contrast in %s colors', async (colorScheme) => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { colorScheme });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const ground = rgbOf(await styleOf(page, 'html', 'background-color'));
    expect(contrast(ground, colorScheme === 'dark' ? WHITE : BLACK)).toBeGreaterThan(10);
    for (const selector of [
      '.name',
      '#connection',
      '#best-kind',
      '.row-percent',
      '.keys',
      '#model',
      '#undo',
      '#undo kbd',
      '#canvas',
      '#answer',
    ]) {
      expect([selector, await hasContrast(page, selector)]).toEqual([selector, true]);
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
});

async function boxOf(page: Page, selector: string) {
  const { x: left, y: top, width, height } = (await page.locator(selector).boundingBox())!;
  return { left, top, right: left + width, bottom: top + height, width, height };
}
