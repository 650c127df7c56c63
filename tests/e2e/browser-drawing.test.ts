import { isDeepStrictEqual } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { MAX_STROKES } from '../../src/core/server/protocol.ts';
import type { Point } from '../../src/core/strokes/drawing.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import {
  canvasPicture,
  inkShare,
  nextPrediction,
  openCanvas,
  startCanvas,
  styleOf,
  waitForReading,
} from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

/** Fixed event times of the pen, in seconds, so that the palm touches half a second later on any machine. */
const PEN_TIME = Date.now() / 1000;

/** The center of the canvas and a tenth of its width, in CSS pixels. */
async function paper(page: Page): Promise<{ x: number; y: number; unit: number }> {
  const box = (await page.locator('#canvas').boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, unit: box.width / 10 };
}

/** The five predictions on the page: the label, and the probability as the length of the bar. */
async function readingsOf(page: Page): Promise<string[]> {
  const rows = await page.locator('#predictions li').all();
  return await Promise.all(
    rows.map(async (row) => {
      const style = await row.locator('.row-bar').getAttribute('style');
      const probability = 1 + Number(/-?[\d.]+/.exec(style ?? '')) / 101;
      return `${await row.locator('.row-label').textContent()} ${probability.toFixed(3)}`;
    }),
  );
}

function predictionsOf(update: DrawUpdate | undefined): string[] {
  if (update?.event.event !== 'prediction') return [];
  return update.event.predictions.map(({ label, probability }) => `${label} ${probability.toFixed(3)}`);
}

describe.skipIf(reason)(named('drawing in a browser', reason), () => {
  test('recognizes a drawing while the mouse is still down, and page and server agree', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    const { x, y, unit } = await paper(page);
    await page.mouse.move(x, y - 3 * unit);
    await page.mouse.down();
    await page.mouse.move(x, y + 3 * unit, { steps: 10 });
    await waitForReading(page, '1');
    await page.mouse.up();
    await page.keyboard.press('Escape');
    await waitForReading(page, '');

    await drawStrokes(page, TEMPLATES.T!);
    await waitForReading(page, 'T');
    let latest: DrawUpdate | undefined;
    const reading = (async () => {
      for await (const update of server) if (update.event.event === 'prediction') latest = update;
    })();
    await expect
      .poll(async () => ({ page: await readingsOf(page), server: predictionsOf(latest) }))
      .toSatisfy(({ page, server }) => isDeepStrictEqual(page, server));
    expect(predictionsOf(latest)).toHaveLength(5);
    expect(latest!.event).toMatchObject({ client: 1, strokes: 2, predictions: [{ label: 'T' }, {}, {}, {}, {}] });
    const drawn = latest!.drawing!.strokes;
    expect(drawn).toHaveLength(2);
    expect(drawn.flat().every((point) => point.length === 2)).toBe(true);
    await server.close();
    await reading;
  });

  test('shows what the network saw, and both cases of a merged class', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.C!);
    await waitForReading(page, 'C');
    const { drawing } = await nextPrediction(server[Symbol.asyncIterator](), ({ length }) => length === 1);
    await page.getByText('Uppercase C or lowercase c. The model does not tell them apart.').waitFor();
    const { data } = await canvasPicture(page, '#seen');
    const seen = data.filter((_, index) => index % 4 === 0);
    expect(seen).toHaveLength(drawing!.image.length);
    expect(seen.filter((value) => value > 128).length).toBeGreaterThan(30);
    expect(await styleOf(page, '#seen', 'image-rendering')).toBe('pixelated');
    // Announced to screen readers once the pen rests.
    await page
      .locator('#announcement')
      .getByText(
        /^Read as uppercase C or lowercase c, which the model does not tell apart\. [A-Z][a-z ]+, (over )?\d+%\.$/,
      )
      .waitFor({ state: 'attached' });
  });

  test('undoes, redoes, and clears with buttons and keys', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    const [undo, redo, clear] = ['Undo', 'Redo', 'Clear'].map((name) => page.getByRole('button', { name }));
    expect(await Promise.all([undo, redo, clear].map((button) => button!.isDisabled()))).toEqual([true, true, true]);

    await drawStrokes(page, [TEMPLATES['1']![0]!]);
    await waitForReading(page, '1');
    await drawStrokes(page, TEMPLATES.O!);
    await waitForReading(page, 'O');
    await undo!.click();
    await waitForReading(page, '1');
    await page.keyboard.press('Control+y');
    await waitForReading(page, 'O');
    await page.keyboard.press('Control+z');
    await waitForReading(page, '1');

    await clear!.click();
    await waitForReading(page, '');
    expect(await clear!.isDisabled()).toBe(true);
    await expect.poll(() => inkShare(page)).toBe(0);
    await nextPrediction(server[Symbol.asyncIterator](), ({ length }) => length === 0);
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+z');
    await waitForReading(page, '1');
    for (const key of ['Delete', 'Backspace', 'Escape']) {
      await page.keyboard.press(key);
      await waitForReading(page, '');
      await undo!.click();
      await waitForReading(page, '1');
    }
  });

  test('can be drawn on with the keyboard alone', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('id')).toBe('paper');
    for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowUp');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await page.locator('#announcement').getByText('Pen down').waitFor({ state: 'attached' });
    for (let step = 0; step < 12; step++) await page.keyboard.press('ArrowDown');
    for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await waitForReading(page, 'L');
    const { drawing } = await nextPrediction(server[Symbol.asyncIterator](), () => true);
    expect(drawing!.strokes).toHaveLength(1);
  });

  test('a pen draws with pressure, the palm does not draw, and fingers draw without a pen', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { hasTouch: true });
    const updates = server[Symbol.asyncIterator]();
    const { x, y, unit } = await paper(page);
    const session = await page.context().newCDPSession(page);

    await touch(session, PEN_TIME - 5, [
      [x - unit, y],
      [x - unit, y + 2 * unit],
    ]);
    const finger = await nextPrediction(updates, ({ length }) => length === 1);
    expect(finger.drawing!.strokes[0]![0]).toHaveLength(2);

    const pen = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', down: number, force: number) =>
      session.send('Input.dispatchMouseEvent', {
        type,
        x: x + unit,
        y: y + down * unit,
        pointerType: 'pen',
        button: 'left',
        buttons: type === 'mouseReleased' ? 0 : 1,
        force,
        timestamp: PEN_TIME + down / 100,
      });
    await pen('mousePressed', -3, 0.2);
    await pen('mouseMoved', 0, 0.5);
    await pen('mouseMoved', 3, 0.9);
    await pen('mouseReleased', 3, 0);
    const written = await nextPrediction(updates, (strokes) => strokes[1]?.length === 3);
    expect(written.drawing!.strokes[1]!.map(([, , pressure]) => pressure)).toEqual([0.2, 0.5, 0.9]);

    await touch(session, PEN_TIME + 0.5, [
      [x, y],
      [x, y + unit],
    ]);
    await page.getByRole('button', { name: 'Undo' }).click();
    // Only the pen's stroke can be undone: the palm left none.
    await nextPrediction(updates, ({ length }) => length === 1);
  });

  test('a stroke that leaves the paper keeps its shape', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { viewport: { width: 700, height: 1000 } });
    const { x, y, unit } = await paper(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 6 * unit, { steps: 5 });
    await page.mouse.move(x - 6 * unit, y + 6 * unit, { steps: 5 });
    await page.mouse.up();
    const ends = ([x, y]: Point) => Math.abs(x + 100) < 5 && Math.abs(y - 1100) < 5;
    await nextPrediction(server[Symbol.asyncIterator](), ([stroke]) => stroke !== undefined && ends(stroke.at(-1)!));
  });

  test('two fingers draw nothing, one does before and after, and a long stroke is not given up for a second finger', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { hasTouch: true });
    const updates = server[Symbol.asyncIterator]();
    const { x, y, unit } = await paper(page);
    const session = await page.context().newCDPSession(page);
    // In the page's lifetime: it sees earlier times as its beginning.
    const began = Date.now() / 1000;
    const fingers = (type: 'touchStart' | 'touchMove' | 'touchEnd', time: number, ...places: [number, number][]) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        timestamp: began + time,
        touchPoints: places.map(([right, down], id) => ({ x: x + right * unit, y: y + down * unit, id })),
      });
    await fingers('touchStart', 0, [-1, 0]);
    await fingers('touchMove', 0.05, [-1.2, 0]);
    await fingers('touchStart', 0.1, [-1.2, 0], [1, 0]);
    await fingers('touchMove', 0.15, [-2, 0], [2, 0]);
    await fingers('touchMove', 0.2, [-2, 0]);
    await fingers('touchMove', 0.25, [-3, 0]);
    await fingers('touchEnd', 0.3);
    await page.locator('#invitation').waitFor();
    expect(await inkShare(page)).toBe(0);
    expect(await page.locator('#undo').getAttribute('aria-disabled')).toBe('true');

    await fingers('touchStart', 1, [0, -3]);
    await fingers('touchMove', 1.3, [0, 0]);
    await fingers('touchMove', 1.6, [1, 1]);
    await fingers('touchStart', 1.7, [1, 1], [3, 3]);
    await fingers('touchMove', 1.8, [0, 3], [3, 3]);
    await fingers('touchEnd', 1.9);
    const { drawing } = await nextPrediction(updates, ([stroke]) => stroke?.length === 4);
    expect(drawing!.strokes).toHaveLength(1);
  });

  test('pressure changes the width on the screen from 0.75 to 1.25', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    const ink = async (pressure?: number) => {
      await drawStrokes(page, TEMPLATES['1']!, { pressure });
      await waitForReading(page, '1');
      await nextFrame(page);
      const share = await inkShare(page);
      await page.keyboard.press('Escape');
      return share;
    };
    const usual = await ink();
    expect((await ink(0.05)) / usual).toBeCloseTo(0.75, 1);
    expect((await ink(1)) / usual).toBeCloseTo(1.25, 1);
  });

  test('a long stroke is painted once, not again with each movement', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.evaluate(`window.curves = 0;
      for (const name of ['lineTo', 'quadraticCurveTo']) {
        const paint = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...rest) {
          window.curves++;
          return paint.apply(this, rest);
        };
      }`);
    const { x, y, unit } = await paper(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let move = 0; move < 150; move++) {
      await page.mouse.move(x + 4 * unit * Math.sin(move / 10), y + 4 * unit * Math.sin(move / 7));
    }
    await page.mouse.up();
    await nextFrame(page);
    // Each of 150 curves once, and the last one in each frame.
    expect(await page.evaluate<number>('window.curves')).toBeLessThan(4 * 150);
    const painted = await canvasPicture(page, '#canvas');
    // The same as if it had been painted in one go, but for the edges of curves.
    const width = async () => (await canvasPicture(page, '#canvas')).width;
    await page.setViewportSize({ width: 600, height: 500 });
    await expect.poll(width).not.toBe(painted.width);
    await page.setViewportSize({ width: 1280, height: 720 });
    await expect.poll(width).toBe(painted.width);
    const again = await canvasPicture(page, '#canvas');
    const inked = (picture: typeof painted) =>
      picture.data.filter((value, index) => index % 4 === 3 && value > 200).length;
    expect(inked(painted) / inked(again)).toBeCloseTo(1, 1);
  });

  test('the focus stays on a button that has nothing more to do', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    for (const [id, key] of [
      ['clear', 'Enter'],
      ['undo', 'Space'],
      ['redo', 'Enter'],
    ] as const) {
      await page.locator(`#${id}`).focus();
      await page.keyboard.press(key);
      await page.keyboard.press(key);
      expect(await page.locator(':focus').getAttribute('id')).toBe(id);
    }
  });

  test('says where the keyboard pen is, once it rests', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.locator('#paper').focus();
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft');
    const announcement = page.locator('#announcement');
    await announcement.getByText('Pen up, 30% from the left, 50% from the top.').waitFor({ state: 'attached' });
    await page.keyboard.press('Space');
    await announcement.getByText('Pen down.').waitFor({ state: 'attached' });
    await page.keyboard.press('Shift+ArrowDown');
    await announcement.getByText('Pen down, 30% from the left, 51% from the top.').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await announcement.getByText('The drawing is empty.').waitFor({ state: 'attached' });
  });

  test('the drawing survives resizing the window, and is sharp on any screen', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, {
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: 2,
    });
    await drawStrokes(page, TEMPLATES.X!);
    await waitForReading(page, 'X');
    const size = async () => (await canvasPicture(page, '#canvas')).width;
    const before = await size();
    expect(before).toBe(2 * Math.round((await page.locator('#canvas').boundingBox())!.width));
    const share = await inkShare(page);
    await page.setViewportSize({ width: 700, height: 600 });
    await expect.poll(size).toBeLessThan(before);
    await expect.poll(() => inkShare(page)).toBeCloseTo(share, 2);
  });

  test('says when there are too many strokes, until one is undone', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    const { x, y } = await paper(page);
    for (let stroke = 0; stroke <= MAX_STROKES; stroke++) await page.mouse.click(x, y);
    await page.getByRole('alert').getByText('The drawing has too many strokes').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('alert').waitFor({ state: 'hidden' });
  });
});

/** Waits until what was drawn has been painted. */
async function nextFrame(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
}

async function touch(session: CDPSession, timestamp: number, [first, ...rest]: [number, number][]): Promise<void> {
  const at = ([x, y]: [number, number]) => [{ x, y }];
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(first!), timestamp });
  for (const point of rest)
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(point), timestamp });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [], timestamp });
}
