import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { named } from '../helpers/skip.ts';
import { run, runJson, start, temporaryFolder } from './run.ts';

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
  expect(await readFile(opened, 'utf8')).toBe(`${url}\n`);
});

test.skipIf(notLinux)(named('no browser to open is a warning, not an error', notLinux), async () => {
  const folder = await temporaryFolder();
  const program = start(['draw'], { home: folder, env: { PATH: folder } });
  await program.until(({ stderr }) => stderr.includes('warning'));
  const url = await program.until(({ stdout }) => /http:\S+(?=\n)/.exec(stdout)?.[0]);
  expect(program.stderr).toMatch(/^emnist-tui: warning: could not open a browser .* — open http:.* yourself$/m);
  expect((await fetch(url)).status).toBe(200);
});
