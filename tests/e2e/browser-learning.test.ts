import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { temporaryFolder } from '../cli/run.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { startDraw } from '../helpers/draw-program.ts';
import { named } from '../helpers/skip.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** A vertical line, in one of many ways of drawing it. */
const bar = (way: number): Drawing => [
  [
    [50, 0],
    [50 + (way % 5), 50],
    [50 - (way % 4), 100],
  ],
];
/** A sign that no model of EMNIST knows. */
const pi = (way: number): Drawing => [
  [
    [0, 10 + way],
    [20, 0],
    [100, 4],
  ],
  [
    [30, 2],
    [26 + way, 60],
    [12, 100],
  ],
  [
    [70, 3],
    [70, 70 + 2 * way],
    [76, 95],
    [92, 96],
  ],
];

/** Says by typing what the drawing is, and waits until that is saved. */
async function teach(page: Page, label: string): Promise<void> {
  await page.getByLabel('It is', { exact: true }).fill(label);
  await page.keyboard.press('Enter');
  await page.getByText(`Saved as ${label}`, { exact: true }).waitFor();
}

const answer = (page: Page) => page.locator('output#answer:not(:empty)').textContent();

describe.skipIf(reason)(named('the shipped model', reason), () => {
  test('reads a character differently after ten corrections, and a new sign after three, without a restart', async () => {
    const { url, events } = await startDraw();
    const page = await openCanvas(browser!, url);
    await drawStrokes(page, bar(0));
    const wrong = await answer(page);
    expect(wrong).not.toBe('T');
    for (let way = 0; way < 10; way++) {
      await page.keyboard.press('Escape');
      await drawStrokes(page, bar(way));
      await teach(page, 'T');
    }
    await drawStrokes(page, bar(11));
    await waitForReading(page, 'T');
    await page.getByText('Adapted to 10 of your samples').waitFor();
    await page.getByRole('switch').click();
    await waitForReading(page, wrong!);
    await page.getByRole('switch').click();
    await waitForReading(page, 'T');
    await page.keyboard.press('Escape');

    for (let way = 0; way < 3; way++) {
      await drawStrokes(page, pi(way));
      await teach(page, 'π');
    }
    await drawStrokes(page, pi(4));
    await waitForReading(page, 'π');
    expect(events.filter(({ event }) => event === 'sample')).toHaveLength(13);
    expect(events.at(-1)).toMatchObject({
      event: 'prediction',
      adaptedTo: 13,
      predictions: [{ label: 'π' }, {}, {}, {}, {}],
    });
  });

  test('no label is lost or stored twice when `draw` is killed between labels of two pages', async () => {
    const home = await temporaryFolder();
    const args = ['--token', 'the-same-again-and-again'];
    const first = await startDraw({ home, args });
    const pages = [await openCanvas(browser!, first.url), await openCanvas(browser!, first.url)];
    const said: string[] = [];
    for (const [index, page] of pages.entries()) {
      await drawStrokes(page, bar(index));
      await teach(page, `a${index}`);
      said.push(`a${index}`);
      await drawStrokes(page, bar(index));
      await waitForReading(page, (await answer(page))!);
    }
    first.program.kill('SIGKILL');
    await once(first.program, 'exit');
    for (const [index, page] of pages.entries()) {
      await page.getByText('Connected', { exact: true }).waitFor({ state: 'hidden' });
      await page.getByLabel('It is', { exact: true }).fill(`b${index}`);
      await page.keyboard.press('Enter');
      await page.getByText('will be saved once the page is connected').waitFor();
      said.push(`b${index}`);
    }
    const { port } = new URL(first.url);
    await startDraw({ home, args: [...args, '--port', port] });
    for (const [index, page] of pages.entries()) {
      await page.getByText(`Saved as b${index}`, { exact: true }).waitFor();
    }
    const { samples } = await SampleStore.open(resolvePaths(home).samples);
    expect(samples.map(({ label }) => label).toSorted()).toEqual(said.toSorted());
  });
});
