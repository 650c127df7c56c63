import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { expect, onTestFinished } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import type { DrawServerOptions } from '../../src/core/server/draw-options.ts';
import { type DrawServer, startDrawServer } from '../../src/core/server/draw-server.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { contrast, LEGIBLE, type Rgb } from './contrast.ts';
import { LABELS, recognizeByTemplate } from './template-recognizer.ts';

/** Starts a canvas server that recognizes by templates. It is closed when the test ends. */
export async function startCanvas(options: Partial<DrawServerOptions> = {}): Promise<DrawServer> {
  const model = { name: 'templates', labels: LABELS };
  const server = await startDrawServer({ recognize: recognizeByTemplate, model, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Opens the page in a fresh profile and waits until it is connected. */
export async function openCanvas(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('Connected', { exact: true }).waitFor();
  return page;
}

/** Waits until the page shows this as the best prediction; '' stands for none. */
export async function waitForReading(page: Page, label: string): Promise<void> {
  if (label === '') await page.locator('output#answer:empty').waitFor();
  else await page.locator('output#answer').getByText(label, { exact: true }).waitFor();
}

/** The current content of a canvas of the page. */
export async function canvasPicture(page: Page, selector: string): Promise<PNG> {
  // A string, since tests are compiled with Node's types, which have no `document`.
  const url = await page.evaluate<string>(`document.querySelector('${selector}').toDataURL()`);
  return PNG.sync.read(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}

/** The share of the drawing canvas that is covered by ink. */
export async function inkShare(page: Page): Promise<number> {
  const { width, height, data } = await canvasPicture(page, '#canvas');
  return data.filter((value, index) => index % 4 === 3 && value > 0).length / (width * height);
}

/** A computed style of the first matching element. */
export async function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return await page.evaluate<string>(
    `getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`,
  );
}

/** The next prediction among a server's updates whose drawing matches. */
export async function nextPrediction(
  updates: AsyncIterator<DrawUpdate>,
  fits: (strokes: Drawing) => boolean,
): Promise<DrawUpdate> {
  for (;;) {
    const { value, done } = await updates.next();
    if (done) throw new Error('The server closed before the expected prediction.');
    if (value.event.event === 'prediction' && fits(value.drawing?.strokes ?? [])) return value;
  }
}

/** A way to a server that can be cut: the connections of that moment end, and later ones work again. */
export async function startNetwork(url: string): Promise<{ url: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const target = new URL(url);
  const network = createServer((page) => {
    const server = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [page, server],
      [server, page],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  }).listen(0, '127.0.0.1');
  await once(network, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    network.close();
    cut();
  });
  const { port } = network.address() as AddressInfo;
  return { url: `${target.protocol}//127.0.0.1:${port}${target.pathname}${target.search}`, cut };
}

/** Expects that nothing has to be scrolled sideways, and that these can be scrolled to, touched, and have this height. */
export async function expectRoom(
  page: Page,
  width: number,
  selectors: readonly string[],
  minHeight: number,
): Promise<void> {
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  for (const selector of selectors) {
    await page.locator(selector).scrollIntoViewIfNeeded();
    await page.locator(selector).click({ trial: true });
    const box = (await page.locator(selector).boundingBox())!;
    expect([selector, box.x >= 0, box.x + box.width <= width, box.height >= minHeight]).toEqual([
      selector,
      ...[true, true, true],
    ]);
  }
}

/** Whether an element can be scrolled to so that it is visible as a whole, with nothing on top of it. */
export async function canBeReached(page: Page, selector: string): Promise<boolean> {
  // A string, since tests are compiled with Node's types, which have no `document`.
  return await page.evaluate<boolean>(`(() => {
    const target = document.querySelector('${selector}');
    target.scrollIntoView({ block: 'center' });
    const { left, right, top, bottom } = target.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left >= 0 && right <= innerWidth && bottom - top <= innerHeight && target.contains(found);
  })()`);
}

/** Whether the text of an element stands out from what is behind it as much as WCAG 2.2 (1.4.3) demands. */
export async function hasContrast(page: Page, selector: string): Promise<boolean> {
  // A string, since tests are compiled with Node's types, which have no `document`.
  const [front, behind] = await page.evaluate<[string, string]>(`(() => {
    const element = document.querySelector('${selector}');
    let behind = element;
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
  })()`);
  return contrast(rgbOf(front), rgbOf(behind)) >= LEGIBLE;
}

/** The red, green, and blue of a computed color. */
export function rgbOf(color: string): Rgb {
  const [red, green, blue] = [...color.matchAll(/[\d.]+/g)].map(Number);
  return [red!, green!, blue!];
}
