import type { Page } from 'playwright-core';
import type { DrawServer } from '../../src/core/server/draw-server.ts';
import { drawStrokes } from './browser.ts';
import { startCanvas, waitForReading } from './canvas-page.ts';
import type { MemorySampleBook } from './memory-sample-book.ts';
import { recognizeByTemplate, TEMPLATES } from './template-recognizer.ts';

/**
 * A server whose readings are adapted in a way that is easy to see: what was labeled last is what everything is read as. Reads
 * as the templates do without samples, or when a page asks for that.
 */
export async function startLearning(
  book: MemorySampleBook,
  options: { token?: string; port?: number } = {},
): Promise<DrawServer> {
  return await startCanvas({
    samples: book,
    async recognize(strokes, { adapt } = {}) {
      const reading = await recognizeByTemplate(strokes);
      const label = book.labels.at(-1);
      if (adapt === false || label === undefined) return reading;
      const others = reading.predictions.filter((prediction) => prediction.label !== label).slice(0, 4);
      const predictions = [{ label, probability: 0.9 }, ...others];
      return { ...reading, predictions, adaptedTo: book.samples.length };
    },
    ...options,
  });
}

/** The button that saves the drawing as what it was read as. */
export const next = (page: Page) => page.locator('#next');
/** The field for another label. */
export const field = (page: Page) => page.getByLabel('It is', { exact: true });
/** Waits until the page says this about the labels. */
export const says = (page: Page, text: string) =>
  page.locator('#label-status').getByText(text, { exact: true }).waitFor();

/** Draws a template, and waits until all of it is read as this. */
export async function write(page: Page, template: string, readAs = template): Promise<void> {
  await drawStrokes(page, TEMPLATES[template]!);
  await waitUntilRead(page, readAs);
}

/** Waits until all of the drawing is read as this, not only a part of it. Until then, Enter does nothing. */
export async function waitUntilRead(page: Page, label: string): Promise<void> {
  await waitForReading(page, label);
  await page.locator('#next[aria-disabled="false"]').waitFor({ state: 'attached' });
}
