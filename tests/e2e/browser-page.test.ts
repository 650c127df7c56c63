import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { MAX_CLIENTS } from '../../src/core/server/draw-clients.ts';
import { openPage } from '../core/server/server-helpers.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { nextPrediction, openCanvas, startCanvas, styleOf, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { LABELS, recognizeByTemplate, TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('the page in a browser', reason), () => {
  test('reconnects after the server restarts, and sends what was drawn in the meantime', async () => {
    const first = await startCanvas({ token: 'the-same-again' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES['1']!);
    await waitForReading(page, '1');
    await first.close();
    await page.getByText('Connection lost. Reconnecting…').waitFor();
    await page.keyboard.press('Escape');
    await drawStrokes(page, TEMPLATES.O!);

    const second = await startCanvas({ token: 'the-same-again', port: Number(new URL(first.url).port) });
    await page.getByText('Connected', { exact: true }).waitFor();
    await waitForReading(page, 'O');
    const { event } = await nextPrediction(second[Symbol.asyncIterator](), ({ length }) => length === 1);
    expect(event).toMatchObject({ predictions: [{ label: 'O' }, {}, {}, {}, {}] });
  });

  test('says what to do when the server is gone, and keeps the drawing', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await server.close();
    await page.getByRole('alert').getByText('start it again').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    // The symbol differs in shape, not only in color.
    expect(await page.locator('.sign-lost').isVisible()).toBe(true);
    expect(await page.locator('.sign-open').isVisible()).toBe(false);
    await waitForReading(page, 'L');
  });

  test.each([
    [1200, 760],
    [390, 800],
  ])('labels of several characters fit on a page of %ix%i', async (width, height) => {
    const labels = ['wwwwwwww', 'triangle', 'arrow', '\u2260', '\u00e4'];
    const predictions = labels.map((label, index) => ({ label, probability: [0.9, 0.05, 0.02, 0.02, 0.01][index]! }));
    const recognize = async () => ({ predictions, image: new Uint8Array(784) });
    const server = await startCanvas({ recognize, model: { name: 'signs', labels } });
    const page = await openCanvas(browser!, server.url, { viewport: { width, height } });
    await page.getByText('Draw one sign').first().waitFor({ state: 'attached' });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'wwwwwwww');
    const overflowing = await page.evaluate<string[]>(`
      [...document.querySelectorAll('#answer, .row-character')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => element.textContent)
    `);
    expect(overflowing).toEqual([]);
    expect(Number.parseFloat(await styleOf(page, '#answer', 'font-size'))).toBeGreaterThanOrEqual(12);
  });

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

  test('a reading is called the last one until the drawing is read again', async () => {
    const first = await startCanvas({ token: 'the-same-again' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const filled = await styleOf(page, '#answer', 'background-color');
    await first.close();
    await page.getByText('Last reading', { exact: true }).waitFor();
    await waitForReading(page, 'L');
    // A frame instead of a filled tile, not only other colors.
    expect(await styleOf(page, '#answer', 'background-color')).not.toBe(filled);
    await page.keyboard.press('Escape');
    await page.getByText('The result appears here once the page is connected.').waitFor();
    await drawStrokes(page, TEMPLATES.O!);
    await page.getByText('Not read yet').waitFor();

    await startCanvas({ token: 'the-same-again', port: first.port });
    await waitForReading(page, 'O');
    await page.getByText('Last reading', { exact: true }).waitFor({ state: 'hidden' });
    expect(await styleOf(page, '#answer', 'background-color')).toBe(filled);
  });

  test('says what to do after a restart with another token, and goes on when another tab has been let in', async () => {
    const first = await startCanvas({ token: 'one-token-of-two' });
    const page = await openCanvas(browser!, first.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await first.close();
    const second = await startCanvas({ token: 'another-token', port: first.port });
    await page.getByRole('alert').getByText('Open the URL it shows now.').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    const other = await page.context().newPage();
    await other.goto(second.url);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await page.getByText('Last reading', { exact: true }).waitFor({ state: 'hidden' });
    await waitForReading(page, 'L');
  });

  test('removes the token from the address bar when the cookie is enough, also for a reload', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    const { origin } = new URL(server.url);
    await page.waitForURL(`${origin}/`);
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(page.url()).toBe(`${origin}/`);
  });

  test('keeps the token in the address bar if the browser takes no cookies', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const url = await withoutCookies(server.url);
    const checked = page.waitForResponse((response) => response.status() === 403);
    await page.goto(url);
    await page.getByText('Connected', { exact: true }).waitFor();
    await checked;
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(page.url()).toBe(url);
    await context.close();
  });

  test('keeps the drawing and its history across a reload and the Back button, but not for another tab', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES['1']!);
    await drawStrokes(page, TEMPLATES.O!);
    await waitForReading(page, 'O');
    await page.waitForURL(({ search }) => search === '');
    await page.reload();
    await waitForReading(page, 'O');
    expect(await page.locator('#invitation').isVisible()).toBe(false);
    await page.goto('about:blank');
    await page.goBack();
    await waitForReading(page, 'O');
    await page.getByRole('button', { name: 'Undo' }).click();
    await waitForReading(page, '1');
    await page.getByRole('button', { name: 'Redo' }).click();
    await waitForReading(page, 'O');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('Connected', { exact: true }).waitFor();
    expect(await other.locator('#invitation').isVisible()).toBe(true);

    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(await page.locator('#invitation').isVisible()).toBe(true);
  });

  test('keeps a drawing across a reload, however long it took to draw', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.waitForURL(({ search }) => search === '');
    const stroke = Array.from({ length: 100_000 }, (_, index) =>
      index < 50_000 ? [200.25, 100.25 + index / 70] : [200.25 + (index - 50_000) / 125, 800.25],
    );
    const saved = JSON.stringify({ strokes: [stroke], past: [[]], finished: [0], future: [] });
    await page.addInitScript(`sessionStorage.getItem('long') ?? sessionStorage.setItem('drawing /', '${saved}');
      sessionStorage.setItem('long', 'was drawn')`);
    await page.reload();
    await waitForReading(page, 'L');
    await page.reload();
    await waitForReading(page, 'L');
  });

  test('a stored drawing that is not one is ignored', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await page.waitForURL(({ search }) => search === '');
    // Set by a script that runs after the page has saved its own.
    await page.addInitScript("sessionStorage.setItem('drawing /', '{\"strokes\":[[]]}')");
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(await page.locator('#invitation').isVisible()).toBe(true);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
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
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.getByText(text, { exact: true }).waitFor({ state: 'hidden' });
  });

  test('says when there are too many pages, and connects when one is closed', async () => {
    const server = await startCanvas();
    const others = await Promise.all(Array.from({ length: MAX_CLIENTS }, () => openPage(server.url)));
    const context = await browser!.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByRole('alert').getByText('pages are already open').waitFor();
    await page.getByText('Not connected', { exact: true }).waitFor();
    others[0]!.socket.close();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await context.close();
  });

  // Other systems have only one address for connections to the machine itself.
  test.skipIf(process.platform !== 'linux')(
    named(
      'a page that had to make room for another one comes back when it is drawn on, not by itself',
      process.platform === 'linux' ? null : 'needs a second loopback address',
    ),
    async () => {
      const server = await startCanvas({ host: '0.0.0.0' });
      const url = `http://127.0.0.1:${server.port}/?token=${server.token}`;
      const others = await Promise.all(Array.from({ length: MAX_CLIENTS - 1 }, () => openPage(url)));
      const page = await openCanvas(browser!, url);
      await openPage(url, { localAddress: '127.0.0.2' });
      await page.getByRole('alert').getByText('Another page has taken the place of this one').waitFor();
      await page.getByText('Not connected', { exact: true }).waitFor();
      others[0]!.socket.close();
      await drawStrokes(page, TEMPLATES.L!);
      await waitForReading(page, 'L');
      await page.getByText('Connected', { exact: true }).waitFor();
    },
  );

  test('loads only from the server, and logs no errors', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(server.url);
    await drawStrokes(page, TEMPLATES.X!);
    await waitForReading(page, 'X');
    expect(complaints).toEqual([]);
    const { origin, search } = new URL(server.url);
    const loaded = requests.filter((url) => !url.startsWith('data:'));
    expect(loaded.sort()).toEqual([
      `${origin}/`, // whether the cookie is enough
      `${origin}/${search}`,
      `${origin}/page.css${search}`,
      `${origin}/page.js${search}`,
    ]);

    // The content security policy is effective: inline scripts do not run, and no other address is contacted.
    await page.addScriptTag({ content: 'document.title = "run"' }).catch(() => null); // fails, since it is blocked
    await page.evaluate('fetch("https://example.invalid/").catch(() => null)');
    expect(await page.title()).toBe('Draw a character · emnist-tui');
    await expect.poll(() => complaints.filter((text) => text.includes('script-src')).length).toBeGreaterThan(0);
    await expect.poll(() => complaints.filter((text) => text.includes('connect-src')).length).toBeGreaterThan(0);
    await context.close();
  });

  test.each([
    ['a phone', 390, 844, true],
    ['a small phone', 320, 568, true],
    ['a phone in landscape', 844, 390, true],
    ['a tablet', 820, 1180, true],
    ['a laptop', 1280, 800, false],
    ['a small window', 800, 600, false],
    ['a narrow window', 390, 844, false],
    ['a small phone in landscape', 667, 280, true],
  ])('fits %s', async (_, width, height, hasTouch) => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { viewport: { width, height }, hasTouch });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const scrollWidth = await page.evaluate<number>('document.documentElement.scrollWidth');
    const [canvas, best] = await Promise.all(['#canvas', '#answer'].map((selector) => boxOf(page, selector)));
    expect(scrollWidth).toBeLessThanOrEqual(width);
    expect(Math.abs(canvas!.width - canvas!.height)).toBeLessThan(1);
    expect(canvas!.width).toBeGreaterThanOrEqual(Math.min(width, height) * 0.45);
    // Drawing area and result are visible without scrolling and do not overlap.
    for (const { left, top, right, bottom } of [canvas!, best!]) {
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
      expect(bottom).toBeLessThanOrEqual(height);
    }
    expect(best!.left >= canvas!.right || best!.top >= canvas!.bottom).toBe(true);
    const [clear, result] = await Promise.all(['#clear', '.result'].map((selector) => boxOf(page, selector)));
    expect(result!.left >= clear!.right || result!.top >= clear!.bottom).toBe(true);
  });

  test.each([
    ['1280x1024 magnified four times', 320, 256],
    ['a low window', 667, 280],
    ['a very small window', 240, 200],
    ['a narrow low window', 400, 300],
  ])('needs no scrolling in two directions in %s, with and without a warning', async (_, width, height) => {
    const server = await startCanvas({ model: { name: 'a-model-with-a-very-long-name-indeed', labels: LABELS } });
    const page = await openCanvas(browser!, server.url, { viewport: { width, height } });
    await drawStrokes(page, TEMPLATES.C!, { size: 0.3 });
    await waitForReading(page, 'C');
    const fits = async () => {
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      for (const selector of [
        '#canvas',
        '#undo',
        '#redo',
        '#clear',
        '#answer',
        '#predictions li:last-child',
        '#model',
      ]) {
        expect([selector, await canBeReached(page, selector)]).toEqual([selector, true]);
      }
    };
    await fits();
    await server.close();
    await page.getByRole('alert').waitFor();
    await fits();
  });

  test.each(['light', 'dark'] as const)('has enough contrast in %s colors', async (colorScheme) => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { colorScheme });
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    const ground = luminance(await colorOf(page, 'html', 'background-color'));
    if (colorScheme === 'dark') expect(ground).toBeLessThan(0.05);
    else expect(ground).toBeGreaterThan(0.8);
    const paper = luminance(await colorOf(page, '#paper', 'background-color'));
    const tile = luminance(await colorOf(page, '#answer', 'background-color'));
    for (const [selector, behind] of [
      ['.name', ground],
      ['#connection', ground],
      ['#best-kind', ground],
      ['.row-percent', ground],
      ['.keys', ground],
      ['#model', ground],
      ['#undo', paper],
      ['#undo kbd', paper],
      ['#canvas', paper],
      ['#answer', tile],
    ] as const) {
      const front = luminance(await colorOf(page, selector, 'color'));
      // WCAG 2.2, success criterion 1.4.3.
      const contrast = (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
      expect([selector, contrast > 4.5]).toEqual([selector, true]);
    }
  });

  test('has no animations when reduced motion is preferred', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url, { reducedMotion: 'reduce' });
    const durations: string[] = [];
    for (const selector of ['.row-bar', 'button', '.sign']) {
      durations.push(
        await styleOf(page, selector, 'transition-duration'),
        await styleOf(page, selector, 'animation-name'),
      );
    }
    expect(new Set(durations)).toEqual(new Set(['0s', 'none']));
  });

  test('every control can be reached with Tab, and shows its focus', async () => {
    const server = await startCanvas();
    const page = await openCanvas(browser!, server.url);
    await drawStrokes(page, TEMPLATES.L!);
    await waitForReading(page, 'L');
    await page.locator('#paper').focus();
    for (const [key, id] of [
      ['Tab', 'undo'],
      ['Tab', 'redo'],
      ['Tab', 'clear'],
      ['Shift+Tab', 'redo'],
      ['Shift+Tab', 'undo'],
      ['Shift+Tab', 'paper'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await page.locator(':focus').getAttribute('id')).toBe(id);
      expect(await styleOf(page, ':focus', 'outline-style')).toBe('solid');
    }
  });

  test('is not shown without its token', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const answer = await page.goto(new URL('/', server.url).href);
    expect(answer!.status()).toBe(403);
    expect(await page.locator('canvas').count()).toBe(0);
    await context.close();
  });
});

/** Whether an element can be scrolled to so that it is visible as a whole, with nothing on top of it. */
async function canBeReached(page: Page, selector: string): Promise<boolean> {
  return await page.evaluate<boolean>(`(() => {
    const target = document.querySelector('${selector}');
    target.scrollIntoView({ block: 'center' });
    const { left, right, top, bottom } = target.getBoundingClientRect();
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left >= 0 && right <= innerWidth && bottom - top <= innerHeight && target.contains(found);
  })()`);
}

/** The URL of a proxy for a server that keeps its cookies from the browser, as if that took none. */
async function withoutCookies(url: string): Promise<string> {
  const target = new URL(url);
  const forward = ({ url: path, method, headers }: IncomingMessage) =>
    request({
      host: target.hostname,
      port: target.port,
      path,
      method,
      headers: { ...headers, host: target.host, ...(headers.origin && { origin: target.origin }) },
    }).end();
  const proxy = createServer((incoming, outgoing) => {
    forward(incoming).on('response', (response) => {
      const { 'set-cookie': _, ...kept } = response.headers;
      outgoing.writeHead(response.statusCode!, kept);
      response.pipe(outgoing);
    });
  });
  proxy.on('upgrade', (incoming, socket) => {
    forward(incoming).on('upgrade', ({ rawHeaders }, server, first) => {
      const lines = rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      socket.write(first);
      server.pipe(socket).pipe(server);
      server.on('error', () => socket.destroy());
      socket.on('error', () => server.destroy());
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/${target.search}`;
}

async function boxOf(page: Page, selector: string) {
  const { x: left, y: top, width, height } = (await page.locator(selector).boundingBox())!;
  return { left, top, right: left + width, bottom: top + height, width, height };
}

async function colorOf(page: Page, selector: string, property: 'color' | 'background-color'): Promise<number[]> {
  const value = await styleOf(page, selector, property);
  return [...value.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
}

/** Relative luminance of an sRGB color, WCAG 2.2. */
function luminance(rgb: number[]): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
