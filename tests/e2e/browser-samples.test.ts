import { afterAll, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { inkShare, openCanvas, startCanvas, startNetwork, waitForReading } from '../helpers/canvas-page.ts';
import { field, next, says, startLearning, write } from '../helpers/labeling.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the samples of a page in a browser', reason), () => {
  test('a drawing that was labeled in the terminal is not saved once more, unless it is said to be something else', async () => {
    const book = new MemorySampleBook();
    const server = await startLearning(book);
    const shown: Drawing[] = [];
    void (async () => {
      for await (const { drawing } of server) if (drawing) shown.push(drawing.strokes);
    })();
    // A size at which the points have many decimals.
    const page = await openCanvas(browser!, server.url, { viewport: { width: 1013, height: 711 } });
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

    // After a reload, the page still knows.
    await labelInTerminal('O', 'O', 'L');
    await page.waitForURL(({ search }) => search === '');
    await page.reload();
    await next(page).getByText('saved as L', { exact: true }).waitFor();
    await next(page).click();
    await says(page, 'Saved as L');
    expect(book.labels).toEqual(['L']);
    await page.locator('#undo-label').click();
    await expect.poll(() => book.labels).toEqual([]);
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
    for (const page of pages) await page.getByText('Adapt to your 6 samples').waitFor();
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
});
