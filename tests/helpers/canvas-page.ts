import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { onTestFinished } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import type { DrawServerOptions } from '../../src/core/server/draw-options.ts';
import { type DrawServer, startDrawServer } from '../../src/core/server/draw-server.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { LABELS, recognizeByTemplate } from './template-recognizer.ts';

/** Starts a canvas server that recognizes by templates. It is closed when the test ends. */
export async function startCanvas(options: Partial<DrawServerOptions> = {}): Promise<DrawServer> {
  const model = { name: 'templates', labels: LABELS };
  const server = await startDrawServer({ recognize: recognizeByTemplate, model, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Opens the page in a fresh profile and waits until it is connected. */
export async function openCanvas(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('Connected', { exact: true }).waitFor();
  return page;
}

/** Waits until the page shows this as the best prediction; '' stands for none. */
export async function waitForReading(page: Page, label: string): Promise<void> {
  if (label === '') await page.locator('output#answer:empty').waitFor();
  else await page.locator('output#answer').getByText(label, { exact: true }).waitFor();
}

/** The current content of a canvas of the page. */
export async function canvasPicture(page: Page, selector: string): Promise<PNG> {
  // A string, since tests are compiled with Node's types, which have no `document`.
  const url = await page.evaluate<string>(`document.querySelector('${selector}').toDataURL()`);
  return PNG.sync.read(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}

/** The share of the drawing canvas that is covered by ink. */
export async function inkShare(page: Page): Promise<number> {
  const { width, height, data } = await canvasPicture(page, '#canvas');
  return data.filter((value, index) => index % 4 === 3 && value > 0).length / (width * height);
}

/** A computed style of the first matching element. */
export async function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return await page.evaluate<string>(
    `getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`,
  );
}

/** The next prediction among a server's updates whose drawing matches. */
export async function nextPrediction(
  updates: AsyncIterator<DrawUpdate>,
  fits: (strokes: Drawing) => boolean,
): Promise<DrawUpdate> {
  for (;;) {
    const { value, done } = await updates.next();
    if (done) throw new Error('The server closed before the expected prediction.');
    if (value.event.event === 'prediction' && fits(value.drawing?.strokes ?? [])) return value;
  }
}
