import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { chooseClasses } from '../../src/core/labels.ts';
import { MAX_MESSAGE_BYTES } from '../../src/core/server/protocol.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { openPage, startServer } from '../core/server/server-helpers.ts';
import { MemorySampleBook } from '../helpers/memory-sample-book.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.ts';

const MESSAGE = {
  type: 'drawing',
  id: 1,
  strokes: [
    [
      [10, 10],
      [60, 12, 0.5],
      [90.5, -80],
    ],
    [[5, 5]],
  ],
  characters: '0123456789-',
  prior: 'forms',
};

const LABEL = {
  type: 'label',
  id: 1,
  label: 'g',
  strokes: MESSAGE.strokes,
  origin: 'confirmed',
  readAs: '9',
  key: 'k',
};
const UNLABEL = { type: 'unlabel', id: 1, sample: 'sample-1' };

/** A server that turns what it accepts into images and classes, as the real one does. */
function start() {
  const model = { name: 'digits', labels: splitLabels('digits') };
  return startServer({
    model,
    samples: new MemorySampleBook(),
    async recognize(strokes, { characters = 'all' } = {}) {
      chooseClasses(model.labels, characters);
      return { predictions: [], image: rasterize(strokes) };
    },
  });
}

/** Whether a well-behaved page gets an answer. */
async function expectAlive(url: string): Promise<void> {
  const page = await openPage(url);
  page.draw(1, 2);
  expect((await page.next('prediction')).id).toBe(1);
  page.socket.terminate();
  await page.closed;
}

/** Sends text on a new connection until it is answered, or closed for a reason that the protocol knows. */
async function say(url: string, data: string | Buffer): Promise<void> {
  const page = await openPage(url);
  page.socket.send(data);
  const answered = (['prediction', 'labeled', 'unlabeled', 'label-refused'] as const).map((type) => page.next(type));
  const outcome = await Promise.race([...answered.map((answer) => answer.then(() => null)), page.closed]);
  if (outcome) expect([1007, 1008, 1009]).toContain(outcome.code);
  page.socket.terminate();
  await page.closed;
}

test.each([
  ['drawings', MESSAGE],
  ['labels', LABEL],
  ['labels that are undone', UNLABEL],
])('mutated messages: %s', async (_, message) => {
  const { url } = await start();
  const text = Buffer.from(JSON.stringify(message));
  const inBytes = byteMutations.map((mutations) => mutateBytes(text, mutations));
  const inValues = jsonMutations.map((mutations) => JSON.stringify(mutateJson(message, mutations)));
  await fuzz(fc.oneof(inBytes, inBytes.map(String), inValues, inValues), (data) => say(url, data), {
    seed: 1,
    runs: 300,
  });
  await expectAlive(url);
});

test('mutated frames', async () => {
  const { url } = await start();
  const text = JSON.stringify(MESSAGE);
  const frames = Buffer.concat([frame(OPCODE.text, text), frame(OPCODE.ping, 'x'), frame(OPCODE.close, '\x03\xe8')]);
  await fuzz(
    byteMutations,
    async (mutations) => {
      const socket = await upgrade(url);
      const closed = once(socket, 'close');
      // The server would wait for the rest of a frame that claims to be longer than it is.
      socket.end(mutateBytes(frames, mutations));
      await closed;
    },
    { seed: 2, runs: 300 },
  );
  await expectAlive(url);
});

test('mutated upgrade requests', async () => {
  const { url } = await start();
  const request = Buffer.from(upgradeRequest(url));
  await fuzz(
    byteMutations,
    async (mutations) => {
      const socket = await open(url);
      const closed = once(socket, 'close');
      socket.end(mutateBytes(request, mutations));
      await closed;
    },
    { seed: 3, runs: 200 },
  );
  await expectAlive(url);
});

test('a message in pieces is refused once it is larger than any message', async () => {
  const { url } = await start();
  const socket = await upgrade(url);
  const closed = once(socket, 'close');
  const piece = 'x'.repeat(1000);
  socket.write(frame(OPCODE.text, piece, false));
  for (let sent = 0; sent < 4 * MAX_MESSAGE_BYTES && !socket.destroyed; sent += piece.length) {
    socket.write(frame(OPCODE.continuation, piece, false));
  }
  await closed;
  await expectAlive(url);
});

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  // Nobody reads the answers, which would keep the connection from ending.
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

function upgradeRequest(url: string): string {
  const { host, pathname, search, origin } = new URL(url);
  const headers = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    `Origin: ${origin}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16, 1).toString('base64')}`,
    'Sec-WebSocket-Extensions: permessage-deflate',
  ];
  return `${headers.join('\r\n')}\r\n\r\n`;
}

/** A connection that has been upgraded to the WebSocket protocol. */
async function upgrade(url: string): Promise<Socket> {
  const socket = await open(url);
  const answered = once(socket, 'data');
  socket.write(upgradeRequest(url));
  const [answer] = await answered;
  expect(String(answer)).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
}

const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9 };

/** A frame as clients send it (RFC 6455, 5.2), masked. */
function frame(opcode: number, payload: string, isFinal = true): Buffer {
  const data = Buffer.from(payload, 'latin1');
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const isLong = data.length > 125;
  const length = Buffer.alloc(isLong ? 3 : 1);
  length[0] = 0x80 | (isLong ? 126 : data.length);
  if (isLong) length.writeUInt16BE(data.length, 1);
  const masked = data.map((byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode]), length, mask, masked]);
}
