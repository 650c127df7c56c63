import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { NewSample, Sample } from '../samples/sample.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { type Access, admit, createToken, LAUNCH_PATH, requestUrl } from './access.ts';
import { isLoopback, isWildcard, lanAddress, urlHost } from './addresses.ts';
import { Connections } from './connections.ts';
import { DrawClients, introduction } from './draw-clients.ts';
import type { DrawUpdate } from './draw-event.ts';
import { DRAW_DEFAULTS, type DrawReader, type DrawServerOptions } from './draw-options.ts';
import type { Expectation } from './expectation.ts';
import { hostNames } from './host-names.ts';
import { listenError } from './listen-error.ts';
import { PageRequests } from './page-requests.ts';
import { MAX_MESSAGE_BYTES, type PageMode } from './protocol.ts';
import { refuseUpgrade, respond } from './responses.ts';
import { UpdateQueue } from './update-queue.ts';

/** A running canvas server. Iterating it yields updates, `listening` first, until it is closed. */
export interface DrawServer extends AsyncIterable<DrawUpdate> {
  /** The URL of the page, with the token. */
  readonly url: string;
  /** The port it listens on and the secret in its URL: with both, a later server can take its place. */
  readonly port: number;
  readonly token: string;
  /** Whether other machines can reach it. Nothing is encrypted, so anyone in between can read along. */
  readonly shared: boolean;
  /**
   * A URL to start a browser with on this machine. It does not contain the token, since command lines can be seen by
   * everyone on the machine; it works once, for a minute.
   */
  launchUrl(): string;
  /**
   * Lets another model read, from the next drawing on. Pages are told and send their drawing again; the iteration yields
   * `model`. Resolves when the previous model is no longer in use.
   */
  switchReader(reader: DrawReader): Promise<void>;
  /** What pages expect from now on, unless their users have chosen something else. They send their drawing again. */
  setExpected(expected: Expectation): void;
  /** What pages read from now on: characters, or words. Their users can choose something else afterwards. */
  setMode(mode: PageMode): void;
  /**
   * Reads what is drawn on the terminal as if on a page, whatever number of strokes it has so far; the iteration yields
   * `prediction` with `client` 0. It is read again when samples, the model, or what is expected change.
   */
  read(strokes: Drawing): void;
  /**
   * Stores a drawing that was labeled on the terminal, after what pages have labeled before; the iteration yields `sample` with
   * `client` null. Throws an EmnistError if it cannot be stored.
   */
  addSample(sample: NewSample): Promise<Sample>;
  /** Removes a sample for the terminal, unless it is already gone. Throws an EmnistError if that fails. */
  removeSample(id: string): Promise<void>;
  /** Stores the labels that have arrived, and closes all connections. */
  close(): Promise<void>;
}

/** The page sends its requests at once; whoever takes longer keeps a connection from others. */
const TIMEOUTS = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };

// The types do not know all of them yet.
const socketOptions: ServerOptions & Record<'closeTimeout' | 'maxFragments' | 'maxBufferedChunks', number> = {
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  closeTimeout: 1000,
  // Browsers send a message in a few large pieces; many tiny ones would take a lot of memory.
  maxFragments: 1024,
  maxBufferedChunks: 4096,
};

/**
 * Serves the canvas page over HTTP and recognizes its drawings over a WebSocket.
 *
 * One reader can iterate the updates, now or later. Leaving the iteration keeps the server running. If `recognize` throws,
 * or storing a label throws anything but an EmnistError, the server closes and the iteration throws the error.
 *
 * @throws EmnistError `port-taken`, `port-forbidden`, `host-unknown`
 */
export async function startDrawServer(options: DrawServerOptions): Promise<DrawServer> {
  const { host = DRAW_DEFAULTS.host, port = DRAW_DEFAULTS.port, token = createToken(), signal } = options;
  signal?.throwIfAborted();

  const http = createServer(TIMEOUTS).listen({ host, port });
  try {
    await once(http, 'listening');
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = http.address() as AddressInfo;
  const { allowedHosts, hostHint = () => '' } = options;
  const access: Access = { token, names: hostNames(host, bound.address, allowedHosts), hostHint };
  const connections = new Connections();
  const queue = new UpdateQueue();
  let requests: PageRequests;
  let clients: DrawClients;
  try {
    requests = new PageRequests(access);
    clients = new DrawClients(options, (update) => queue.push(update), fail);
  } catch (error) {
    // It would keep the process alive.
    http.close();
    throw error;
  }
  const sockets = new WebSocketServer(socketOptions);
  http.on('error', fail);
  http.on('connection', (socket) => connections.add(socket));
  http.on('request', (request, response) => {
    const answer = requests.answer(request);
    if (answer.status !== 403) connections.trust(request.socket);
    respond(request, response, answer);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // A connection that is cut while it is being refused needs no answer.
    socket.on('error', () => {});
    const { refusal } = admit(request, access, 'socket');
    if (refusal !== undefined) return refuseUpgrade(socket, 403, refusal);
    if (requestUrl(request)?.pathname !== '/') return refuseUpgrade(socket, 404, 'Not found.');
    connections.trust(socket);
    sockets.handleUpgrade(request, socket, head, (client) => clients.add(client, socket.remoteAddress ?? ''));
  });

  let closing: Promise<void> | null = null;
  let failure: { thrown: unknown } | null = null;
  function close(): Promise<void> {
    closing ??= (async () => {
      signal?.removeEventListener('abort', close);
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await clients.close();
      // Includes those being refused, which `clients` does not know.
      for (const socket of sockets.clients) socket.terminate();
      await closed;
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

  const shared = !isLoopback(bound.address);
  const everywhere = isWildcard(bound.address);
  const origin = (name: string) => `http://${urlHost(name)}:${bound.port}`;
  const url = `${origin(everywhere ? ((await lanAddress()) ?? '127.0.0.1') : host)}/?token=${token}`;
  queue.push({ event: { event: 'listening', url, ...introduction(options) } });
  signal?.addEventListener('abort', close);
  if (signal?.aborted) await close();

  return {
    url,
    port: bound.port,
    token,
    shared,
    launchUrl: () => `${origin(everywhere ? '127.0.0.1' : host)}${LAUNCH_PATH}${requests.createLaunchSecret()}`,
    switchReader: (reader) => clients.switchReader(reader),
    setExpected: (expected) => clients.setExpected(expected),
    setMode: (mode) => clients.setMode(mode),
    read: (strokes) => clients.read(strokes),
    addSample: (sample) => clients.labels.add(sample),
    removeSample: (id) => clients.labels.remove(id),
    close,
    [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator](),
  };
}
