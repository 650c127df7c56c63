import { afterAll, describe, expect, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas, startCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, recognizeByTemplate, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the result on the page in a browser', reason), () => {
  test.each([
    ['bymerge', 'Uppercase A or lowercase a'],
    ['signs', 'Uppercase letter'],
  ])('a letter stands for both of its cases only in the splits: %s', async (split, kind) => {
    const recognize = async () => ({ predictions: [{ label: 'A', probability: 1 }], image: new Uint8Array(784) });
    const server = await startCanvas({ recognize, model: { name: 'mine', labels: ['A', 'B'], split } });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'A');
    expect(await page.locator('#best-kind').textContent()).toMatch(kind);
    expect(await page.locator('.row-also').first().textContent()).toBe(split === 'signs' ? '' : 'a');
  });

  test('shows the model that reads, and reads again with another one', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.getByText(`Model templates · ${LABELS.length} classes`).waitFor();
    await page.getByText('Draw one letter or digit').waitFor();
    await drawStrokes(page, TEMPLATES.C!);
    await page.getByText('Uppercase C or lowercase c. The model does not tell them apart.').waitFor();
    const answerIs = (label: string) => async () => ({
      predictions: [{ label, probability: 0.9 }],
      image: new Uint8Array(784),
    });
    await server.switchReader({ model: { name: 'both-cases', labels: [...'CcOo'] }, recognize: answerIs('c') });
    await page.getByText('Model both-cases · 4 classes').waitFor();
    await waitForReading(page, 'c');
    await page.getByText('Lowercase letter', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Draw one letter', { exact: true }).waitFor();
    await server.switchReader({ model: { name: 'my-digits', labels: [...'0123456789'] }, recognize: answerIs('6') });
    await page.getByText('Draw one digit', { exact: true }).waitFor();
    await drawStrokes(page, TEMPLATES.C!);
    await waitForReading(page, '6');
    await page.getByText('Digit', { exact: true }).waitFor();
  });

  test.each([
    ['several-characters', 'Looks like several characters', 'The model reads one at a time. Its guess: L'],
    ['no-character', 'Does not look like a character', "The model's guess: L"],
  ] as const)('says that a drawing is not one character: %s', async (notice, text, advice) => {
    const server = await startCanvas({
      recognize: async (strokes) => ({ ...(await recognizeByTemplate(strokes)), notice }),
    });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await page.getByText(text, { exact: true }).waitFor();
    await page.getByText(advice).waitFor();
    expect(await page.getByText('onfident').count()).toBe(0);
    await page
      .locator('#announcement')
      .getByText(`This ${text[0]!.toLowerCase()}${text.slice(1)}.`)
      // On a slow machine, an unfinished L is announced too.
      .last()
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.getByText(text, { exact: true }).waitFor({ state: 'hidden' });
  });
});
