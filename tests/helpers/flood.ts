import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/**
 * Floods a canvas server: `node tests/helpers/flood.ts URL KIND:COUNT…`. In a process of its own, so that it does not slow
 * down what measures the server. It goes on until it is killed; a connection that is closed is opened again. Once all
 * have been open or refused, it prints a line.
 */

/** Opens one connection, calls `onOpen` when it is open, and resolves when it is closed. */
type Flooder = (url: string, onOpen: () => void) => Promise<void>;

/** How long a connection that was closed stays closed. */
const REOPEN_MS = 100;

/** 43,675 points in 262 kB, as many as the largest message has room for. */
function shortPoints(): string {
  const digit = () => Math.floor(10 * Math.random());
  const points = Array.from({ length: 43_675 }, () => `[${digit()},${digit()}]`);
  const strokes = Array.from({ length: 10 }, (_, index) => points.slice(index * 4368, (index + 1) * 4368));
  return `{"type":"drawing","id":1,"strokes":[${strokes.map((stroke) => `[${stroke.join()}]`).join()}]}`;
}

/** 5000 points all over the paper, with as many digits as there is room for. */
function longPoints(): string {
  const place = () => Number((1000 * Math.random()).toFixed(12));
  const strokes = Array.from({ length: 5 }, () =>
    Array.from({ length: 1000 }, () => [place(), place(), Number(Math.random().toFixed(8))]),
  );
  return JSON.stringify({ type: 'drawing', id: 1, strokes });
}

/** Sends messages at a rate until the connection is closed, and reads the answers. */
function talker(message: (() => string) | null, perSecond: number, options = {}): Flooder {
  return (url, onOpen) =>
    new Promise((resolve) => {
      const text = message?.();
      const socket = new WebSocket(url.replace('http', 'ws'), options);
      let timer: NodeJS.Timeout | undefined;
      socket.on('open', () => {
        onOpen();
        const say = () => text !== undefined && socket.bufferedAmount === 0 && socket.send(text);
        say();
        timer = setInterval(say, 1000 / perSecond);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
}

/** Connects without TLS or WebSocket, and sends these bytes, one at a time. */
function dripper(bytes: string, milliseconds: number): Flooder {
  return (url, onOpen) =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname, onOpen);
      let sent = 0;
      const timer = setInterval(() => sent < bytes.length && socket.write(bytes[sent++]!), milliseconds);
      socket.resume();
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
}

const withoutToken =
  (flooder: Flooder): Flooder =>
  (url, onOpen) =>
    flooder(new URL('/', url).href, onOpen);

const KINDS: Readonly<Record<string, Flooder>> = {
  /** The largest messages, 5 and 60 times a second. */
  heavy: talker(shortPoints, 5),
  'heavy-60': talker(shortPoints, 60),
  /** Messages that take the longest to read within the limits. */
  long: talker(longPoints, 5),
  'long-60': talker(longPoints, 60),
  invalid: talker(() => '{"type":"drawing","id":1,"strokes":[[[1,2]', 20),
  /** Says nothing, and answers no ping. */
  silent: talker(null, 1, { autoPong: false }),
  stranger: withoutToken(talker(() => 'hello', 20)),
  idle: dripper('', 1000),
  dripping: dripper(`GET /?token=wrong HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}`, 200),
};

const [url = '', ...wanted] = process.argv.slice(2);
const started = wanted.flatMap((argument) => {
  const [kind = '', count] = argument.split(':');
  const flooder = KINDS[kind];
  if (!flooder) throw new RangeError(`unknown kind ${kind}: use ${Object.keys(KINDS).join(', ')}`);
  return Array.from({ length: Number(count) }, () => keepOpen(flooder));
});
await Promise.all(started);
console.log('flooding');

/** Resolves when the connection has been open, or closed, for the first time. */
function keepOpen(flooder: Flooder): Promise<void> {
  return new Promise((resolve) => {
    const open = async (): Promise<never> => {
      for (;;) {
        await flooder(url, resolve);
        resolve();
        await delay(REOPEN_MS);
      }
    };
    void open();
  });
}
