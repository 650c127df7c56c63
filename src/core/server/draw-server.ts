import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import { type Access, createToken, refusal, requestUrl } from './access.ts';
import { isWildcard, lanAddress, ownHosts, urlHost } from './addresses.ts';
import { DrawClients, introduction } from './draw-clients.ts';
import type { DrawUpdate } from './draw-event.ts';
import { DRAW_DEFAULTS, type DrawReader, type DrawServerOptions } from './draw-options.ts';
import { listenError } from './listen-error.ts';
import { pageFiles, securityHeaders } from './page-files.ts';
import { MAX_MESSAGE_BYTES } from './protocol.ts';
import { UpdateQueue } from './update-queue.ts';

/** A running canvas server. Iterating it yields updates, `listening` first, until it is closed. */
export interface DrawServer extends AsyncIterable<DrawUpdate> {
  /** The URL of the page, with the token. */
  readonly url: string;
  /** The port it listens on and the secret in its URL: with both, a later server can take its place. */
  readonly port: number;
  readonly token: string;
  /**
   * Lets another model read, from the next drawing on. Pages are told and send their drawing again; the iteration yields
   * `model`. Resolves when the previous model is not in use anymore.
   */
  switchReader(reader: DrawReader): Promise<void>;
  close(): Promise<void>;
}

/** For pages, the requests for their files, and a few idle connections. */
const MAX_CONNECTIONS = 128;

// The types do not know `closeTimeout` yet.
const socketOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: 2000,
};

/**
 * Serves the canvas page over HTTP and recognizes its drawings over a WebSocket.
 *
 * One reader can iterate the updates, now or later. Leaving the iteration keeps the server running. If `recognize` throws,
 * the server closes and the iteration throws the error.
 *
 * @throws EmnistError `port-taken`, `port-forbidden`, `host-unknown`
 */
export async function startDrawServer(options: DrawServerOptions): Promise<DrawServer> {
  const { host = DRAW_DEFAULTS.host, port = DRAW_DEFAULTS.port, token = createToken(), signal } = options;
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
      return answer(request, response, 405, 'Only GET and HEAD requests are supported.');
    }
    if (!file) return answer(request, response, 404, 'Not found.');
    return answer(request, response, 200, file.body, file.type);
  });
  http.on('upgrade', (request, socket, head) => {
    // A connection that is cut while it is being refused needs no answer.
    socket.on('error', () => {});
    const refused = refusal(request, access);
    if (refused) return refuseUpgrade(socket, 403, refused);
    if (requestUrl(request)?.pathname !== '/') return refuseUpgrade(socket, 404, 'Not found.');
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
      // Includes those being refused, which `clients` does not know.
      const ended = clients.close();
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all([closed, ended]);
      if (failure) queue.fail(failure.thrown);
      else queue.end();
    })();
    return closing;
  }
  /** The reader of the updates gets the error when everything is closed, and can then dispose of the model. */
  function fail(error: unknown): void {
    failure ??= { thrown: error };
    void close();
  }

  const reachable = isWildcard(bound.address) ? ((await lanAddress()) ?? '127.0.0.1') : host;
  const url = `http://${urlHost(reachable)}:${bound.port}/?token=${token}`;
  queue.push({ event: { event: 'listening', url, ...introduction(options) } });
  signal?.addEventListener('abort', close);
  if (signal?.aborted) await close();

  return {
    url,
    port: bound.port,
    token,
    switchReader: (reader) => clients.switchReader(reader),
    close,
    [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator](),
  };
}

/** Responds with a file of the page, or with a sentence as plain text. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Uint8Array | string,
  type = 'text/plain; charset=utf-8',
): void {
  const bytes = Buffer.from(body);
  const host = status === 200 ? request.headers.host : undefined;
  // A refused request may have a body that is never read.
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
