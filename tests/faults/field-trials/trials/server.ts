import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Program, RunOptions } from '../../../cli/run.ts';
import { send } from '../../../core/server/server-helpers.ts';
import { quantile, ReadingClient } from '../../../helpers/reading-client.ts';
import type { Field, Trial } from '../field.ts';

const FLOOD = path.join(import.meta.dirname, '../../../helpers/flood.ts');

/** Starts `draw --json` and returns it with its URL. */
async function startDraw(field: Field, args: readonly string[] = [], options: RunOptions = {}) {
  const program = field.start(['draw', '--json', ...args], options);
  field.observe(`$ emnist-tui draw --json ${args.join(' ')}`);
  const listening = await program.until(({ stdout, stderr }) => {
    if (stderr.includes('emnist-tui: ') && !stderr.includes('warning')) throw new Error(stderr.trim());
    return /"event":"listening","url":"([^"]+)"/.exec(stdout)?.[1];
  });
  return { program, url: listening };
}

/** Floods a server from another process until the trial ends. */
async function flood(field: Field, url: string, ...kinds: string[]): Promise<ChildProcess> {
  const flooding = spawn(process.execPath, [FLOOD, url, ...kinds], { stdio: ['ignore', 'pipe', 'inherit'] });
  field.defer(() => void flooding.kill('SIGKILL'));
  await once(flooding.stdout, 'data');
  return flooding;
}

/** Forwards a port of this machine to the server, as `ssh -L` and `docker -p` do. Returns the port. */
async function forwardPort(field: Field, to: number): Promise<number> {
  const connections = new Set<Socket>();
  const forwarder = createServer((socket) => {
    const onward = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      connections.add(from);
      from.on('error', () => into.destroy()).pipe(into);
    }
  }).listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  field.defer(() => {
    for (const socket of connections) socket.destroy();
    forwarder.close();
  });
  return (forwarder.address() as AddressInfo).port;
}

/** How a WebSocket is answered: 101 when it is opened. */
async function upgrade(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  return await new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    socket.on('error', reject);
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
  });
}

async function checkHosts(
  field: Field,
  url: string,
  expected: number,
  requests: readonly Record<string, string>[],
): Promise<void> {
  for (const headers of requests) {
    const page = (await send(url, { headers })).status;
    const socket = await upgrade(url, headers);
    const isExpected = page === expected && socket === (expected === 200 ? 101 : expected);
    field.check(isExpected, `${JSON.stringify(headers)}: page ${page}, WebSocket ${socket}`);
  }
}

/** A folder with a browser opener that records the command line with which it was called. */
async function fakeBrowser(field: Field): Promise<{ env: NodeJS.ProcessEnv; opened: string }> {
  const opened = path.join(field.folder, 'opened');
  await writeFile(
    path.join(field.folder, 'xdg-open'),
    `#!/bin/sh\necho "$0 $*" > "${opened}.part"\nmv "${opened}.part" "${opened}"\n`,
    {
      mode: 0o755,
    },
  );
  return { env: { PATH: `${field.folder}:${process.env.PATH}` }, opened };
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function appears(file: string, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(50)) if (await exists(file)) return true;
  return false;
}

async function end(program: Program): Promise<void> {
  program.kill('SIGINT');
  await program.end();
}

const onLinux = () => (process.platform === 'linux' ? null : 'it replaces xdg-open, which is for Linux');

/** What a usual client may have to wait while others flood the server, with room for busy machines. Without a flood: 2 ms. */
const LONG_MS = 1000;

export const TRIALS: readonly Trial[] = [
  {
    id: '4s',
    title: 'every reading says by which model, and so does the beginning',
    async run(field) {
      const { program, url } = await startDraw(field, ['--no-open']);
      const client = await ReadingClient.connect(url);
      await client.read(1);
      const lines = await program.until(({ stdout }) => stdout.includes('"event":"prediction"') && stdout.split('\n'));
      for (const name of ['listening', 'prediction']) {
        const line = lines.find((each) => each.includes(`"event":"${name}"`)) ?? '';
        const { model, labels } = JSON.parse(line);
        field.check(model === 'shipped' && labels?.length === 47, `${name}: model ${model}, ${labels?.length} labels`);
      }
      client.close();
      await end(program);
      const shown = field.start(['draw', '--no-open']);
      const text = await shown.until(({ stdout }) => /Draw at [^\n]*\n(.*\n)?/.test(stdout) && stdout);
      field.observe(text.trim().replace(/token=.*/, 'token=…'));
      const named = await shown
        .until(({ stdout, stderr }) => (/shipped.*47/.test(stdout) ? 'yes' : stderr.includes('Ctrl-C') && 'no'))
        .catch(() => 'no');
      field.check(named === 'yes', 'the text names the model and the number of its classes');
    },
  },
  {
    id: '13a',
    title: 'the page works through a forwarded port, and by the names of this machine',
    async run(field) {
      const { url } = await startDraw(field, ['--no-open']);
      const { port, search } = new URL(url);
      const forwarded = `localhost:${await forwardPort(field, Number(port))}`;
      await checkHosts(field, `http://${forwarded}/${search}`, 200, [
        { Host: forwarded, Origin: `http://${forwarded}` },
      ]);
      const names = [hostname(), `${hostname().split('.')[0]}.local`, 'host.docker.internal'];
      await checkHosts(
        field,
        url,
        200,
        names.map((name) => ({ Host: `${name}:${port}`, Origin: `http://${name}:${port}` })),
      );
      await checkHosts(field, url, 403, [
        { Host: `evil.example:${port}` },
        { Host: `127.0.0.1:${port}`, Origin: 'http://localhost:3000' },
      ]);
      const bare = `http://${forwarded}/`;
      field.check((await send(bare)).status === 403, 'without the token: 403');
    },
  },
  {
    id: '13b',
    title: '--allow-host lets pages reach the server by another name, also behind a proxy with TLS',
    async run(field) {
      const { url } = await startDraw(field, ['--no-open', '--allow-host', 'draw.example.com']);
      const { port, host } = new URL(url);
      await checkHosts(field, url, 200, [
        { Host: `draw.example.com:${port}`, Origin: `http://draw.example.com:${port}` },
        { Host: 'draw.example.com', Origin: 'https://draw.example.com' },
        { Host: host, Origin: 'https://draw.example.com' },
      ]);
      await checkHosts(field, url, 403, [
        { Host: 'other.example.com', Origin: 'http://other.example.com' },
        { Host: 'draw.example.com', Origin: 'https://evil.example' },
      ]);
      const { body } = await send(url, { headers: { Host: 'other.example.com' } });
      field.check(body.includes('--allow-host other.example.com'), `the refusal says what to do: ${body}`);
    },
  },
  {
    id: '13c',
    title: 'over SSH, draw says how to reach the page and opens no browser',
    skip: onLinux,
    async run(field) {
      const { env, opened } = await fakeBrowser(field);
      const program = field.start(['draw'], {
        env: { ...env, USER: 'ada', SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' },
      });
      const url = await program.until(({ stdout }) => /http:\S+(?=\s)/.exec(stdout)?.[0]);
      const { port } = new URL(url);
      await Promise.race([program.until(({ stderr }) => stderr.includes('ssh -L')), appears(opened, 5000)]);
      const line = `ssh -L ${port}:127.0.0.1:${port} ada@192.0.2.1`;
      field.check(program.stderr.includes(line), `it says ${line}`);
      field.check(!(await exists(opened)), 'no browser is opened');
    },
  },
  {
    id: '21a',
    title: 'fourteen clients with the largest drawings do not starve another',
    async run(field) {
      await measure(field, 'heavy:14');
    },
  },
  {
    id: '21b',
    title: 'fourteen clients with drawings at the limits, 60 times a second, do not starve another',
    async run(field) {
      await measure(field, 'long-60:14');
    },
  },
  {
    id: '22',
    title: 'idle and dripping connections without the token lock nobody out',
    async run(field) {
      const { url } = await startDraw(field, ['--no-open']);
      await flood(field, url, 'idle:100', 'dripping:100');
      for (let visit = 1; visit <= 10; visit++) {
        const start = performance.now();
        const status = await Promise.race([
          fetch(url).then(
            (page) => page.status,
            (error: Error) => error.message,
          ),
          delay(10_000, 'no answer within 10 s', { ref: false }),
        ]);
        field.check(status === 200, `visit ${visit}: ${status} after ${Math.round(performance.now() - start)} ms`);
      }
      const reading = await ReadingClient.connect(url).then(
        async (client) => {
          const [milliseconds] = await client.read(1);
          client.close();
          return milliseconds;
        },
        () => null,
      );
      field.check(reading !== null, `a page is read: ${reading?.toFixed(0)} ms`);
    },
  },
  {
    id: '25s',
    title: 'a stopped server says so at once, and one with the same token lets open pages in again',
    async run(field) {
      const token = 'a-token-of-my-own-1';
      const { program, url } = await startDraw(field, ['--no-open']);
      const page = new WebSocket(url.replace('http', 'ws'));
      await once(page, 'message');
      const closed = once(page, 'close');
      await end(program);
      const [code] = await closed;
      field.check(code === 1001, `the page is told that the server has stopped: code ${code}`);
      const first = await startDraw(field, ['--no-open', '--token', token]);
      field.check(new URL(first.url).searchParams.get('token') === token, 'the URL has the given token');
      await end(first.program);
      const { url: again } = await startDraw(field, ['--no-open', '--token', token, '--port', new URL(first.url).port]);
      field.check((await upgrade(first.url, {})) === 101 && again === first.url, 'the URL of the first server works');
    },
  },
  {
    id: '28',
    title: 'no command line and no address bar needs to show the token',
    skip: onLinux,
    async run(field) {
      const { env, opened } = await fakeBrowser(field);
      const { url } = await startDraw(field, [], { env });
      const { origin, searchParams } = new URL(url);
      await appears(opened, 10_000);
      const commandLine = await readFile(opened, 'utf8');
      const token = searchParams.get('token')!;
      field.check(!commandLine.includes(token), `the browser is started without the token: ${commandLine.trim()}`);
      const link = commandLine.trim().split(' ').at(-1)!;
      const visit = await fetch(link, { redirect: 'manual' });
      const cookie = visit.headers.get('set-cookie') ?? '';
      field.check(
        /HttpOnly/i.test(cookie) && /SameSite=Strict/i.test(cookie),
        `a cookie is set: ${cookie.replace(/=[\w-]+/, '=…')}`,
      );
      field.check(!cookie.includes(token), 'the cookie does not contain the token');
      const headers = { Cookie: cookie.split(';')[0]! };
      const page = await fetch(`${origin}/`, { headers });
      field.check(page.status === 200, `with the cookie, the page needs no token: ${page.status}`);
      const socket = await upgrade(`${origin}/`, { ...headers, Origin: origin });
      field.check(socket === 101, `neither does its WebSocket: ${socket}`);
      const bare = await upgrade(`${origin}/`, headers);
      field.check(bare === 403, `but a WebSocket that names no origin does: ${bare}`);
      const again = await fetch(link, { redirect: 'manual' });
      field.check(again.status === 403, `the link works once: ${again.status}`);
      const policy = page.headers.get('content-security-policy') ?? '';
      field.check(page.headers.get('cross-origin-opener-policy') === 'same-origin', 'COOP is same-origin');
      field.check(policy.includes('img-src') && !policy.includes('blob:'), `no blob: in the policy: ${policy}`);
    },
  },
  {
    id: '28b',
    title: 'where others can reach the server, it warns that nothing is encrypted',
    async run(field) {
      const { program } = await startDraw(field, ['--no-open', '--host', '0.0.0.0']);
      await Promise.race([
        program.until(({ stderr }) => stderr.includes('encrypted')),
        delay(3000, null, { ref: false }),
      ]);
      field.check(program.stderr.includes('not encrypted'), program.stderr.trim() || 'a warning');
    },
  },
];

/** Measures how long a usual client waits for its readings, before and during a flood. */
async function measure(field: Field, ...kinds: string[]): Promise<void> {
  const { url } = await startDraw(field, ['--no-open']);
  const client = await ReadingClient.connect(url);
  await client.read(20);
  const show = (when: string, values: readonly number[]) => {
    const [median, most] = [quantile(values, 0.5), quantile(values, 0.95)];
    field.observe(
      `${when}: ${values.length} readings, median ${median.toFixed(0)} ms, 95th percentile ${most.toFixed(0)} ms`,
    );
  };
  show('before', await client.read(50));
  await flood(field, url, ...kinds);
  const during: number[] = [];
  const failure = await (async () => {
    const end = performance.now() + 4000;
    while (performance.now() < end) during.push(...(await client.read(1, 20_000)));
    return null;
  })().catch((error: Error) => error.message);
  show(`during ${kinds.join(' ')}`, during);
  field.check(failure === null, `every drawing is read: ${failure ?? 'yes'}`);
  field.check(quantile(during, 0.95) < LONG_MS, `the 95th percentile is below ${LONG_MS} ms`);
  client.close();
}
