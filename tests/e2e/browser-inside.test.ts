import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { DrawServerOptions } from '../../src/core/server/draw-options.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  canvasPicture,
  expectRoom,
  hasContrast,
  openCanvas,
  startCanvas,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { fakeInspection } from '../helpers/fake-inspection.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, recognizeByTemplate, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** A reader that notes the classes that it was asked to explain. */
function inspecting() {
  const asked: (string | undefined)[] = [];
  const inspect: DrawServerOptions['inspect'] = async (image, options) => {
    asked.push(options.label);
    return fakeInspection(image, options);
  };
  return { inspect, asked };
}

const toggle = (page: Page) => page.getByRole('button', { name: 'Inside the network' });
const explained = (page: Page, label: string) =>
  page.locator('#influence-text').getByText(`Without it, ${label} would have 41% instead of 93%.`).waitFor();

/** The share of a canvas that has color. */
async function colored(page: Page, selector: string): Promise<number> {
  const { width, height, data } = await canvasPicture(page, selector);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) count++;
  return count / (width * height);
}

describe.skipIf(reason)(named('the inside of the network on a page in a browser', reason), () => {
  test('is updated with each reading while it is open, and shows the layers', async () => {
    const { inspect, asked } = inspecting();
    const server = await startCanvas({ inspect });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    expect(asked).toEqual([]);
    await toggle(page).click();
    await explained(page, 'L');
    expect(await toggle(page).getAttribute('aria-expanded')).toBe('true');
    expect(await page.locator('.layer-name').allTextContents()).toEqual([
      'conv2d · 28 × 28 × 32',
      'conv2d_1, pooled · 14 × 14 × 64',
      'conv2d_2, pooled · 7 × 7 × 128',
      'dense · 256',
    ]);
    expect(await page.locator('.layers canvas').first().getAttribute('aria-label')).toMatch(
      /^Feature maps 0, 3, .* of conv2d$/,
    );
    expect(await colored(page, '#influence')).toBeGreaterThan(0.02);
    expect(await colored(page, '.layers canvas')).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByText('Draw something to see what the network makes of it.').waitFor();
    await drawStrokes(page, TEMPLATES.T!);
    await explained(page, 'T');
    expect(asked.at(-1)).toBe('T');
  });

  test('explains another answer on request', async () => {
    const { inspect, asked } = inspecting();
    const server = await startCanvas({ inspect });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.C!);
    await waitForReading(page, 'C');
    await toggle(page).press('Enter');
    await explained(page, 'C');
    const second = await page.locator('.row-label').nth(1).textContent();
    await page.getByLabel('Which answer to explain').selectOption(`Why not ${second}?`);
    await explained(page, second!);
    expect(asked).toEqual(['C', second]);
  });

  test('stays open across a reload, asks another model again, and is not offered where there is none', async () => {
    const first = inspecting();
    const server = await startCanvas({ inspect: first.inspect });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await toggle(page).click();
    await explained(page, 'L');
    await page.reload();
    await explained(page, 'L');
    const second = inspecting();
    const model = { name: 'others', labels: LABELS };
    await server.switchReader({ recognize: recognizeByTemplate, model, inspect: second.inspect });
    await expect.poll(() => second.asked).toEqual(['L']);
    await explained(page, 'L');
    await server.switchReader({ recognize: recognizeByTemplate, model });
    await toggle(page).waitFor({ state: 'hidden' });
  });

  test('is not shown while words are written', async () => {
    const { inspect } = inspecting();
    const text = { prepare() {}, read: () => Promise.reject(new Error('not needed here')), accept() {} };
    const server = await startCanvas({ inspect, text });
    const page = await openCanvas(browser!, server.url);
    await toggle(page).waitFor();
    await page.getByLabel('Word').check({ force: true });
    await toggle(page).waitFor({ state: 'hidden' });
  });

  test.each([
    ['a phone', 390, 844, 'light'],
    ['a phone', 390, 844, 'dark'],
    ['a laptop', 1280, 800, 'light'],
    ['a laptop', 1280, 800, 'dark'],
    ['a very small window', 240, 320, 'light'],
  ] as const)(
    'fits %s of %ix%i in %s colors, and the drawing area does not move',
    async (_, width, height, colorScheme) => {
      const server = await startCanvas({ inspect: inspecting().inspect });
      const page = await openCanvas(browser!, server.url, { viewport: { width, height }, colorScheme });
      await drawStrokes(page, TEMPLATES.L!, { size: 0.3 });
      await waitForReading(page, 'L');
      const box = () =>
        page.evaluate(`(() => {
      scrollTo(0, 0);
      return JSON.stringify(document.querySelector('#canvas').getBoundingClientRect());
    })()`);
      const before = await box();
      await toggle(page).click();
      await explained(page, 'L');
      expect(await box()).toBe(before);
      await expectRoom(page, width, ['#inside-toggle', '#inside-why'], 44);
      await expectRoom(page, width, ['#influence', '.layers li:last-child'], 1);
      for (const selector of [
        '#inside-toggle',
        '#influence-text',
        '.in-favor',
        '.layer-name',
        '.layer-note',
        '.against b',
      ]) {
        expect([selector, await hasContrast(page, selector)]).toEqual([selector, true]);
      }
    },
  );
});
