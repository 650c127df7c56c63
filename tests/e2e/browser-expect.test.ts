import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import { chooseClasses } from '../../src/core/labels.ts';
import type { DrawServerOptions } from '../../src/core/server/draw-options.ts';
import type { DrawServer } from '../../src/core/server/draw-server.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { nextPrediction, openCanvas, startCanvas, styleOf, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, recognizeByTemplate, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** A server whose model answers only what is expected. */
async function startExpecting(options: Partial<DrawServerOptions> = {}): Promise<DrawServer> {
  return await startCanvas({
    async recognize(strokes, { characters = 'all', prior = 'uniform' } = {}) {
      const allowed = chooseClasses(LABELS, characters).map(({ label }) => label);
      if (prior === 'forms' && characters !== 'all') {
        const data = { file: null, problem: 'no-characters', labels: characters } as const;
        throw new EmnistError('prior-invalid', 'none of these is on forms', data);
      }
      const reading = await recognizeByTemplate(strokes);
      return { ...reading, predictions: reading.predictions.filter(({ label }) => allowed.includes(label)) };
    },
    ...options,
  });
}

const control = (page: Page) => page.getByLabel('Expect', { exact: true });
const field = (page: Page) => page.getByLabel('Only these characters');
const note = (page: Page) => page.locator('#expect-note');

/** The labels of the predictions on the page. */
async function labelsOn(page: Page): Promise<string[]> {
  return await page.locator('li[data-empty="false"] .row-label').allTextContents();
}

describe.skipIf(reason)(named('what is expected', reason), () => {
  test('is chosen by name, applies at once to what is drawn, and is kept across a reload and Back, not in another tab', async () => {
    const server = await startExpecting();
    const updates = server[Symbol.asyncIterator]();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.C!);
    await waitForReading(page, 'C');
    await control(page).selectOption('Digits');
    await page
      .locator('#answer')
      .getByText(/^[17]$/)
      .waitFor();
    expect(await labelsOn(page)).toSatisfy((labels: string[]) => labels.every((label) => '17'.includes(label)));
    let event: object;
    do event = (await nextPrediction(updates, ({ length }) => length === 1)).event;
    while (!('characters' in event));
    expect(event).toMatchObject({ characters: 'digits' });
    await page.waitForURL(({ search }) => search === '');
    await page.reload();
    await page
      .locator('#answer')
      .getByText(/^[17]$/)
      .waitFor();
    expect(await control(page).inputValue()).toBe('digits');
    await page.goto('about:blank');
    await page.goBack();
    await page
      .locator('#answer')
      .getByText(/^[17]$/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Draw one digit', { exact: true }).waitFor();

    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('Draw one letter or digit', { exact: true }).waitFor();
    expect(await control(other).inputValue()).toBe('any');
  });

  test('can be any characters, and what the model does not know is said until it is right', async () => {
    const server = await startExpecting();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await control(page).selectOption('Only these…');
    await expect.poll(() => page.locator(':focus').getAttribute('id')).toBe('expect-only');
    const place = await page.locator('.seen').boundingBox();
    await page.keyboard.type('C+');
    await note(page).getByText('Any character, since the model has no class for "+".').waitFor();
    await waitForReading(page, 'L');
    expect(await page.locator('.seen').boundingBox()).toEqual(place);
    await page.keyboard.press('Backspace');
    await waitForReading(page, 'C');
    expect(await labelsOn(page)).toEqual(['C']);
    expect(await note(page).textContent()).toBe('');
    // Kept while something else is chosen.
    await control(page).selectOption('Letters');
    await waitForReading(page, 'L');
    expect(await field(page).isVisible()).toBe(false);
    await control(page).selectOption('Only these…');
    await waitForReading(page, 'C');
    await page.reload();
    await waitForReading(page, 'C');
    expect(await field(page).inputValue()).toBe('C');
  });

  test('Escape clears the drawing from the list, but keys in the text field edit the text', async () => {
    const server = await startExpecting();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await control(page).selectOption('Only these…');
    await page.keyboard.type('LT');
    for (const key of ['Escape', 'Backspace', 'Delete', 'Control+z', 'Control+y']) await page.keyboard.press(key);
    await waitForReading(page, 'L');
    await page.keyboard.press('Enter');
    await control(page).focus();
    await page.keyboard.press('Escape');
    await waitForReading(page, '');
    // Whoever draws does not type anymore.
    await field(page).focus();
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await page.keyboard.press('Escape');
    await waitForReading(page, '');
  });

  test('can be chosen with the keyboard alone', async () => {
    const server = await startExpecting();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await page.locator('#clear').focus();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('id')).toBe('expect');
    expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
    await page.keyboard.press('ArrowDown');
    await page
      .locator('#answer')
      .getByText(/^[17]$/)
      .waitFor();
    // Whatever is offered, in a list that stays closed.
    server.setExpected({ characters: 'digits', prior: 'forms' });
    await page.getByRole('option', { name: 'Digits, as on forms' }).waitFor({ state: 'attached' });
    const values = await page.evaluate<string[]>(
      "[...document.querySelectorAll('#expect option')].map(({ value }) => value)",
    );
    await page.keyboard.press('Home');
    const reached = [await control(page).inputValue()];
    for (const _ of values.slice(1)) {
      await page.keyboard.press('ArrowDown');
      reached.push(await control(page).inputValue());
    }
    expect(reached).toEqual(values);
  });

  test('begins with what the server says, until something is chosen', async () => {
    const server = await startExpecting({ expected: { characters: 'digits' } });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await page
      .locator('#answer')
      .getByText(/^[17]$/)
      .waitFor();
    expect(await control(page).inputValue()).toBe('digits');
    server.setExpected({ characters: 'TX' });
    await page
      .locator('#answer')
      .getByText(/^[TX]$/)
      .waitFor();
    expect(await field(page).inputValue()).toBe('TX');
    await control(page).selectOption('Any character');
    await waitForReading(page, 'L');
    server.setExpected({ characters: 'digits', prior: 'forms' });
    await page.getByRole('option', { name: 'Digits, as on forms' }).waitFor({ state: 'attached' });
    await waitForReading(page, 'L');
    expect(await control(page).inputValue()).toBe('any');
    // What only the server can know.
    await control(page).selectOption('Digits, as on forms');
    await note(page).getByText('Any character, since none of these is on forms.').waitFor();
    await waitForReading(page, 'L');
  });

  test('what the model that reads has no class for cannot be chosen, and is not forgotten', async () => {
    const server = await startExpecting();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await control(page).selectOption('Letters');
    const digits = { model: { name: 'my-digits', labels: [...'0123456789'] }, recognize: recognizeByTemplate };
    await server.switchReader(digits);
    await note(page).getByText('Any character, since the model has no class for letters.').waitFor();
    for (const name of [/^Letters – not in this model$/, /^Uppercase/, /^Lowercase/, /^As on forms/]) {
      expect(await page.getByRole('option', { name }).isDisabled()).toBe(true);
    }
    await server.switchReader({ model: { name: 'templates', labels: LABELS }, recognize: recognizeByTemplate });
    await page.getByRole('option', { name: 'Letters', exact: true }).waitFor({ state: 'attached' });
    expect(await control(page).inputValue()).toBe('letters');
    expect(await note(page).textContent()).toBe('');
  });

  test.each([
    ['a phone', 390, 844, 'light'],
    ['a small phone', 320, 568, 'dark'],
    ['1280x1024 magnified four times', 320, 256, 'light'],
    ['a phone in landscape', 844, 390, 'dark'],
    ['a laptop', 1280, 800, 'light'],
  ] as const)('has room on %s', async (_, width, height, colorScheme) => {
    const server = await startExpecting();
    const page = await openCanvas(browser!, server.url, { viewport: { width, height }, colorScheme });
    await control(page).selectOption('Only these…');
    await page.keyboard.type('YN0123456789-');
    const boxes = await Promise.all([control(page), field(page)].map((one) => one.boundingBox()));
    for (const box of boxes) {
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(width);
      expect(box!.width).toBeGreaterThan(80);
      // WCAG 2.2, success criterion 2.5.5.
      expect(box!.height).toBeGreaterThanOrEqual(44);
    }
    expect(boxes[0]!.x + boxes[0]!.width).toBeLessThanOrEqual(boxes[1]!.x);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});

test.skipIf(reason)(named('a drawing that the model rejects is said to be one it is not sure of', reason), async () => {
  const rejection = { notice: 'not-sure', noCharacter: 0.71 } as const;
  let isRejected = true;
  const server = await startCanvas({
    async recognize(strokes) {
      const reading = await recognizeByTemplate(strokes);
      return isRejected ? { ...reading, ...rejection } : { ...reading, noCharacter: 0.01 };
    },
  });
  const page = await openCanvas(browser!, server.url);
  await drawStrokes(page, TEMPLATES.L!);
  await page.getByText('Not sure', { exact: true }).waitFor();
  await page.getByText(/^This may be none of these characters \(71%\)\. The model's guess: L, /).waitFor();
  expect(await page.getByText('onfident').count()).toBe(0);
  expect(await labelsOn(page)).toHaveLength(5);
  const size = async (selector: string) => Number.parseFloat(await styleOf(page, selector, 'font-size'));
  const guess = await size('#answer');
  await page
    .locator('#announcement')
    .getByText(
      /^Not sure\. This may be none of these characters \(71%\)\. The model's guess is uppercase L or lowercase l/,
    )
    .waitFor({ state: 'attached' });
  isRejected = false;
  await page.keyboard.press('Escape');
  await drawStrokes(page, TEMPLATES.L!);
  await waitForReading(page, 'L');
  await page.getByText('Not sure', { exact: true }).waitFor({ state: 'hidden' });
  await page.getByText('onfident').first().waitFor();
  expect(await size('#answer')).toBeGreaterThan(2 * guess);
});
