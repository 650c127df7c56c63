import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  expectRoom,
  hasContrast,
  inkShare,
  openCanvas,
  startCanvas,
  styleOf,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { waitUntilRead, write } from '../helpers/labeling.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

const toggle = (page: Page) => page.getByRole('button', { name: 'Practice' });
const panel = (page: Page) => page.getByRole('region', { name: 'Practice' });
const asks = (page: Page, task: string) => panel(page).getByText(task, { exact: true }).waitFor();

/** Waits until the server has told the page about the samples. */
async function openPractice(url: string): Promise<Page> {
  const page = await openCanvas(browser!, url);
  await toggle(page).click();
  await panel(page).waitFor();
  return page;
}

describe.skipIf(reason)(named('practice in a browser', reason), () => {
  test('asks for characters, the rarest first, saves what is written as what was asked for, and shows progress', async () => {
    const book = new MemorySampleBook([...'gqT']);
    for (const label of ['g', 'g', 'q']) await book.add({ label, strokes: [[[1, 2]]], origin: 'corrected' });
    const page = await openPractice((await startCanvas({ samples: book })).url);
    await asks(page, 'Write an uppercase T');
    expect(await toggle(page).getAttribute('aria-pressed')).toBe('true');
    await page.locator('#invitation').getByText('Write an uppercase T').waitFor();
    await page.getByText('0 of 5 samples of T').waitFor();
    await page.getByText('3 samples in total').waitFor();
    await page.locator('#announcement').getByText('Write an uppercase T.').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    expect(book.samples).toHaveLength(3);

    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    // Announced once the reading no longer changes, so all of the drawing is read.
    await page.locator('#announcement').getByText('Read as').waitFor({ state: 'attached' });
    await page.locator('#next').getByText('saves it as T').waitFor();
    await page.keyboard.press('Enter');
    await asks(page, 'Write a lowercase q');
    await page.getByText('Saved as T', { exact: true }).waitFor();
    expect(book.samples.at(-1)).toMatchObject({ label: 'T', origin: 'practiced', readAs: 'L' });
    await expect.poll(() => inkShare(page)).toBe(0);
    await page.getByText('1 in this round, 4 samples in total').waitFor();
    await page.getByText('1 of 5 samples of q').waitFor();
    expect(await page.locator('#practice-steps [data-done]').count()).toBe(1);

    await drawStrokes(page, TEMPLATES.O!);
    await page.locator('#next').click();
    await asks(page, 'Write a lowercase g');
    await expect.poll(() => book.labels.slice(3)).toEqual(['T', 'q']);
  });

  test('Skip saves nothing, and Undo brings back what was written and asked for', async () => {
    const book = new MemorySampleBook([...'gqT']);
    const page = await openPractice((await startCanvas({ samples: book })).url);
    await asks(page, 'Write a lowercase g');
    await drawStrokes(page, TEMPLATES.O!);
    await page.getByRole('button', { name: 'Skip' }).click();
    await asks(page, 'Write a lowercase q');
    await expect.poll(() => inkShare(page)).toBe(0);
    await drawStrokes(page, TEMPLATES.O!);
    await page.keyboard.press('Enter');
    await asks(page, 'Write an uppercase T');
    await expect.poll(() => book.labels).toEqual(['q']);
    await page.locator('#undo-label').click();
    await asks(page, 'Write a lowercase q');
    await expect.poll(() => book.labels).toEqual([]);
    await expect.poll(() => inkShare(page)).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await asks(page, 'Write an uppercase T');
    await expect.poll(() => book.labels).toEqual(['q']);
  });

  test('a reload keeps what was asked for with what is written, since the URL says that practice is open', async () => {
    const book = new MemorySampleBook([...'gqT']);
    const page = await openPractice((await startCanvas({ samples: book })).url);
    await page.waitForURL(({ search, hash }) => search === '' && hash === '#practice');
    await drawStrokes(page, TEMPLATES.O!);
    await page.keyboard.press('Enter');
    await asks(page, 'Write a lowercase q');
    await drawStrokes(page, TEMPLATES.X!);
    // Meanwhile, something else has become more useful.
    await book.add({ label: 'q', strokes: [[[1, 2]]], origin: 'corrected' });
    await page.getByText('1 of 5 samples of q').waitFor();
    await page.reload();
    await asks(page, 'Write a lowercase q');
    await expect.poll(() => inkShare(page)).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await expect.poll(() => book.samples.at(-1)).toMatchObject({ label: 'q', strokes: { length: 2 } });
  });

  test('is opened by the URL, and left by the button, the URL, and not by Escape', async () => {
    const book = new MemorySampleBook([...'gqT']);
    const server = await startCanvas({ samples: book });
    const page = await openCanvas(browser!, `${server.url}#practice`);
    await asks(page, 'Write a lowercase g');
    await page.waitForURL(({ search, hash }) => search === '' && hash === '#practice');
    await drawStrokes(page, TEMPLATES.O!);
    await page.keyboard.press('Escape');
    await asks(page, 'Write a lowercase g');
    await expect.poll(() => inkShare(page)).toBe(0);
    await toggle(page).click();
    await panel(page).waitFor({ state: 'hidden' });
    await page.getByText('Draw one letter or digit', { exact: true }).waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await page.evaluate("location.hash = 'practice'");
    await asks(page, 'Write a lowercase g');
    await page.evaluate("location.hash = ''");
    await panel(page).waitFor({ state: 'hidden' });
  });

  test('leaves what was drawn before alone', async () => {
    const book = new MemorySampleBook([...'gqT']);
    const page = await openCanvas(browser!, (await startCanvas({ samples: book })).url);
    await write(page, 'L');
    await page.keyboard.press('Enter');
    await expect.poll(() => book.labels).toEqual(['L']);
    await write(page, 'T');
    await toggle(page).click();
    await asks(page, 'Write a lowercase g');
    await expect.poll(() => inkShare(page)).toBe(0);
    // Undo here must not undo an earlier label.
    expect(await page.locator('#undo').isDisabled()).toBe(true);
    await page.keyboard.press('Control+z');
    await drawStrokes(page, TEMPLATES.X!);
    await toggle(page).click();
    await waitUntilRead(page, 'T');
    await page.keyboard.press('Enter');
    await expect.poll(() => book.labels).toEqual(['L', 'T']);
  });

  test('goes on without a connection, and ends where there is nothing to practice', async () => {
    const book = new MemorySampleBook([...'gqT']);
    const first = await startCanvas({ samples: book, token: 'the-same-again' });
    const page = await openPractice(first.url);
    await first.close();
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    for (const task of ['Write a lowercase g', 'Write a lowercase q']) {
      await asks(page, task);
      await drawStrokes(page, TEMPLATES.C!);
      await page.keyboard.press('Enter');
    }
    await asks(page, 'Write an uppercase T');
    await page.getByText('2 changes will be saved once the page is connected.').waitFor();
    await startCanvas({ samples: book, token: 'the-same-again', port: first.port });
    await expect.poll(() => book.labels).toEqual(['g', 'q']);
    expect(book.samples.every(({ readAs }) => readAs === undefined)).toBe(true);

    const empty = await openCanvas(browser!, (await startCanvas({ samples: new MemorySampleBook() })).url);
    await drawStrokes(empty, TEMPLATES.C!);
    await waitForReading(empty, 'C');
    expect(await toggle(empty).isHidden()).toBe(true);
  });

  test.each([
    ['a phone', 390, 844, 'dark', true],
    ['a small phone', 320, 568, 'light', true],
    ['1280x1024 magnified four times', 320, 256, 'dark', false],
    ['a phone in landscape', 844, 390, 'light', true],
    ['a laptop', 1280, 800, 'dark', false],
  ] as const)('has room on %s, and nothing moves without need', async (_, width, height, colorScheme, hasTouch) => {
    const book = new MemorySampleBook([...LABELS]);
    const server = await startCanvas({ samples: book });
    const options = { viewport: { width, height }, colorScheme, hasTouch, reducedMotion: 'reduce' } as const;
    const page = await openCanvas(browser!, server.url, options);
    const place = await page.locator('#paper').boundingBox();
    await toggle(page).click();
    await drawStrokes(page, TEMPLATES.C!);
    await waitForReading(page, 'C');
    await expectRoom(page, width, ['#next', '#skip'], 44);
    await page.locator('#paper').scrollIntoViewIfNeeded();
    await page.evaluate('scrollTo(0, 0)');
    expect(await page.locator('#paper').boundingBox()).toEqual(place);
    for (const selector of ['#practice', '#practice-label', '#practice-task', '#practice-total']) {
      expect([selector, await hasContrast(page, selector)]).toEqual([selector, true]);
    }
    for (const selector of ['#next', '#practice', '.switch']) {
      expect(await styleOf(page, selector, 'transition-duration')).toBe('0s');
    }
  });
});
