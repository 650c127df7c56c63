import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runJson, temporaryFolder } from '../../cli/run.ts';
import { makeArchive } from '../../helpers/archive.ts';
import { type SelfSigned, selfSigned } from '../../helpers/self-signed.ts';
import { startArchiveServer } from './archive-server.ts';
import { endOf, fetchAll, fetchError, temporaryHome } from './fetching.ts';
import { startProxyServer } from './proxy-server.ts';

let archive: Buffer;
let tls: SelfSigned;
beforeAll(async () => {
  archive = await makeArchive({ digits: { train: 100, test: 40 } });
  tls = selfSigned();
});
const COUNTS = { train: 100, test: 40 };
const LOGIN = `Basic ${btoa('me:secret')}`;

describe('an http URL', () => {
  test('is requested from the proxy', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    await using proxy = await startProxyServer();
    const env = { http_proxy: `http://${proxy.host}` };
    expect(endOf(await fetchAll({ paths: home.paths, from: server.url, env }))).toEqual(COUNTS);
    expect(proxy.requests.map(({ line }) => line)).toEqual([`GET ${server.url}`, `GET ${server.url}`]);
    expect(proxy.requests[0]!.headers.host).toBe(new URL(server.url).host);
  });

  test('is requested from its host, by the name that only the proxy knows', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    await using proxy = await startProxyServer({ hosts: { 'data.invalid': '127.0.0.1' } });
    const from = server.url.replace('127.0.0.1', 'data.invalid');
    const env = { HTTP_PROXY: proxy.host };
    expect(endOf(await fetchAll({ paths: home.paths, from, env }))).toEqual(COUNTS);
    const direct = { splits: ['mnist'], env: { ...env, NO_PROXY: 'invalid' } } as const;
    expect(await fetchError({ paths: home.paths, from, ...direct })).toMatchObject({ code: 'host-unreachable' });
  });

  test('with a password for the server and one for the proxy', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({
      body: archive,
      handle(request, response) {
        if (request.headers.authorization === `Basic ${btoa('you:other')}`) return false;
        response.writeHead(401).end();
        return true;
      },
    });
    await using proxy = await startProxyServer({
      refuse: (headers) => (headers['proxy-authorization'] === LOGIN ? null : 407),
    });
    const from = server.url.replace('http://', 'http://you:other@');
    const env = { HTTP_PROXY: `http://me:secret@${proxy.host}` };
    const events = await fetchAll({ paths: home.paths, from, env });
    expect(endOf(events)).toEqual(COUNTS);
    expect(JSON.stringify(events)).not.toMatch(/secret|other/);

    const error = await fetchError({
      paths: home.paths,
      from,
      env: { HTTP_PROXY: `http://${proxy.host}` },
      whole: true,
      splits: ['mnist'],
    });
    expect(error).toMatchObject({ code: 'proxy-failed', data: { variable: 'HTTP_PROXY', status: 407 } });
    expect(error.message).toContain('requires a password (HTTP 407)');
  });

  test('that redirects to another host loses its password on the way', async () => {
    await using home = await temporaryHome();
    const seen: (string | undefined)[] = [];
    await using target = await startArchiveServer({
      body: archive,
      handle(request) {
        seen.push(request.headers.authorization);
        return false;
      },
    });
    await using server = await startArchiveServer({
      body: archive,
      handle(_request, response) {
        response.writeHead(302, { Location: target.url }).end();
        return true;
      },
    });
    await fetchAll({ paths: home.paths, from: server.url.replace('http://', 'http://me:secret@') });
    expect(seen).toEqual([undefined, undefined]);
  });

  test('whose proxy cannot be reached', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    const proxy = await startProxyServer();
    await proxy[Symbol.asyncDispose]();
    const error = await fetchError({
      paths: home.paths,
      from: server.url,
      env: { HTTP_PROXY: `http://me:secret@${proxy.host}` },
    });
    expect(error).toMatchObject({
      code: 'proxy-failed',
      message: `cannot connect to the proxy ${proxy.host} that HTTP_PROXY names (ECONNREFUSED)`,
      data: { variable: 'HTTP_PROXY', proxy: proxy.host, status: null, systemCode: 'ECONNREFUSED' },
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('an https URL', () => {
  test('is reached through a tunnel, whose end must be trusted', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive }, tls);
    await using proxy = await startProxyServer();
    const env = { HTTPS_PROXY: `http://${proxy.host}` };
    const error = await fetchError({ paths: home.paths, from: server.url, env });
    expect(error).toMatchObject({
      code: 'certificate-untrusted',
      data: { host: new URL(server.url).host, systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(proxy.requests.map(({ line }) => line)).toEqual([`CONNECT ${new URL(server.url).host}`]);
    expect(await fetchError({ paths: home.paths, from: server.url })).toMatchObject({ code: 'certificate-untrusted' });
  });

  test('is trusted with NODE_EXTRA_CA_CERTS, with a proxy and without', async () => {
    await using server = await startArchiveServer({ body: archive }, tls);
    await using proxy = await startProxyServer({
      refuse: (headers) => (headers['proxy-authorization'] === LOGIN ? null : 407),
    });
    const certificates = path.join(await temporaryFolder(), 'ca.pem');
    await writeFile(certificates, tls.cert);
    for (const [name, proxies] of [
      ['without', {}],
      ['with', { https_proxy: `http://me:secret@${proxy.host}` }],
      ['excluded', { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.0/8' }],
    ] as const) {
      const args = ['fetch', '--split', 'digits', '--from', server.url];
      const env = { NODE_EXTRA_CA_CERTS: certificates, ...proxies };
      const { code, events } = await runJson(args, { home: await temporaryFolder(), env });
      expect([name, code]).toEqual([name, 0]);
      expect(events.at(-1)).toMatchObject({ event: 'end', trainImages: 100 });
    }
    // One for the directory and one for the members.
    expect(proxy.requests.map(({ line }) => line)).toEqual(Array(2).fill(`CONNECT ${new URL(server.url).host}`));
  });

  test.each([
    [407, 'requires a password (HTTP 407)'],
    [403, 'does not connect to'],
    [503, 'does not connect to'],
  ])('whose proxy answers with %s', async (status, message) => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive }, tls);
    await using proxy = await startProxyServer({ refuse: () => status });
    const error = await fetchError({
      paths: home.paths,
      from: server.url,
      env: { HTTPS_PROXY: `http://${proxy.host}` },
    });
    expect(error).toMatchObject({ code: 'proxy-failed', data: { variable: 'HTTPS_PROXY', status, systemCode: null } });
    expect(error.message).toContain(message);
    // Only an overloaded proxy may do better the next time.
    expect(proxy.requests.length).toBe(status === 503 ? 4 : 1);
  });

  test('whose proxy hangs up', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive });
    // An archive server is no proxy: Node's server closes the connection on CONNECT.
    const env = { HTTPS_PROXY: server.url };
    const error = await fetchError({ paths: home.paths, from: 'https://data.invalid/gzip.zip', env });
    expect(error).toMatchObject({ code: 'proxy-failed', message: expect.stringContaining('ended the connection') });
  });

  test('with a proxy of https', async () => {
    await using home = await temporaryHome();
    await using server = await startArchiveServer({ body: archive }, tls);
    // Its certificate is not trusted either, but it was spoken to by TLS.
    const env = { HTTPS_PROXY: server.url };
    const error = await fetchError({ paths: home.paths, from: 'https://data.invalid/gzip.zip', env });
    expect(error).toMatchObject({
      code: 'certificate-untrusted',
      message: expect.stringContaining('that HTTPS_PROXY names'),
      data: { host: new URL(server.url).host },
    });
  });
});
