import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';
import { openDrawScreen } from '../helpers/draw-screen.ts';
import { startTerminal } from '../helpers/terminal.ts';

/** Three strokes that look like `lil`, without the dot. */
const STROKES = [20, 45, 70].map((x, index) =>
  Array.from({ length: 20 }, (_, step) => [x, (index === 1 ? 50 : 10) + (index === 1 ? 2 : 4) * step]),
);

test('draw --text replaces what it shows of a line, also if the terminal has become narrower', async () => {
  const terminal = startTerminal(process.execPath, [EXECUTABLE, 'draw', '--text', '--no-open'], {
    env: { CI: undefined, EMNIST_TUI_HOME: await temporaryFolder() },
  });
  onTestFinished(() => terminal.close());
  const [url = ''] = /http:\S+/.exec(await terminal.waitForText(/Write at http:\S+\n/)) ?? [];
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'text', id: 1, strokes: STROKES }));
  await terminal.waitForText(/1 page connected\npage 1: \S.{40,}%\n[\s\S]*Strokes +\d/);
  terminal.resize(40, 24);
  // libuv handles signals after everything else that has arrived: at the ping's answer, the new size is known.
  socket.ping();
  await once(socket, 'pong');
  socket.send(JSON.stringify({ type: 'text', id: 2, strokes: STROKES.slice(0, 2) }));
  await terminal.waitForText(/1 page connected\npage 1: .*\n {2}Character/);
});

test('the app reads what is written on a page, collects what is accepted, and copies it', async () => {
  const { terminal, url } = await openDrawScreen();
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  onTestFinished(() => socket.terminate());
  const messages: { type: string }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await once(socket, 'open');
  await terminal.waitForText(/1 page connected/);

  terminal.press('w');
  await terminal.waitForText(/reading words[\s\S]*Write a word/);
  socket.send(JSON.stringify({ type: 'text', id: 1, strokes: STROKES }));
  await terminal.waitForText(/Read in [\d.]+ ms[\s\S]*%[\s\S]*Character +\S[\s\S]*Strokes +\d/);
  // The page was told before the answer to what it sent later.
  expect(messages.map(({ type }) => type).filter((type) => ['mode', 'text'].includes(type))).toEqual(['mode', 'text']);
  expect(messages).toContainEqual({ type: 'mode', mode: 'word' });

  socket.send(JSON.stringify({ type: 'accept', id: 2, text: 'see you', key: 'first' }));
  socket.send(JSON.stringify({ type: 'text', id: 3, strokes: [] }));
  socket.send(JSON.stringify({ type: 'accept', id: 4, text: 'tomorrow?', key: 'second' }));
  await terminal.waitForText(/see you tomorrow\?[\s\S]*Write the next line[\s\S]*c copy/);
  terminal.press('c');
  await terminal.waitForText(/Copied 17 characters/);
  expect(terminal.emulator.raw).toContain(`\u001B]52;c;${Buffer.from('see you tomorrow?').toString('base64')}\u0007`);

  // What was collected stays when the server is restarted, and when characters are drawn in between.
  terminal.press('s', 'y');
  await terminal.waitForText(/unshare/);
  await terminal.waitForText(/see you tomorrow\?/);
  terminal.press('w');
  await terminal.waitForText(/Draw with shipped/);
  terminal.press('w');
  await terminal.waitForText(/see you tomorrow\?/);
  terminal.press('q');
  expect(await terminal.exitCode).toBe(0);
});
