import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import { type Access, createToken, refusal, requestUrl } from './access.ts';
import { isWildcard, lanAddress, ownHosts, urlHost } from './addresses.ts';
import { DrawClients } from './draw-clients.ts';
import type { DrawServerOptions, DrawUpdate } from './draw-options.ts';
import { checkListen, listenError } from './listen-error.ts';
import { pageFiles, securityHeaders } from './page-files.ts';
import { MAX_MESSAGE_BYTES } from './protocol.ts';
import { UpdateQueue } from './update-queue.ts';

/** The running canvas server. Iterating gives its updates, `listening` first, until it is closed. */
export interface DrawServer extends AsyncIterable<DrawUpdate> {
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

/** Pages, the requests for their files, and some that only hold on. */
const MAX_CONNECTIONS = 128;

// `closeTimeout` is younger than the types.
const socketOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: 2000,
};

/**
 * Serves the canvas page over HTTP and recognizes what is drawn on it, over a WebSocket.
 *
 * The updates can be iterated from now on or later, by one reader. Breaking off the iteration leaves the server running;
 * should `recognize` throw, the server closes and the iteration throws that error.
 *
 * @throws EmnistError `port-taken`, `port-forbidden`, `host-unknown`; `usage` for an invalid port or host
 */
export async function startDrawServer(options: DrawServerOptions): Promise<DrawServer> {
  const { host = '127.0.0.1', port = 0, token = createToken(), signal } = options;
  checkListen(host, port);
  signal?.throwIfAborted();

  const files = pageFiles(token);
  const http = createServer({ keepAliveTimeout: 5000 }).listen({ host, port });
  try {
    await once(http, 'listening');
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = http.address() as AddressInfo;
  const access: Access = { token, port: bound.port, isOwnHost: ownHosts(host, bound.address) };

  const queue = new UpdateQueue();
  const clients = new DrawClients(options, (update) => queue.push(update), fail);
  const sockets = new WebSocketServer(socketOptions);
  http.on('error', fail);
  http.maxConnections = MAX_CONNECTIONS;

  http.on('request', (request, response) => {
    const refused = refusal(request, access);
    if (refused) return answer(request, response, 403, refused);
    const file = files.get(requestUrl(request)?.pathname ?? '');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return answer(request, response, 405, 'Only GET and HEAD are answered.');
    }
    if (!file) return answer(request, response, 404, 'There is nothing here.');
    return answer(request, response, 200, file.body, file.type);
  });
  http.on('upgrade', (request, socket, head) => {
    // The connection may be cut while it is being refused; there is nobody left to tell then.
    socket.on('error', () => {});
    const refused = refusal(request, access);
    if (refused) return refuseUpgrade(socket, 403, refused);
    if (requestUrl(request)?.pathname !== '/') return refuseUpgrade(socket, 404, 'There is nothing here.');
    sockets.handleUpgrade(request, socket, head, (client) => clients.add(client));
  });

  let closing: Promise<void> | null = null;
  let failure: { thrown: unknown } | null = null;
  function close(): Promise<void> {
    closing ??= (async () => {
      signal?.removeEventListener('abort', close);
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      // Those that are being refused as well, which `clients` no longer knows of.
      const ended = clients.close();
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all([closed, ended]);
      if (failure) queue.fail(failure.thrown);
      else queue.end();
    })();
    return closing;
  }
  /** Whoever reads the updates hears of it when all is closed, and can put the model away. */
  function fail(error: unknown): void {
    failure ??= { thrown: error };
    void close();
  }

  const reachable = isWildcard(bound.address) ? ((await lanAddress()) ?? '127.0.0.1') : host;
  const url = `http://${urlHost(reachable)}:${bound.port}/?token=${token}`;
  queue.push({ event: { event: 'listening', url } });
  signal?.addEventListener('abort', close);
  if (signal?.aborted) await close();

  return { url, close, [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator]() };
}

/** Answers with a page file, or with a sentence as plain text. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Uint8Array | string,
  type = 'text/plain; charset=utf-8',
): void {
  const bytes = Buffer.from(body);
  const host = status === 200 ? request.headers.host : undefined;
  // A refused request may come with a body that nobody is going to read.
  if (status !== 200) response.setHeader('Connection', 'close');
  response.writeHead(status, { ...securityHeaders(host), 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const headers = { ...securityHeaders(), 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`, () => socket.destroy());
}
