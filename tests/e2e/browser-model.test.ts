import { once } from 'node:events';
import { afterAll, describe, expect, test } from 'vitest';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser, type Writing } from '../helpers/browser.ts';
import { openCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { startDraw } from '../helpers/draw-program.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** In addition to the templates, curved characters as a hand draws them. */
const CHARACTERS: Readonly<Record<string, Drawing>> = {
  ...TEMPLATES,
  '2': [
    [
      [12, 22],
      [22, 6],
      [48, 2],
      [64, 16],
      [60, 38],
      [38, 66],
      [10, 96],
      [40, 94],
      [72, 96],
    ],
  ],
  R: [
    [
      [10, 0],
      [11, 50],
      [10, 100],
    ],
    [
      [8, 2],
      [38, 0],
      [58, 20],
      [46, 44],
      [12, 52],
      [40, 76],
      [66, 102],
    ],
  ],
  e: [
    [
      [12, 52],
      [44, 48],
      [68, 40],
      [62, 18],
      [38, 8],
      [14, 26],
      [8, 56],
      [20, 84],
      [46, 92],
      [70, 82],
    ],
  ],
};

describe.skipIf(reason)(named('the shipped model', reason), () => {
  test('recognizes a drawing in the browser, and `draw --json` prints the same', async () => {
    const { program, events, url } = await startDraw();
    const page = await openCanvas(browser!, url);
    for (const label of ['T', 'X', '7', 'L', 'C']) {
      await drawStrokes(page, TEMPLATES[label]!);
      await waitForReading(page, label);
      const strokes = TEMPLATES[label]!.length;
      await expect
        .poll(() => events.findLast(({ event }) => event === 'prediction'))
        .toMatchObject({ client: 1, strokes, predictions: [{ label }, {}, {}, {}, {}] });
      await page.keyboard.press('Escape');
      await waitForReading(page, '');
    }
    program.kill('SIGINT');
    expect(await once(program, 'exit')).toEqual([130, null]);
  });

  test('recognizes small and large drawings, drawings in corners, and light and heavy pressure', async () => {
    const { url } = await startDraw();
    const page = await openCanvas(browser!, url);
    const ways: Writing[] = [
      ...[0.08, 0.2, 0.4, 0.7, 0.95].map((size) => ({ size })),
      { size: 0.25, at: [0.15, 0.15] },
      { size: 0.25, at: [0.85, 0.85] },
      { size: 0.1, at: [0.08, 0.9] },
      { size: 0.5, pressure: 0.05 },
      { size: 0.5, pressure: 1 },
      { size: 0.15, pressure: 1, at: [0.8, 0.2] },
    ];
    for (const label of ['X', '7', '2', 'R', 'e']) {
      for (const writing of ways) {
        await drawStrokes(page, CHARACTERS[label]!, writing);
        await waitForReading(page, label);
        await page.keyboard.press('Escape');
        await waitForReading(page, '');
      }
    }
  });
});
