import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createToken, sameToken } from '../../../src/core/server/access.ts';
import { isLoopback, isWildcard } from '../../../src/core/server/addresses.ts';
import { openPage, send, startServer, upgradeStatus } from './server-helpers.ts';

const PATHS = ['/', '/page.js', '/page.css', '/nothing', '/../package.json', '//', '/%00', '/?token=', '/?token=wrong'];

describe('without the token', () => {
  test.each(PATHS)('GET %s is forbidden', async (path) => {
    const { url } = await startServer();
    expect((await send(url, { path })).status).toBe(403);
  });

  test('every method and the WebSocket are forbidden', async () => {
    const { url } = await startServer();
    const bare = new URL('/', url).href;
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      expect((await send(bare, { method })).status).toBe(403);
    }
    expect(await upgradeStatus(bare)).toBe(403);
    expect(await upgradeStatus(`${url}x`)).toBe(403);
    expect(await upgradeStatus(url.slice(0, -1))).toBe(403);
  });

  test('the response says what to do without revealing the token', async () => {
    const { url } = await startServer();
    const { body, headers } = await send(new URL('/', url).href);
    expect(body).toContain('Open the complete URL');
    expect(body + JSON.stringify(headers)).not.toContain(new URL(url).searchParams.get('token'));
  });

  test('tokens are unique, long, and need no escaping', () => {
    const tokens = Array.from({ length: 100 }, createToken);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{22,}$/);
    expect(sameToken(tokens[0]!, tokens[0]!)).toBe(true);
    expect(sameToken(tokens[0]!, tokens[1]!)).toBe(false);
    expect(sameToken('', tokens[1]!)).toBe(false);
  });
});

describe('with the token', () => {
  test('a foreign Host is forbidden, for pages and for the WebSocket', async () => {
    const { url } = await startServer();
    const { port } = new URL(url);
    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1:1',
      '127.0.0.1',
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}/x`,
      `192.0.2.1:${port}`,
      `localhost.:${port}`,
    ];
    for (const Host of foreign) {
      expect([Host, (await send(url, { headers: { Host } })).status]).toEqual([Host, 403]);
      expect([Host, await upgradeStatus(url, { Host })]).toEqual([Host, 403]);
    }
  });

  test('a foreign Origin is forbidden, for pages and for the WebSocket', async () => {
    const { url } = await startServer();
    const { port } = new URL(url);
    const foreign = [
      'https://evil.example',
      `http://evil.example:${port}`,
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1:1',
      'http://localhost',
      `http://127.0.0.1:${port}/`,
      'null',
      'file://',
      '',
    ];
    for (const Origin of foreign) {
      expect([Origin, (await send(url, { headers: { Origin } })).status]).toEqual([Origin, 403]);
      expect([Origin, await upgradeStatus(url, { Origin })]).toEqual([Origin, 403]);
    }
  });

  test("the server's own names are accepted", async () => {
    const { url } = await startServer();
    const { port } = new URL(url);
    for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
      expect((await send(url, { headers: { Host: own } })).status).toBe(200);
      expect(await upgradeStatus(url, { Host: own, Origin: `http://${own}` })).toBe('open');
    }
  });

  test('only GET and HEAD are supported', async () => {
    const { url } = await startServer();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await send(url, { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    const head = await send(url, { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength((await send(url)).body));
  });

  test('only the three files of the page are served', async () => {
    const { url } = await startServer();
    const { search } = new URL(url);
    const elsewhere = [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/page.js/../../emnist-tui.js',
      '/favicon.ico',
      '/page.js%00',
    ];
    for (const path of elsewhere)
      expect([path, (await send(url, { path: path + search })).status]).toEqual([path, 404]);
    expect(await upgradeStatus(url.replace('/?', '/page.js?'))).toBe(404);
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/page.js', 'text/javascript'],
      ['/page.css', 'text/css'],
    ]) {
      const { status, headers } = await send(url, { path: path + search });
      expect([status, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`]);
    }
  });

  test('the page can only load from and connect to the server, and is not cached', async () => {
    const { url } = await startServer();
    const { headers, body } = await send(url);
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split('; ')).toContain(rule);
    }
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});

describe('on all addresses', () => {
  test("the URL has an address of this machine, and only the machine's own addresses are accepted", async () => {
    const { url } = await startServer({ host: '0.0.0.0' });
    const { hostname, port } = new URL(url);
    const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    expect(addresses).toContain(hostname);
    if (addresses.some((address) => !isLoopback(address) && !address.includes(':'))) {
      expect(isLoopback(hostname)).toBe(false);
    }
    const page = await openPage(url);
    page.draw(1, 2);
    expect((await page.next('prediction')).predictions[0]!.label).toBe('2');

    const local = `http://127.0.0.1:${port}/${new URL(url).search}`;
    expect((await send(local)).status).toBe(200);
    expect((await send(local, { headers: { Host: `evil.example:${port}` } })).status).toBe(403);
    expect((await send(local, { headers: { Host: `0.0.0.0:${port}` } })).status).toBe(403);
    expect(await upgradeStatus(local, { Origin: 'http://evil.example' })).toBe(403);
  });

  test('recognizes wildcard and loopback addresses', () => {
    expect(['0.0.0.0', '::', '127.0.0.1'].map(isWildcard)).toEqual([true, true, false]);
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.1', '::'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
