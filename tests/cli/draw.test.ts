import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { qrCode } from '../../src/app/qr-code.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { send } from '../core/server/server-helpers.ts';
import { named } from '../helpers/skip.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { ERROR_LINE, EXECUTABLE, run, runJson, start, temporaryFolder } from './run.ts';

const DRAWING = {
  type: 'drawing',
  id: 1,
  strokes: [
    [
      [50, 10],
      [50, 90],
    ],
  ],
};

test('serves the page, prints what is drawn, and Ctrl-C ends it with 130', async () => {
  const program = start(['draw', '--no-open', '--json'], { home: await temporaryFolder() });
  const { url } = await program.event('listening');
  const address = new URL(String(url));
  expect(address.hostname).toBe('127.0.0.1');
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<canvas');
  const withoutToken = await fetch(address.origin);
  expect(withoutToken.status).toBe(403);

  const socket = new WebSocket(String(url).replace('http:', 'ws:'), { origin: address.origin });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify(DRAWING));
  const prediction = await program.event('prediction');
  expect(prediction).toMatchObject({ client: 1, strokes: 1, milliseconds: expect.any(Number) });
  const predictions = prediction.predictions as { label: string; probability: number }[];
  expect(predictions).toHaveLength(5);
  expect(program.events).toContainEqual({ event: 'client', clients: 1 });

  program.kill('SIGINT');
  const { code, stderr } = await program.end();
  expect(code).toBe(130);
  expect(stderr).not.toContain('emnist-tui:');
});

test('says that a drawing looks like several characters, or like none', async () => {
  const program = start(['draw', '--no-open'], { home: await temporaryFolder() });
  const url = await program.until(({ stdout }) => /Draw at (\S+)/.exec(stdout)?.[1]);
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const [stroke] = DRAWING.strokes;
  const beside = stroke!.map(([x, y]) => [x! + 60, y!]);
  socket.send(JSON.stringify({ ...DRAWING, strokes: [stroke, beside] }));
  await program.until(({ stdout }) => /^page 1: .*looks like several characters$/m.test(stdout));
  socket.send(JSON.stringify({ ...DRAWING, id: 2, strokes: [[[50, 50]]] }));
  await program.until(({ stdout }) => /^page 1: .*does not look like a character$/m.test(stdout));
  socket.send(JSON.stringify({ ...DRAWING, id: 3 }));
  await program.until(({ stdout }) => /^page 1: .* ms\)$/m.test(stdout));
});

test('pages start with what they are told to expect, and what they expect is in the events', async () => {
  const options = ['--characters', 'letters', '--prior', 'forms'];
  const program = start(['draw', '--no-open', '--json', ...options], { home: await temporaryFolder() });
  const { url } = await program.event('listening');
  const socket = new WebSocket(String(url).replace('http:', 'ws:'));
  onTestFinished(() => socket.terminate());
  const [hello] = await once(socket, 'message');
  expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello', characters: 'letters', prior: 'forms' });
  socket.send(JSON.stringify({ ...DRAWING, characters: '17', prior: 'uniform' }));
  const { predictions, characters, prior } = await program.event('prediction');
  expect({ characters, prior }).toEqual({ characters: '17', prior: undefined });
  expect((predictions as { label: string }[]).map(({ label }) => label)).toEqual(['1', '7']);
});

test('what the model cannot answer is not expected', async () => {
  const { code, stderr } = await run(['draw', '--no-open', '--characters', '7+'], { home: await temporaryFolder() });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/no class for "\+"/);
  expect(stderr).toMatch(ERROR_LINE);
});

test('a port in use is an error with a hint', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { code, events, stderr } = await runJson(['draw', '--no-open', '--port', String(port)], {
    home: await temporaryFolder(),
  });
  expect(code).toBe(1);
  expect(events).toEqual([expect.objectContaining({ event: 'error', code: 'port-taken' })]);
  expect(stderr).toBe(`emnist-tui: port ${port} is already in use — choose another port with --port, or omit it\n`);
});

test('a host that is not an address of this machine is refused', async () => {
  const { code, stderr } = await run(['draw', '--no-open', '--host', '192.0.2.1'], { home: await temporaryFolder() });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^emnist-tui: "192\.0\.2\.1" is not an address of this machine .* — .*\n$/);
});

const notLinux = process.platform === 'linux' ? null : 'the test replaces xdg-open, which is for Linux';

test.skipIf(notLinux)(named('opens the browser at the URL', notLinux), async () => {
  const folder = await temporaryFolder();
  const opened = path.join(folder, 'opened');
  execFileSync('mkfifo', [opened]);
  await writeFile(path.join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > "${opened}"\n`, { mode: 0o755 });
  const program = start(['draw', '--json'], { home: folder, env: { PATH: `${folder}:${process.env.PATH}` } });
  const { url } = await program.event('listening');
  const { origin, searchParams } = new URL(String(url));
  const launched = (await readFile(opened, 'utf8')).trim();
  expect(launched).toMatch(new RegExp(`^${origin}/launch/[\\w-]+$`));
  expect(launched).not.toContain(searchParams.get('token'));
  const page = await fetch(launched, { redirect: 'manual' });
  expect([page.status, page.headers.get('location')]).toEqual([303, '/']);
});

test.skipIf(notLinux)(named('over SSH it says how to reach the page, and opens no browser', notLinux), async () => {
  const folder = await temporaryFolder();
  const opened = path.join(folder, 'opened');
  await writeFile(path.join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > "${opened}"\n`, { mode: 0o755 });
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22',
    USER: 'ada',
  };
  const program = start(['draw'], { home: folder, env });
  const url = await program.until(({ stdout }) => /http:\S+(?=\n)/.exec(stdout)?.[0]);
  const { port } = new URL(url);
  await program.until(({ stderr }) => stderr.includes(`and open ${url}\n`));
  expect(program.stderr).toContain(`  ssh -L ${port}:127.0.0.1:${port} ada@192.0.2.1\n`);
  expect(existsSync(opened)).toBe(false);
});

test('where others can reach it, it warns that nothing is encrypted, and a terminal shows the URL as a QR code', async () => {
  const home = await temporaryFolder();
  const terminal = startTerminal(process.execPath, [EXECUTABLE, 'draw', '--no-open', '--host', '0.0.0.0'], {
    rows: 50,
    env: { EMNIST_TUI_HOME: home },
  });
  onTestFinished(() => terminal.close());
  // The last line of the code is half empty.
  const screen = await terminal.waitForText(/▀{30}/);
  expect(screen).toContain('not encrypted');
  const [url = ''] = /http:\S+/.exec(screen) ?? [];
  for (const line of qrCode(url)) expect(screen).toContain(line.trimEnd());
});

test('keeps its port and token, so that open pages reconnect after a restart', async () => {
  const home = await temporaryFolder();
  const env = { EMNIST_TUI_TOKEN: 'a-token-of-my-own-1' };
  const first = start(['draw', '--no-open', '--json'], { home, env });
  const url = String((await first.event('listening')).url);
  expect(new URL(url).searchParams.get('token')).toBe('a-token-of-my-own-1');
  const { port } = new URL(url);
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  await once(socket, 'open');
  const closed = once(socket, 'close');
  first.kill('SIGINT');
  expect((await closed)[0]).toBe(1001);
  await first.end();
  const second = start(['draw', '--no-open', '--json', '--port', port, '--token', 'a-token-of-my-own-1'], { home });
  expect((await second.event('listening')).url).toBe(url);
});

test('a token of the environment that is not one is named, unless another one is given', async () => {
  const home = await temporaryFolder();
  const env = { EMNIST_TUI_TOKEN: 'short' };
  const { code, stderr } = await run(['draw', '--no-open'], { home, env });
  expect([code, stderr]).toEqual([
    2,
    'emnist-tui: invalid EMNIST_TUI_TOKEN — use 16 to 128 letters, digits, "-", and "_"\n',
  ]);
  const given = start(['draw', '--no-open', '--json', '--token', 'a-token-of-my-own-1'], { home, env });
  expect((await given.event('listening')).url).toContain('a-token-of-my-own-1');
  // An empty variable is one that is not set.
  const unset = start(['draw', '--no-open', '--json'], { home, env: { EMNIST_TUI_TOKEN: '' } });
  expect((await unset.event('listening')).url).toMatch(/token=[\w-]{32}$/);
});

test.each([
  [['--token', 'short'], 'use 16 to 128 letters, digits'],
  [['--token', 'with a space in it'], 'use 16 to 128 letters, digits'],
  [['--allow-host', 'https://example.com/'], 'use a host name or address'],
  [['--allow-host', 'example.com', '--allow-host', '*'], 'use a host name or address'],
  [['--allow-host', '.example.com'], 'use a host name or address'],
])('%j is refused with what to use instead', async (args, hint) => {
  const { code, stderr } = await run(['draw', '--no-open', ...args], { home: await temporaryFolder() });
  expect(code).toBe(2);
  expect(stderr).toMatch(ERROR_LINE);
  expect(stderr).toContain(hint);
});

test('names given with --allow-host are accepted, and a refusal names the option', async () => {
  const args = ['draw', '--no-open', '--json', '--allow-host', 'draw.example.com', '--allow-host', 'other.example'];
  const program = start(args, { home: await temporaryFolder() });
  const url = String((await program.event('listening')).url);
  const visit = (Host: string) => send(url, { headers: { Host } });
  expect((await visit('draw.example.com')).status).toBe(200);
  expect((await visit('other.example:8080')).status).toBe(200);
  const { status, body } = await visit('third.example');
  expect(status).toBe(403);
  expect(body).toContain('--allow-host third.example');
});

test('says which model reads', async () => {
  const program = start(['draw', '--no-open'], { home: await temporaryFolder() });
  await program.until(({ stdout }) => /^Read by shipped \(47 classes, trained on bymerge\)$/m.test(stdout));
});

test.skipIf(notLinux)(named('no browser to open is a warning, not an error', notLinux), async () => {
  const folder = await temporaryFolder();
  const program = start(['draw'], { home: folder, env: { PATH: folder } });
  await program.until(({ stderr }) => stderr.includes('warning'));
  const url = await program.until(({ stdout }) => /http:\S+(?=\n)/.exec(stdout)?.[0]);
  expect(program.stderr).toMatch(/^emnist-tui: warning: could not open a browser .* — open http:.* yourself$/m);
  expect((await fetch(url)).status).toBe(200);
});

test('reports samples that cannot be read, and lets people draw', async () => {
  const home = await temporaryFolder();
  await writeFile(resolvePaths(home).samples, 'not a sample\n');
  const program = start(['draw', '--no-open', '--json'], { home });
  expect(await program.event('error')).toMatchObject({ code: 'samples-invalid', hint: expect.stringMatching(/./) });
  const { url } = await program.event('listening');
  expect((await fetch(String(url))).status).toBe(200);
  program.child.kill('SIGINT');
  await once(program.child, 'exit');
});
