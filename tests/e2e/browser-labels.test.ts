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
import { field, next, says, startLearning, write } from '../helpers/labeling.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

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

  test('what was saved is said until the next drawing is begun, with its Undo', async () => {
    const book = new MemorySampleBook();
    const page = await openCanvas(browser!, (await startLearning(book)).url);
    const announced = (text: string) => page.locator('#announcement').getByText(text);
    const describedBy = (id: string) => page.locator(`#${id}`).textContent();
    await write(page, 'T');
    await next(page).click();
    await says(page, 'Saved as T');
    await announced('Saved as the uppercase letter T.').waitFor({ state: 'attached' });
    expect(await page.locator('#undo-label').isVisible()).toBe(true);

    const { x, y } = (await page.locator('#canvas').boundingBox())!;
    await page.mouse.move(x + 50, y + 50);
    await page.mouse.down();
    await says(page, 'Wrong? Choose or type the right one.');
    expect(await describedBy((await field(page).getAttribute('aria-describedby'))!)).not.toContain('Saved');
    expect(await announced('Saved as').count()).toBe(0);
    expect(await page.locator('#undo-label').isHidden()).toBe(true);
    await page.mouse.up();

    // Without the new drawing, it is about the latest label again.
    await page.keyboard.press('Control+z');
    await says(page, 'Saved as T');
    await page.locator('#undo-label').click();
    await announced('No longer saved as the uppercase letter T.').waitFor({ state: 'attached' });
    await says(page, 'Wrong? Choose or type the right one.');
    await page.keyboard.press('Escape');
    await says(page, 'Confirm or correct readings to improve them.');
    await drawStrokes(page, TEMPLATES.L!);
    expect(await announced('No longer saved').count()).toBe(0);
    expect(book.samples).toEqual([]);
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
    const reach = async (...controls: string[]) => {
      await page.locator('#clear').focus();
      for (const expected of controls) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        expect((await focused.getAttribute('id')) ?? (await focused.getAttribute('class'))).toBe(expected);
        expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
      }
    };
    await reach('next', 'undo-label', 'adapt', 'expect');
    await write(page, 'L', 'T');
    await reach('next', ...Array(5).fill('row'), 'label', 'adapt', 'expect');
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
    await expectRoom(page, width, ['#undo-label'], 44);
    await expect.poll(() => hasContrast(page, '#label-status')).toBe(true);
    await page.locator('#canvas').scrollIntoViewIfNeeded();
    await write(page, 'L', 'wwwwwwww');
    await expectRoom(page, width, ['#next', '#label', '#adapt'], 44);
    await expectRoom(page, width, ['#practice', '#predictions li:nth-child(3) button'], 32);
    for (const selector of ['#next', '#adapt', '#label-status']) {
      // Colors change gradually.
      await expect.poll(async () => [selector, await hasContrast(page, selector)]).toEqual([selector, true]);
    }
  });
});
