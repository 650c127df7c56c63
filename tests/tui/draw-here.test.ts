import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { click, mouseDrag, mousePress, mouseRelease } from '../helpers/mouse.ts';

/* Drawing in the terminal. At 80x24, the canvas has 34x17 cells, of which the first is in column 2 of row 4. */

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

async function drawHere(services = new FakeServices(), options: Parameters<typeof openApp>[1] = {}) {
  app = openApp(services, { initialScreen: 'draw', ...options });
  await app.screen.waitForText(/h\s+to\s+draw\s+here/);
  app.press('h');
  await app.screen.waitForText(/drawing here/);
  return services.servers[0]!;
}

/** A stroke across a row of the canvas. */
const stroke = (row: number) => `${mousePress(6, row)}${mouseDrag(14, row)}${mouseRelease(20, row)}`;

/** The lines of the canvas, without its frame. */
function canvas(): string[] {
  return app.screen
    .lines()
    .slice(4, 21)
    .map((line) => line.slice(2, 36));
}

describe('with the mouse', () => {
  test('a stroke is drawn as it is made, and read when the button is released', async () => {
    const server = await drawHere();
    app.press(mousePress(6, 8), mouseDrag(14, 8));
    await app.screen.waitFor(() => canvas()[4]!.includes('▄'.repeat(9)), 'the stroke so far');
    expect(server.drawings.at(-1)).toEqual([]);
    app.press(mouseRelease(20, 8));
    await app.screen.waitForText(/1\. R .*93\.1%/);
    const [drawn] = server.drawings.at(-1)!;
    expect(drawn).toHaveLength(3);
    // In one line, from left to right, and to scale.
    expect(drawn!.map(([, y]) => y)).toEqual(Array(3).fill(drawn![0]![1]));
    expect(drawn![2]![0] - drawn![0]![0]).toBeCloseTo((14 * 280) / 34, 1);
  });

  test('the right button takes the last stroke back, and Del clears the canvas', async () => {
    const server = await drawHere();
    app.press(stroke(8), stroke(10), stroke(12));
    await vi.waitFor(() => expect(server.drawings.at(-1)).toHaveLength(3), 20_000);
    app.press(mousePress(10, 10, 'right'));
    await vi.waitFor(() => expect(server.drawings.at(-1)).toHaveLength(2), 20_000);
    app.press('delete');
    await vi.waitFor(() => expect(server.drawings.at(-1)).toEqual([]), 20_000);
    await app.screen.waitFor(() => canvas().join('').trim() === '', 'a blank canvas');
    await app.screen.waitFor(() => !/1\. R/.test(app.screen.text()), 'no answers');
  });

  test('a stroke that leaves the canvas continues along its edge; one outside is none', async () => {
    const server = await drawHere();
    app.press(mousePress(60, 8), mouseDrag(10, 8), mouseRelease(10, 8));
    app.press(mousePress(30, 8), mouseDrag(70, 30), mouseRelease(70, 30));
    await app.screen.waitForText(/1\. R/);
    expect(server.drawings.at(-1)).toHaveLength(1);
    expect(Math.max(...server.drawings.at(-1)!.flat(2).map(Number))).toBeLessThan(280);
  });

  test('a stroke that the keys draw is left alone: by a click on the hint for the pen, for example', async () => {
    const server = await drawHere();
    app.press('space');
    await app.screen.waitForText(/The pen is down/);
    app.press('right', mousePress(60, 8), mouseDrag(70, 20), mouseRelease(70, 20), 'right', 'space');
    await app.screen.waitForText(/1\. R/);
    // From the middle of the canvas, two cells to the right.
    const [drawn] = server.drawings.at(-1)!;
    expect(drawn).toHaveLength(3);
    expect(Math.max(...drawn!.map(([, y]) => y))).toBeLessThan(150);
    const hints = app.screen.lines().at(-1)!;
    app.press(click(hints.indexOf('Space pen'), 23));
    await app.screen.waitForText(/The pen is down/);
    app.press('space');
    await vi.waitFor(() => expect(server.drawings.at(-1)).toHaveLength(2), 20_000);
    expect(server.drawings.at(-1)![1]).toHaveLength(1);
  });

  test('all cells of a fast stroke count, also when they arrive at once', async () => {
    const server = await drawHere();
    const cells = Array.from({ length: 17 }, (_, index) => mouseDrag(4 + index, 4 + index));
    app.press(`${mousePress(3, 4)}${cells.join('')}${mouseRelease(20, 20)}`);
    await app.screen.waitForText(/1\. R/);
    expect(server.drawings.at(-1)![0]).toHaveLength(18);
  });
});

describe('with keys', () => {
  test('Space puts the pen down and lifts it, and the arrow keys move it', async () => {
    const server = await drawHere();
    expect(app.screen.text()).toMatch(/put the pen[\s\S]*down with Space/);
    app.press('left', 'left', 'space', 'right', 'right', 'right');
    await app.screen.waitForText(/The pen is down/);
    await app.screen.waitFor(() => /[▀▄]{4}/.test(canvas().join('')), 'the stroke so far');
    app.press('pageDown', 'down', 'space');
    await app.screen.waitForText(/1\. R/);
    const [drawn] = server.drawings.at(-1)!;
    expect(drawn).toHaveLength(6);
    app.press('backspace');
    await vi.waitFor(() => expect(server.drawings.at(-1)).toEqual([]), 20_000);
  });

  test('without attributes, a letter is the cursor: a capital one while the pen is down', async () => {
    await drawHere(new FakeServices(), { env: { TERM: 'dumb', LANG: 'C' } });
    await app.screen.waitFor(() => canvas().join('').trim() === 'x', 'the cursor');
    app.press('space', 'right', 'right');
    await app.screen.waitFor(() => /\+\+X/.test(canvas().join('')), 'the pen');
    app.press('space', 'left');
    await app.screen.waitFor(() => /\+x\+/.test(canvas().join('')), 'the lifted pen');
    expect(app.screen.text()).toMatch(/^[\n -~]*$/);
  });
});

describe('a drawing', () => {
  test('is labeled like one from a page', async () => {
    const server = await drawHere();
    app.press(stroke(8));
    await app.screen.waitForText(/Enter confirm[\s\S]*/);
    app.press('2');
    await app.screen.waitForText(/Saved as K/);
    expect(server.samples).toMatchObject([{ label: 'K', origin: 'corrected', readAs: 'R' }]);
    expect(server.samples[0]!.strokes).toEqual(server.drawings.at(-1));
    app.press('l');
    await app.screen.waitForText(/It is/);
    app.press('x', 'enter');
    await app.screen.waitForText(/Saved as x/);
    // The letters of a label are no keys of the canvas.
    expect(canvas().join('')).toMatch(/▄/);
  });

  test('can be inspected', async () => {
    const server = await drawHere();
    app.press(stroke(8));
    await app.screen.waitForText(/1\. R/);
    app.press('i');
    await vi.waitFor(() => expect(server.inspections).toHaveLength(1), 20_000);
    await app.screen.waitForText(/Why R\?/);
    app.press('escape');
    await app.screen.waitForText(/drawing here/);
    expect(server.drawings.at(-1)).toHaveLength(1);
  });

  test('is not lost when readings are adapted or the terminal changes its size', async () => {
    const services = new FakeServices();
    await drawHere(services);
    app.press(stroke(8));
    await app.screen.waitForText(/1\. R/);
    app.press('a');
    await vi.waitFor(() => expect(services.servers).toHaveLength(2), 20_000);
    await vi.waitFor(() => expect(services.servers[1]!.drawings.at(-1)).toHaveLength(1), 20_000);
    expect(services.opened).toHaveLength(1);
    app.resize(120, 36);
    await app.screen.waitForText(/│ +▄{20,}/);
  });

  test('is not replaced by one of a page, which is shown afterwards', async () => {
    const server = await drawHere();
    app.press(stroke(8));
    await app.screen.waitForText(/1\. R/);
    const ofPage: DrawUpdate = {
      event: {
        ...{ event: 'prediction', client: 1, strokes: 1, milliseconds: 1, model: 'shipped', labels: ['Q'] },
        predictions: [{ label: 'Q', probability: 0.5 }],
      },
      drawing: { strokes: [[[0, 0]]], image: new Uint8Array(784) },
    };
    server.push(ofPage, { event: { event: 'client', clients: 1 } });
    await app.screen.waitForText(/drawing here {2}· {2}1 page connected/);
    expect(app.screen.text()).toMatch(/1\. R/);
    app.press('escape');
    await app.screen.waitForText(/✓ 1 page connected/);
    expect(server.drawings.at(-1)).toEqual([]);
    server.push(ofPage);
    await app.screen.waitForText(/1\. Q/);
  });
});

test('an open confirmation and another screen take the mouse and the keys away', async () => {
  const server = await drawHere();
  app.press(stroke(8));
  await app.screen.waitForText(/1\. R/);
  app.press('?');
  await app.screen.waitForText(/Keys: Draw with[\s\S]*Drag +draw/);
  app.press(stroke(10));
  app.press('escape');
  await app.screen.waitForText(/drawing here/);
  expect(server.drawings.at(-1)).toHaveLength(1);
});

test('over SSH and without a browser, it is offered first', async () => {
  const services = new FakeServices();
  services.isRemote = true;
  app = openApp(services, { initialScreen: 'draw' });
  await app.screen.waitForText(/connected by SSH\. Press h to draw here\./);
});
