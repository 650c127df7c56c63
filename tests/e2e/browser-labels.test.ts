import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  expectRoom,
  hasContrast,
  inkShare,
  openCanvas,
  startCanvas,
  startNetwork,
  styleOf,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, recognizeByTemplate, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/**
 * A server whose readings are adapted in a way that is easy to see: what was labeled last is what everything is read as. Reads
 * as the templates do without samples, or when a page asks for that.
 */
async function startLearning(book: MemorySampleBook, options: { token?: string; port?: number } = {}) {
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

const next = (page: Page) => page.locator('#next');
const field = (page: Page) => page.getByLabel('It is', { exact: true });
const status = (page: Page) => page.locator('#label-status');
const says = (page: Page, text: string) => status(page).getByText(text, { exact: true }).waitFor();

/** Draws a template, and waits until it is read as this. */
async function write(page: Page, template: string, readAs = template): Promise<void> {
  await drawStrokes(page, TEMPLATES[template]!);
  await waitForReading(page, readAs);
}

describe.skipIf(reason)(named('labeling drawings in a browser', reason), () => {
  test('Next says what it saves, saves it, and clears for the next character', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    expect(await next(page).isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    await write(page, 'L');
    await next(page).getByText('saves it as L').waitFor();
    await next(page).click();
    await says(page, 'Saved as L');
    expect(book.samples).toMatchObject([{ label: 'L', origin: 'confirmed', readAs: 'L' }]);
    expect(book.samples[0]!.strokes).toHaveLength(1);
    await expect.poll(() => inkShare(page)).toBe(0);
    await page.locator('#announcement').getByText('Saved as the uppercase letter L.').waitFor({ state: 'attached' });

    await write(page, 'T', 'L');
    // Parts of the drawing are read as that, too.
    await next(page).getByText('saves it as L').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => book.labels).toEqual(['L', 'L']);
    // A held key does not go on, and an empty drawing is nothing to save.
    await page.keyboard.press('Enter');
    await write(page, 'X', 'L');
    await page.keyboard.down('Enter');
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await expect.poll(() => book.labels).toEqual(['L', 'L', 'L']);
    expect(book.samples.map(({ strokes }) => strokes.length)).toEqual([1, 2, 2]);
  });

  test('one of the answers is chosen instead of the best, and the next reading is adapted without a restart', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'T');
    const second = await page.locator('.row-label').nth(1).textContent();
    await page.getByRole('button', { name: new RegExp(`Save as the .* ${second}$`) }).click();
    await says(page, `Saved as ${second}`);
    expect(book.samples).toMatchObject([{ label: second, origin: 'corrected', readAs: 'T' }]);
    await write(page, 'T', second!);
    await page.getByText('Adapted to 1 of your samples').waitFor();
    await page.locator('#predictions button').first().click();
    await expect.poll(() => book.samples.at(-1)).toMatchObject({ label: second, origin: 'confirmed' });
  });

  test('what it is can be typed, also a sign that the model does not know, right after drawing it', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'T');
    await field(page).fill('π');
    await field(page).press('Enter');
    await says(page, 'Saved as π');
    expect(book.samples).toMatchObject([{ label: 'π', origin: 'corrected', readAs: 'T' }]);
    // The drawing area has the focus again, where typing reaches the field.
    await write(page, 'L', 'π');
    await page.keyboard.type('Smith');
    expect(await field(page).inputValue()).toBe('Smith');
    await page.keyboard.press('Enter');
    await expect.poll(() => book.labels).toEqual(['π', 'Smith']);
    await write(page, 'O', 'Smith');
    await page.keyboard.type('Smith');
    await page.keyboard.press('Enter');
    await expect.poll(() => book.samples.at(-1)?.origin).toBe('confirmed');

    // Too long to be a label. What was typed does not outlive the drawing.
    await write(page, 'O', 'Smith');
    await field(page).fill('signature');
    await field(page).press('Enter');
    expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#label-status').textContent()).toBe('A label has at most 8 characters.');
    await page.locator('#clear').click();
    expect(await field(page).inputValue()).toBe('');
    expect(book.labels).toEqual(['π', 'Smith', 'Smith']);
  });

  test('drawing as before saves nothing: Escape, Clear, and Enter on another control', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'L');
    await page.keyboard.press('Escape');
    await write(page, 'T');
    await page.locator('#undo').focus();
    await page.keyboard.press('Enter');
    await page.locator('#clear').click();
    await waitForReading(page, '');
    await write(page, 'X');
    expect(book.samples).toEqual([]);
    expect(await page.locator('#adapt').isHidden()).toBe(true);
    expect(await page.locator('#undo-label').isHidden()).toBe(true);
  });

  test('Undo removes the sample and shows the drawing as it was, with what can be undone', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'T');
    const ink = await inkShare(page);
    await page.locator('#predictions button').nth(2).click();
    await expect.poll(() => book.samples.length).toBe(1);
    await page.locator('#undo-label').click();
    await expect.poll(() => book.samples).toEqual([]);
    await waitForReading(page, 'T');
    await expect.poll(() => inkShare(page)).toBeCloseTo(ink, 3);
    await page.keyboard.press('Control+z');
    await expect.poll(() => inkShare(page)).toBeLessThan(0.7 * ink);
    await page.keyboard.press('Control+y');
    await waitForReading(page, 'T');
    await expect.poll(() => inkShare(page)).toBeCloseTo(ink, 3);

    // Once the next character is begun, Undo takes away its strokes, and then the label. Redo has the strokes.
    await page.keyboard.press('Enter');
    await expect.poll(() => book.labels).toEqual(['T']);
    await write(page, 'L', 'T');
    await page.keyboard.press('Control+z');
    await waitForReading(page, '');
    expect(book.labels).toEqual(['T']);
    await page.locator('#undo').click();
    await expect.poll(() => book.samples).toEqual([]);
    await waitForReading(page, 'T');
    await page.locator('#announcement').getByText('No longer saved as').waitFor({ state: 'attached' });
  });

  test('a drawing that was labeled in the terminal is not saved once more, unless it is said to be something else', async () => {
    const book = new MemorySampleBook();
    const server = await startLearning(book);
    const shown: Drawing[] = [];
    void (async () => {
      for await (const { drawing } of server) if (drawing) shown.push(drawing.strokes);
    })();
    const page = await openCanvas(browser!, server.url);
    /** Draws, and labels it in the terminal. */
    const labelInTerminal = async (template: string, readAs: string, label: string) => {
      await write(page, template, readAs);
      await next(page).getByText(`saves it as ${readAs}`).waitFor();
      const sample = await server.addSample({ label, strokes: shown.at(-1)!, origin: 'corrected', readAs });
      await next(page).getByText(`saved as ${label}`, { exact: true }).waitFor();
      return sample;
    };
    await labelInTerminal('T', 'T', 'J');
    await next(page).click();
    await says(page, 'Saved as J');
    await expect.poll(() => inkShare(page)).toBe(0);
    expect(book.labels).toEqual(['J']);
    await page.locator('#undo-label').click();
    await expect.poll(() => book.labels).toEqual([]);
    await next(page).getByText('saves it as T').waitFor();
    await page.keyboard.press('Escape');

    const wrong = await labelInTerminal('T', 'T', 'J');
    await field(page).fill('7');
    await field(page).press('Enter');
    await says(page, 'Saved as 7');
    await expect.poll(() => book.labels).toEqual(['7']);
    expect(book.has(wrong.id)).toBe(false);

    // Taken back in the terminal.
    const { id } = await labelInTerminal('T', '7', 'J');
    await server.removeSample(id);
    await next(page).getByText('saves it as 7').waitFor();
  });

  test('two pages label at once, and both are adapted', async () => {
    const book = new MemorySampleBook();
    const server = await startLearning(book);
    const pages = await Promise.all([openCanvas(browser!, server.url), openCanvas(browser!, server.url)]);
    for (let round = 1; round <= 3; round++) {
      await Promise.all(pages.map((page, index) => drawStrokes(page, TEMPLATES[index === 0 ? 'L' : 'X']!)));
      await Promise.all(pages.map((page) => page.locator('output#answer:not(:empty)').waitFor()));
      await Promise.all(
        pages.map(async (page, index) => {
          await field(page).fill(`${index}-${round}`);
          await field(page).press('Enter');
          await says(page, `Saved as ${index}-${round}`);
        }),
      );
    }
    expect(book.labels.toSorted()).toEqual(['0-1', '0-2', '0-3', '1-1', '1-2', '1-3']);
    for (const page of pages) await page.getByText('Adapts to your 6 samples').waitFor();
    // A drawing that is there is read again when the other page labels.
    await write(pages[0]!, 'O', book.labels.at(-1));
    await write(pages[1]!, 'O', book.labels.at(-1));
    await field(pages[1]!).fill('news');
    await field(pages[1]!).press('Enter');
    await waitForReading(pages[0]!, 'news');
  });

  test('readings are not adapted with the switch off, which is kept across a reload', async () => {
    const book = new MemorySampleBook();
    await book.add({ label: 'π', strokes: [[[1, 2]]], origin: 'corrected' });
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'L', 'π');
    const adapt = page.getByRole('switch');
    await page.getByText('Adapted to 1 of your samples').waitFor();
    expect(await adapt.getAttribute('aria-checked')).toBe('true');
    await adapt.focus();
    await page.keyboard.press('Space');
    await waitForReading(page, 'L');
    expect(await adapt.getAttribute('aria-checked')).toBe('false');
    await page.waitForURL(({ search }) => search === '');
    await page.reload();
    await waitForReading(page, 'L');
    expect(await adapt.getAttribute('aria-checked')).toBe('false');
    await adapt.click();
    await waitForReading(page, 'π');
  });

  test('there is no switch where readings are never adapted', async () => {
    const book = new MemorySampleBook();
    await book.add({ label: 'L', strokes: [[[1, 2]]], origin: 'corrected' });
    const page = await openCanvas(browser!, (await startCanvas({ samples: book, adapts: false })).url);
    await write(page, 'L');
    expect(await next(page).isVisible()).toBe(true);
    expect(await page.getByRole('switch').isHidden()).toBe(true);
  });

  test('labels wait while the page is not connected, survive a reload, and are saved once', async () => {
    const book = new MemorySampleBook();
    const first = await startLearning(book, { token: 'the-same-again' });
    const page = await openCanvas(browser!, first.url);
    await page.waitForURL(({ search }) => search === '');
    await write(page, 'L');
    await first.close();
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    // It was read before.
    await next(page).click();
    await says(page, '“L” will be saved once the page is connected.');
    await drawStrokes(page, TEMPLATES.T!);
    // Not read, so there is nothing to confirm.
    expect(await next(page).isDisabled()).toBe(true);
    await field(page).fill('t');
    await field(page).press('Enter');
    await says(page, '2 changes will be saved once the page is connected.');
    await drawStrokes(page, TEMPLATES.X!);
    await field(page).fill('oops');
    await field(page).press('Enter');
    await page.locator('#undo-label').click();
    await expect.poll(() => inkShare(page)).toBeGreaterThan(0);
    const asked = new Promise<string>((resolve) =>
      page.once('dialog', (dialog) => {
        resolve(dialog.type());
        void dialog.accept();
      }),
    );
    const second = await startLearning(book, { token: 'the-same-again', port: first.port });
    await Promise.race([page.reload(), asked]);
    await page.getByText('Connected', { exact: true }).waitFor();
    await expect.poll(() => book.labels).toEqual(['L', 't']);
    expect(book.samples.map(({ readAs }) => readAs)).toEqual(['L', undefined]);
    await waitForReading(page, 't');
    await second.close();
    expect(book.labels).toEqual(['L', 't']);
  });

  test('a label is saved once if its answer is lost with the connection', async () => {
    const book = new MemorySampleBook();
    const network = await startNetwork((await startLearning(book)).url);
    const page = await openCanvas(browser!, network.url);
    await write(page, 'L');
    const stored = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    book.beforeChange = () => {
      arrived.resolve();
      return stored.promise;
    };
    await next(page).click();
    await arrived.promise;
    network.cut();
    await page.getByText('Connected', { exact: true }).waitFor({ state: 'hidden' });
    await page.getByText('Connected', { exact: true }).waitFor();
    stored.resolve();
    await says(page, 'Saved as L');
    expect(book.labels).toEqual(['L']);
  });

  test('a label that cannot be saved is kept until it is tried again, or given up', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    const full = async () => {
      throw new EmnistError('disk-full', 'no space left for the samples', { path: 'samples' });
    };
    book.beforeChange = full;
    await write(page, 'L');
    await next(page).click();
    await says(page, 'Not saved: No space left for the samples.');
    await page
      .locator('#announcement')
      .getByText('Not saved: No space left for the samples.')
      .waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Discard' }).click();
    await waitForReading(page, 'L');
    expect(book.samples).toEqual([]);
    await next(page).click();
    await says(page, 'Not saved: No space left for the samples.');
    book.beforeChange = async () => {};
    await page.getByRole('button', { name: 'Try again' }).click();
    await says(page, 'Saved as L');
    expect(book.labels).toEqual(['L']);
  });

  test('without samples, a page is as it always was', async () => {
    const page = await openCanvas(browser!, (await startCanvas()).url);
    await write(page, 'L');
    for (const control of [next(page), field(page), page.locator('#practice'), page.locator('#adapt')]) {
      expect(await control.isHidden()).toBe(true);
    }
    expect(await page.locator('#predictions button:enabled').count()).toBe(0);
    await page.keyboard.press('Enter');
    await waitForReading(page, 'L');
  });

  test('everything can be reached with Tab, and shows its focus', async () => {
    const book = new MemorySampleBook([...'TL']);
    await book.add({ label: 'T', strokes: [[[1, 2]]], origin: 'corrected' });
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    await write(page, 'L', 'T');
    await next(page).click();
    await says(page, 'Saved as T');
    await write(page, 'L', 'T');
    await page.locator('#clear').focus();
    const reached = ['next', ...Array(5).fill('row'), 'label', 'undo-label', 'adapt', 'expect'];
    for (const expected of reached) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      expect((await focused.getAttribute('id')) ?? (await focused.getAttribute('class'))).toBe(expected);
      expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
    }
  });

  test.each([
    ['a phone', 390, 844, 'light', true],
    ['a small phone', 320, 568, 'dark', true],
    ['1280x1024 magnified four times', 320, 256, 'light', false],
    ['a phone in landscape', 844, 390, 'dark', true],
    ['a laptop', 1280, 800, 'light', false],
  ] as const)('has room on %s', async (_, width, height, colorScheme, hasTouch) => {
    const book = new MemorySampleBook([...LABELS]);
    const server = await startLearning(book);
    const page = await openCanvas(browser!, server.url, { viewport: { width, height }, colorScheme, hasTouch });
    await write(page, 'L');
    await field(page).fill('wwwwwwww');
    await field(page).press('Enter');
    await says(page, 'Saved as wwwwwwww');
    await write(page, 'L', 'wwwwwwww');
    await expectRoom(page, width, ['#next', '#label', '#undo-label', '#adapt'], 44);
    await expectRoom(page, width, ['#practice', '#predictions li:nth-child(3) button'], 32);
    for (const selector of ['#next', '#adapt', '#label-status']) {
      // Colors change gradually.
      await expect.poll(async () => [selector, await hasContrast(page, selector)]).toEqual([selector, true]);
    }
  });
});
