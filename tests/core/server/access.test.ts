import { hostname, networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createToken, LaunchSecrets, sameToken } from '../../../src/core/server/access.ts';
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

  test('a foreign host in the URL, as in a request to a proxy, or in a second Host is forbidden', async () => {
    const { url } = await startServer();
    const { host, search } = new URL(url);
    expect((await send(url, { path: `http://evil.example/${search}` })).status).toBe(403);
    expect((await send(url, { path: `http://${host}/${search}` })).status).toBe(200);
    expect((await send(url, { path: `//evil.example/${search}` })).status).toBe(404);
    for (const headers of [
      ['Host', host, 'Host', 'evil.example'],
      ['Host', 'evil.example', 'Host', host],
    ]) {
      expect((await send(url, { headers })).status).toBe(403);
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

  test("the server's own names are accepted, with any port since it may be forwarded", async () => {
    const { url } = await startServer();
    const { port } = new URL(url);
    const [short] = hostname().split('.');
    const names = [
      'localhost',
      'LOCALHOST',
      '127.0.0.1',
      '[::1]',
      hostname(),
      `${short}.local`,
      'host.docker.internal',
    ];
    for (const own of [...names.map((name) => `${name}:${port}`), 'localhost:1', '127.0.0.1', '[::1]:8080']) {
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
    expect(policy).not.toMatch(/unsafe|blob/);
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });
});

describe('with names that its user allows', () => {
  const allowedHosts = ['draw.example.com', 'Other.example:8080', 'fe80::7', 'tls.example:443'];

  test('requests to them are accepted, also through a proxy with TLS or one that replaces Host', async () => {
    const { url } = await startServer({ allowedHosts });
    const { port, host: own } = new URL(url);
    const requests: Record<string, string>[] = [
      { Host: 'draw.example.com' },
      { Host: `draw.example.com:${port}`, Origin: `http://draw.example.com:${port}` },
      { Host: 'draw.example.com', Origin: 'https://draw.example.com' },
      { Host: own, Origin: 'https://draw.example.com' },
      { Host: 'other.example:8080', Origin: 'http://other.example:8080' },
      { Host: '[fe80::7]:1', Origin: 'http://[fe80::7]:1' },
      { Host: 'tls.example', Origin: 'https://tls.example' },
    ];
    for (const headers of requests) {
      expect([headers, (await send(url, { headers })).status]).toEqual([headers, 200]);
      expect([headers, await upgradeStatus(url, headers)]).toEqual([headers, 'open']);
    }
  });

  test('others are not, and neither is anything without the token', async () => {
    const { url } = await startServer({ allowedHosts });
    const { host: own } = new URL(url);
    const requests: Record<string, string>[] = [
      { Host: 'example.com' },
      { Host: 'a.draw.example.com' },
      { Host: 'draw.example.com.evil.example' },
      { Host: 'other.example' },
      { Host: 'other.example:8081' },
      { Host: 'draw.example.com', Origin: 'https://evil.example' },
      { Host: own, Origin: 'https://evil.example' },
      { Host: 'draw.example.com', Origin: 'ftp://draw.example.com' },
    ];
    for (const headers of requests) {
      expect([headers, (await send(url, { headers })).status]).toEqual([headers, 403]);
      expect([headers, await upgradeStatus(url, headers)]).toEqual([headers, 403]);
    }
    const bare = new URL('/', url).href;
    expect((await send(bare, { headers: { Host: 'draw.example.com' } })).status).toBe(403);
  });

  test('the refusal says what to do, in the terms of whoever started the server, and only of plausible names', async () => {
    const { url } = await startServer({ hostHint: (host) => `Start it for ${host}.` });
    const refused = (Host: string) => send(url, { headers: { Host } });
    expect((await refused('draw.example.com:80')).body).toBe(
      'This server does not have the host name draw.example.com:80. Start it for draw.example.com:80.',
    );
    for (const implausible of ['<script>alert(1)</script>', 'localhost:65536', '[::1', 'x'.repeat(300)]) {
      expect((await refused(implausible)).body).toBe('This server does not have that host name.');
    }
  });
});

describe('the cookie', () => {
  /** Opens the page with the token, as a browser does, and returns the cookie and the headers for later requests. */
  async function visit(url: string, host = new URL(url).host) {
    const { headers } = await send(url, { headers: { Host: host } });
    const [cookie = ''] = headers['set-cookie'] ?? [];
    return { cookie, headers: { Host: host, Cookie: cookie.split(';')[0]! } };
  }

  test('opens the page, its files, and the WebSocket without the token in the URL', async () => {
    const { url } = await startServer();
    const { host, origin, port, searchParams } = new URL(url);
    const { cookie, headers } = await visit(url);
    expect(cookie).toMatch(new RegExp(`^emnist-tui-${port}=[\\w-]+; Path=/; HttpOnly; SameSite=Strict$`));
    expect(cookie).not.toContain(searchParams.get('token'));
    for (const path of ['/', '/page.js', '/page.css']) {
      const { status, body } = await send(url, { path, headers });
      expect([path, status]).toEqual([path, 200]);
      expect(body).not.toContain(searchParams.get('token'));
    }
    const bare = `http://${host}/`;
    expect(await upgradeStatus(bare, { ...headers, Origin: origin })).toBe('open');
  });

  test('is not enough for a WebSocket that names no origin or another one, or with a wrong token', async () => {
    const { url } = await startServer();
    const { host, origin } = new URL(url);
    const { headers } = await visit(url);
    const bare = `http://${host}/`;
    expect(await upgradeStatus(bare, headers)).toBe(403);
    expect(await upgradeStatus(bare, { ...headers, Origin: 'http://localhost:3000' })).toBe(403);
    expect(await upgradeStatus(`${bare}?token=wrong`, { ...headers, Origin: origin })).toBe(403);
    expect((await send(bare, { headers: { ...headers, Host: 'evil.example' } })).status).toBe(403);
  });

  test('is named after the port that the browser sees, since all ports of a host share their cookies', async () => {
    const { url } = await startServer();
    expect((await visit(url, 'localhost:8123')).cookie).toMatch(/^emnist-tui-8123=/);
    const { headers } = await visit(url, 'localhost');
    expect(headers.Cookie).toMatch(/^emnist-tui-80=/);
    const among = { ...headers, Cookie: `emnist-tui-8123=other; ${headers.Cookie}; emnist-tui-80=` };
    expect((await send(url, { path: '/', headers: among })).status).toBe(200);
  });

  test('of a server with another token is worth nothing; that of one with the same token still is', async () => {
    const token = 'a-token-of-my-own-1';
    const first = await startServer({ token });
    const { headers } = await visit(first.url);
    const other = await startServer();
    expect((await send(other.url, { path: '/', headers })).status).toBe(403);
    await first.close();
    const again = await startServer({ token, port: first.port });
    expect((await send(again.url, { path: '/', headers })).status).toBe(200);
  });
});

describe('a launch link', () => {
  const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']).split(';')[0]!;

  test('has no token in it, and opens the page once', async () => {
    const server = await startServer();
    const link = server.launchUrl();
    expect(link).not.toContain(server.token);
    const { status, headers, body } = await send(link);
    expect([status, headers.location]).toEqual([303, '/']);
    expect(JSON.stringify(headers) + body).not.toContain(server.token);
    const Cookie = cookieOf(headers);
    const page = await send(new URL('/', link).href, { headers: { Cookie } });
    expect(page.status).toBe(200);
    expect(page.body).toContain('<canvas');

    const again = await send(link, { headers: { Accept: 'text/html' } });
    expect([again.status, again.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(again.body).toContain('Open the complete URL');
    // A browser that restores its tabs opens the link again.
    expect((await send(link, { headers: { Cookie } })).status).toBe(303);
  });

  test('is not used up by a look at it, and cannot be made up', async () => {
    const server = await startServer();
    const link = server.launchUrl();
    expect((await send(link, { method: 'HEAD' })).status).toBe(403);
    expect((await send(link, { method: 'POST' })).status).toBe(403);
    expect((await send(link, { headers: { Host: 'evil.example' } })).status).toBe(403);
    expect((await send(`${link}x`)).status).toBe(403);
    expect((await send(new URL('/launch/', link).href)).status).toBe(403);
    expect((await send(link)).status).toBe(303);
    expect(await upgradeStatus(server.launchUrl())).toBe(403);
  });

  test('expires', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const secrets = new LaunchSecrets();
    const [soon, late] = [secrets.create(), secrets.create()];
    vi.advanceTimersByTime(59_000);
    expect(secrets.redeem(soon)).toBe(true);
    expect(secrets.redeem(soon)).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(secrets.redeem(late)).toBe(false);
  });

  test('is for browsers on this machine, also when others can reach the server', async () => {
    const server = await startServer({ host: '0.0.0.0' });
    expect(server.shared).toBe(true);
    const { port } = new URL(server.url);
    expect(server.launchUrl()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/launch/`));
    expect((await send(server.launchUrl())).status).toBe(303);
    expect((await startServer()).shared).toBe(false);
  });
});

describe('a refusal', () => {
  test('is a page for a browser and plain text for programs, with all security headers', async () => {
    const { url } = await startServer();
    const bare = new URL('/', url).href;
    const page = await send(bare, { headers: { Accept: 'text/html,*/*' } });
    expect([page.status, page.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('<p>The token is missing or wrong.');
    const text = await send(bare);
    expect([text.status, text.headers['content-type']]).toEqual([403, 'text/plain; charset=utf-8']);
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
