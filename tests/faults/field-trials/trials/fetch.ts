import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ArchiveServer, type Behavior, startArchiveServer } from '../../../core/dataset/archive-server.ts';
import { startProxyServer } from '../../../core/dataset/proxy-server.ts';
import { makeArchive } from '../../../helpers/archive.ts';
import { selfSigned } from '../../../helpers/self-signed.ts';
import { startTerminal } from '../../../helpers/terminal.ts';
import type { Field, Trial } from '../field.ts';

const FETCH_DIGITS = ['fetch', '--split', 'digits', '--from'];
/** How long a trial waits for what should be said at once. */
const PATIENCE_MS = 10_000;

let made: Promise<Buffer> | undefined;
/** An archive with digits, made once. */
function digits(): Promise<Buffer> {
  made ??= makeArchive({ digits: { train: 300, test: 60 } });
  return made;
}

async function serve(field: Field, behavior: Partial<Behavior> = {}): Promise<ArchiveServer> {
  const server = await startArchiveServer({ body: await digits(), ...behavior });
  field.defer(async () => server[Symbol.asyncDispose]());
  return server;
}

/** Fetches digits from a server that misbehaves, which must not matter. */
function worksWith(id: string, title: string, behavior: Partial<Behavior>): Trial {
  return {
    id,
    title,
    async run(field) {
      const server = await serve(field, behavior);
      const { code } = await field.run([...FETCH_DIGITS, server.url]);
      field.check(code === 0, 'it is fetched');
      field.observe(`${server.requests.length} requests`);
    },
  };
}

/** A fetch whose server takes its time with the first byte of each response. */
function firstByteAfter(seconds: number, id: string, long: boolean): Trial {
  return {
    id,
    title: `a server whose first byte takes ${seconds} seconds is waited for, and that is said`,
    long,
    async run(field) {
      const server = await serve(field, { before: () => delay(seconds * 1000) });
      const { code, stderr } = await field.run([...FETCH_DIGITS, server.url]);
      field.check(code === 0, 'it is fetched');
      field.check(server.requests.length === 2, `it is asked for each part once: ${server.requests.length} requests`);
      field.check(/waiting for 127\.0\.0\.1/.test(stderr), 'it is said what is waited for');
    },
  };
}

/** Starts a fetch that never gets anywhere, and returns its process number once it holds the lock. */
async function neverendingFetch(field: Field): Promise<{ pid: number; url: string }> {
  const asked = Promise.withResolvers<void>();
  const server = await serve(field, {
    handle(_request, _response, number) {
      if (number === 1) asked.resolve();
      return number > 0;
    },
  });
  const { child } = field.start([...FETCH_DIGITS, server.url]);
  await asked.promise;
  return { pid: child.pid!, url: server.url };
}

export const TRIALS: readonly Trial[] = [
  {
    id: '7a',
    title: 'a second fetch says whom it waits for, since when, and how to go on',
    async run(field) {
      const { pid, url } = await neverendingFetch(field);
      const second = field.start([...FETCH_DIGITS, url]);
      const said = await Promise.race([
        second.until(({ stderr }) => stderr.includes(`process ${pid}`)),
        delay(PATIENCE_MS, false, { ref: false }),
      ]);
      field.observe(second.stderr.trim());
      field.check(said, `process ${pid} is named`);
      field.check(/since .*\d\d:\d\d/.test(second.stderr), 'it is said since when');
      field.check(/Ctrl-C/.test(second.stderr), 'it is said how to go on');
      second.kill('SIGINT');
      field.check((await second.end()).code === 130, 'it can be interrupted');
    },
  },
  {
    id: '7b',
    title: 'with --json a second fetch reports what it waits for',
    async run(field) {
      const { pid, url } = await neverendingFetch(field);
      const second = field.start([...FETCH_DIGITS, url, '--json']);
      await Promise.race([
        second.until(({ stdout }) => stdout.includes('"waiting"')),
        delay(PATIENCE_MS, null, { ref: false }),
      ]);
      const waiting = second.events.find(({ event }) => event === 'waiting');
      field.observe(JSON.stringify(waiting ?? null));
      field.check(waiting?.process === pid && typeof waiting.since === 'string', `process ${pid} is named`);
    },
  },
  {
    id: '7c',
    title: 'in the app a second fetch says whom it waits for',
    async run(field) {
      const { pid, url } = await neverendingFetch(field);
      const [command, ...args] = field.command;
      const env = { EMNIST_TUI_HOME: field.home, EMNIST_TUI_ARCHIVE: url };
      const app = startTerminal(command!, args, { cols: 100, rows: 30, env });
      field.defer(() => app.close());
      await app.waitForText(/Fetch/);
      app.press('f');
      await app.waitForText(/balanced digits and letters/);
      app.press('enter');
      await app.waitForText(/Fetching/);
      const screen = await app.waitForText(new RegExp(`process ${pid}`), PATIENCE_MS).catch(() => app.screen());
      field.observe(screen);
      field.check(screen.includes(`process ${pid}`), `process ${pid} is named`);
      field.check(/cancel/i.test(screen), 'it can be canceled');
    },
  },
  {
    id: '7d',
    title: 'a lock that another machine has left is taken over, and meanwhile it is said what goes on',
    async run(field) {
      const server = await serve(field);
      const lock = path.join(field.home, 'datasets', '.fetch.lock');
      await mkdir(path.dirname(lock), { recursive: true });
      const since = '2026-03-01T12:00:00.000Z';
      const holder = { id: 'a', host: 'other.example', boot: 'b', pid: 4711, started: null, since };
      await writeFile(lock, JSON.stringify(holder));
      const { code, stderr } = await field.run([...FETCH_DIGITS, server.url]);
      field.check(code === 0, 'it is fetched');
      field.check(/process 4711 on other\.example/.test(stderr), 'the process and its machine are named');
      field.check(/checking for up to 20 seconds/.test(stderr), 'it is said how long it takes');
    },
  },
  {
    id: '11a',
    title: 'HTTP_PROXY and NO_PROXY are honored',
    async run(field) {
      const server = await serve(field);
      const proxy = await startProxyServer();
      field.defer(async () => proxy[Symbol.asyncDispose]());
      const excluded = { HTTP_PROXY: `http://${proxy.host}`, NO_PROXY: 'example.org, 127.0.0.0/8' };
      const without = await field.run([...FETCH_DIGITS, server.url], { env: excluded });
      field.check(without.code === 0 && proxy.requests.length === 0, 'the proxy is not used for an excluded host');
      const env = { HTTP_PROXY: `http://me:secret@${proxy.host}` };
      const home = path.join(field.folder, 'second');
      const { code } = await field.run([...FETCH_DIGITS, server.url], { env, home });
      for (const { line } of proxy.requests) field.observe(`the proxy was asked: ${line}`);
      const login = `Basic ${btoa('me:secret')}`;
      const all = proxy.requests.length === 2;
      field.check(code === 0 && all, 'all requests go through the proxy');
      field.check(
        all && proxy.requests.every(({ headers }) => headers['proxy-authorization'] === login),
        'with its password',
      );
    },
  },
  {
    id: '11b',
    title: 'HTTPS_PROXY is honored, with a certificate that NODE_EXTRA_CA_CERTS adds',
    async run(field) {
      const tls = selfSigned();
      const server = await startArchiveServer({ body: await digits() }, tls);
      field.defer(async () => server[Symbol.asyncDispose]());
      const proxy = await startProxyServer();
      field.defer(async () => proxy[Symbol.asyncDispose]());
      const certificates = path.join(field.folder, 'ca.pem');
      await writeFile(certificates, tls.cert);
      const env = { HTTPS_PROXY: `http://${proxy.host}` };
      const untrusted = await field.run([...FETCH_DIGITS, server.url], { env });
      field.check(untrusted.code === 1, 'the certificate is not trusted');
      field.check(untrusted.stderr.includes('NODE_EXTRA_CA_CERTS'), 'the hint says how to trust it');
      const trusted = await field.run([...FETCH_DIGITS, server.url], {
        env: { ...env, NODE_EXTRA_CA_CERTS: certificates },
      });
      field.check(trusted.code === 0, 'it is fetched');
      for (const { line } of proxy.requests) field.observe(`the proxy was asked: ${line}`);
      field.check(proxy.requests.length === 3, 'all requests go through the proxy');
    },
  },
  {
    id: '11c',
    title: 'a proxy that refuses or cannot be reached is named, with its variable',
    async run(field) {
      const proxy = await startProxyServer({ refuse: () => 407 });
      field.defer(async () => proxy[Symbol.asyncDispose]());
      for (const host of [proxy.host, '127.0.0.1:9']) {
        const env = { https_proxy: `http://${host}` };
        const { code, stderr } = await field.run([...FETCH_DIGITS, 'https://data.invalid/gzip.zip'], { env });
        field.check(code === 1 && stderr.includes(host) && stderr.includes('https_proxy'), `${host} is named`);
      }
    },
  },
  worksWith('12a', 'ETags may differ from one request to the next', { etag: (request) => `"backend-${request % 3}"` }),
  worksWith('12b', 'weak ETags may differ from one request to the next', { etag: (request) => `W/"w-${request % 2}"` }),
  worksWith('12c', 'dates may differ from one request to the next', {
    etag: null,
    lastModified: (request) => new Date(1.6e12 + 1000 * (request % 3)).toUTCString(),
  }),
  worksWith('12d', 'an archive that is sent with Content-Encoding: gzip is decoded', {
    ranges: false,
    encoding: { name: 'gzip', encode: (body) => gzipSync(body) },
  }),
  worksWith('12e', 'an archive that is only said to be sent with Content-Encoding: gzip is not', {
    ranges: false,
    encoding: { name: 'gzip', encode: (body) => body },
  }),
  firstByteAfter(12, '12f', false),
  firstByteAfter(40, '12g', true),
  {
    id: '20a',
    title: 'a fetch that needs more space than there is does not begin, and names both sizes',
    async run(field) {
      const server = await serve(field, {
        // A petabyte.
        handle(_request, response) {
          response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Length': 1e15 });
          response.write(Buffer.from('PK\u0003\u0004 and so on'));
          return true;
        },
      });
      const program = field.start([...FETCH_DIGITS, server.url]);
      const result = await Promise.race([program.end(), delay(PATIENCE_MS, null, { ref: false })]);
      field.observe(program.stderr.trim());
      field.check(result?.code === 1, 'it ends with exit code 1');
      field.check(/needs 2 PB .* has only \d+(\.\d+)? [MGT]B/.test(program.stderr), 'both sizes are named');
    },
  },
  {
    id: '20b',
    title: 'a fetch says first how much it will take',
    async run(field) {
      // Nothing answers there: how large NIST's archive is must be known without it.
      const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
      const { stderr } = await field.run(['fetch'], { env });
      const [first = ''] = stderr.split('\n');
      field.observe(first);
      field.check(
        /^balanced: about \d\d(\.\d)? MB to download, \d\d(\.\d)? MB on disk/.test(first),
        'the first line does',
      );
    },
  },
];
