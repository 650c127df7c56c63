import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas, startCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { named } from '../helpers/skip.ts';
import { TEMPLATES } from '../helpers/template-recognizer.ts';

const { browser, reason } = await launchBrowser();
afterAll(() => browser?.close());

describe.skipIf(reason)(named('access to the page in a browser', reason), () => {
  test('is not shown without its token', async () => {
    const server = await startCanvas();
    const context = await browser!.newContext();
    const page = await context.newPage();
    const answer = await page.goto(new URL('/', server.url).href);
    expect(answer!.status()).toBe(403);
    expect(await page.locator('canvas').count()).toBe(0);
    await context.close();
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
});

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
