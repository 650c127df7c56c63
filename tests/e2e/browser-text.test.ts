import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { updatesUntil } from '../core/server/server-helpers.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  canBeReached,
  expectRoom,
  hasContrast,
  inkShare,
  openCanvas,
  startCanvas,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { startDraw } from '../helpers/draw-program.ts';
import { named } from '../helpers/skip.ts';
import { templateLines } from '../helpers/template-lines.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';
import { writeText } from '../helpers/write-text.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** Starts a server that reads lines, and opens its page for words. */
async function openWords(options: BrowserContextOptions = {}) {
  const lines = templateLines();
  const server = await startCanvas({ text: lines, mode: 'word', token: 'the-same-again' });
  const page = await openCanvas(browser!, server.url, options);
  await page.getByText('Write on the line.').waitFor();
  return { server, page, lines };
}

/** Writes letters side by side from this place on, counted in letters; a space is a place without one. */
async function write(page: Page, text: string, from = 0, { size = 0.35 } = {}): Promise<void> {
  const { width, height } = (await page.locator('#canvas').boundingBox())!;
  const step = (0.9 * size * Math.min(width, height)) / width;
  for (const [index, letter] of [...text].entries()) {
    if (letter === ' ') continue;
    await drawStrokes(page, TEMPLATES[letter]!, { size, at: [step * (from + index + 0.7), 0.48] });
  }
}

/** Waits until the answer is this text. */
async function waitForLine(page: Page, text: string): Promise<void> {
  await expect.poll(() => page.locator('#answer').textContent(), { timeout: 20_000 }).toBe(text);
}

const candidates = (page: Page) => page.locator('.candidate:visible bdi').allTextContents();
const isAccepted = ({ event }: DrawUpdate) => event.event === 'accepted';

describe.skipIf(reason)(named('words in a browser', reason), () => {
  test('are read after each stroke; a chosen word stays; an accepted line moves to the text, and Undo brings it back', async () => {
    const { server, page, lines } = await openWords();
    expect(await page.locator('canvas').first().getAttribute('id')).toBe('canvas');
    await write(page, 'LO');
    await waitForLine(page, 'LO');
    await write(page, 'COL', 3);
    await waitForLine(page, 'LO COL');
    expect(await candidates(page)).toEqual(['COL', 'col', 'COL!']);
    await page.getByRole('button', { name: 'LO', exact: true }).click();
    expect(await candidates(page)).toEqual(['LO', 'lo', 'LO!']);
    await page.getByRole('button', { name: 'lo, 20%' }).click();
    await waitForLine(page, 'lo COL');
    // More strokes leave it alone, unless they belong to it.
    await write(page, 'O', 6);
    await waitForLine(page, 'lo COLO');
    await write(page, 'O', 2);
    await waitForLine(page, 'LOOCOLO');
    await page.keyboard.press('Control+z');
    await waitForLine(page, 'lo COLO');

    await page.getByRole('button', { name: 'Accept' }).click();
    await waitForLine(page, '');
    expect(await inkShare(page)).toBe(0);
    const text = page.getByLabel('Your text');
    expect(await text.inputValue()).toBe('lo COLO');
    const updates = await updatesUntil(server[Symbol.asyncIterator](), isAccepted);
    expect(updates.at(-1)!.event).toEqual({ event: 'accepted', client: 1, text: 'lo COLO' });
    expect(lines.accepted).toEqual(['lo COLO']);
    await page.keyboard.press('Control+z');
    await waitForLine(page, 'lo COLO');
    expect(await text.inputValue()).toBe('');
    await page.keyboard.press('Enter');
    await write(page, '7');
    await waitForLine(page, '7');
    await page.keyboard.press('Enter');
    await expect.poll(() => text.inputValue()).toBe('lo COLO 7');
    await write(page, 'CC');
    await waitForLine(page, 'CC');
    await page.keyboard.press('Escape');
    await waitForLine(page, '');
    expect(await text.inputValue()).toBe('lo COLO 7');
  });

  test('a line and what is accepted without a connection are kept: read and told once there is one again', async () => {
    const { server, page } = await openWords();
    await write(page, 'LO');
    await waitForLine(page, 'LO');
    await server.close();
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Your text').inputValue()).toBe('LO');
    await write(page, '7C');
    await page.getByText('The line is read once the page is connected.').waitFor();
    expect(await page.locator('#accept').getAttribute('aria-disabled')).toBe('true');

    const lines = templateLines();
    await startCanvas({ text: lines, mode: 'word', token: 'the-same-again', port: server.port });
    await waitForLine(page, '7C');
    await expect.poll(() => lines.accepted).toEqual(['LO']);
  });

  test('a reload keeps the mode, the line, the chosen words, and the text; each mode keeps its own drawing', async () => {
    const lines = templateLines();
    const server = await startCanvas({ text: lines });
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await page.keyboard.press('F2');
    expect(await page.locator('#mode-word').isChecked()).toBe(true);
    await write(page, 'CO');
    await waitForLine(page, 'CO');
    await page.keyboard.press('Enter');
    await page.getByLabel('Your text').fill('Edited: CO');
    await write(page, 'LO');
    await waitForLine(page, 'LO');
    await page.getByRole('button', { name: 'lo, 20%' }).click();
    await waitForLine(page, 'lo');
    await page.reload();
    await waitForLine(page, 'lo');
    expect(await page.getByLabel('Your text').inputValue()).toBe('Edited: CO');
    expect(await page.locator('#expect').isVisible()).toBe(false);
    await page.getByLabel('Character', { exact: true }).check();
    await waitForReading(page, 'L');
    expect(await page.locator('#expect').isVisible()).toBe(true);
    expect(await page.locator('#candidates').isVisible()).toBe(false);
    server.setMode('word');
    await waitForLine(page, 'lo');
  });

  test('the text is copied, also where a page has no clipboard', async () => {
    const { page } = await openWords({ permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    const text = page.getByLabel('Your text');
    expect(await page.locator('#copy').getAttribute('aria-disabled')).toBe('true');
    await text.fill('first');
    await page.locator('#copy').click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await copied()).toBe('first');
    await text.fill('second');
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
    await page.locator('#copy').click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await copied()).toBe('second');
  });

  test('can be written, chosen, and accepted with the keyboard alone, and heard', async () => {
    const { page } = await openWords();
    const announcement = page.locator('#announcement');
    await page.locator('#paper').focus();
    await page.keyboard.press('Space');
    await announcement.getByText('Pen down.').waitFor({ state: 'attached' });
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    await waitForLine(page, '1');
    await announcement.getByText('Read as 1.').waitFor({ state: 'attached' });
    await page.keyboard.press('3');
    await waitForLine(page, '1!');
    await page.keyboard.press('Enter');
    await announcement.getByText('Accepted: 1!.').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Your text').inputValue()).toBe('1!');
    // In the text, the same keys edit it.
    await page.getByLabel('Your text').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('3');
    expect(await page.getByLabel('Your text').inputValue()).toBe('1!\n3');
  });

  test.each([
    ['a phone', 390, 844],
    ['a phone in landscape', 844, 390],
    ['a small phone', 320, 568],
    ['a laptop', 1280, 800],
  ])('fit %s: the paper fills the width, and everything can be touched', async (_, width, height) => {
    const { page } = await openWords({ viewport: { width, height }, hasTouch: width < 1000 });
    await write(page, 'LO');
    await waitForLine(page, 'LO');
    const [paper, answer] = await Promise.all(
      ['#canvas', '#answer'].map(async (selector) => (await page.locator(selector).boundingBox())!),
    );
    expect(paper!.width).toBeGreaterThan(0.8 * width);
    expect(paper!.height).toBeGreaterThan(120);
    // What is read is seen without scrolling.
    expect(answer!.y + answer!.height).toBeLessThanOrEqual(height);
    await expectRoom(page, width, ['#undo', '#clear', '#accept', '.candidate >> nth=0'], 30);
    await page.keyboard.press('Enter');
    await expectRoom(page, width, ['#copy'], 30);
    expect(await canBeReached(page, '#text')).toBe(true);
  });

  test('what was written in landscape is seen as a whole in portrait', async () => {
    const { page } = await openWords({ viewport: { width: 844, height: 390 }, hasTouch: true });
    await write(page, 'LO', 10);
    await waitForLine(page, 'LO');
    await page.setViewportSize({ width: 390, height: 844 });
    const rightmost = `(() => {
      const { width, height } = document.querySelector('#canvas');
      const { data } = document.querySelector('#canvas').getContext('2d').getImageData(0, 0, width, height);
      let right = 0;
      for (let index = 3; index < data.length; index += 4) if (data[index] > 0) right = Math.max(right, ((index - 3) / 4) % width);
      return right / width;
    })()`;
    await expect.poll(() => page.evaluate<number>(rightmost)).toBeGreaterThan(0.8);
    expect(await page.evaluate<number>(rightmost)).toBeLessThan(0.99);
    await waitForLine(page, 'LO');
  });

  test.each(['light', 'dark'] as const)('have enough contrast in %s colors', async (colorScheme) => {
    const { page } = await openWords({ colorScheme });
    await write(page, 'LO');
    await waitForLine(page, 'LO');
    for (const selector of ['.word', '.candidate', '.candidate small', '#line-status', '#accept', '#copy', '#text']) {
      expect([selector, await hasContrast(page, selector)]).toEqual([selector, true]);
    }
  });

  test('are read by the model that ships, and printed', async () => {
    const { url, events } = await startDraw({ args: ['--text'] });
    const page = await openCanvas(browser!, url);
    await drawStrokes(page, writeText('the rain'), { size: 1.7, at: [0.45, 0.5] });
    await waitForLine(page, 'the rain');
    await page.keyboard.press('Enter');
    await expect.poll(() => events.at(-1)).toMatchObject({ event: 'text', text: '', strokes: 0 });
    expect(events.filter(({ event }) => event === 'accepted')).toEqual([
      { event: 'accepted', client: 1, text: 'the rain' },
    ]);
    expect(await page.getByLabel('Your text').inputValue()).toBe('the rain');
  });

  test('a link to practice opens characters, and a server that reads no words offers none', async () => {
    const { page } = await openWords();
    await page.evaluate("location.hash = '#practice'");
    await expect.poll(() => page.locator('#mode-character').isChecked()).toBe(true);
    const plain = await startCanvas();
    const other = await openCanvas(browser!, plain.url);
    expect(await other.locator('#modes').isVisible()).toBe(false);
    await other.keyboard.press('F2');
    await drawStrokes(other, TEMPLATES.L!);
    await waitForReading(other, 'L');
  });
});
