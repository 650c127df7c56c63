import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { NetworkError, proxyFailure, proxyRefused } from './network-errors.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';

export interface RequestOptions {
  headers: Record<string, string>;
  /** Ends the request, and the response while it is read. */
  signal: AbortSignal;
  /** Names the proxies. */
  env: NodeJS.ProcessEnv;
  /** How long connecting may take, in milliseconds. */
  connectTimeout: number;
}

/**
 * Each address of a host is tried for this long, in milliseconds. Node's default, 250, is too short for satellite links and the
 * like, where no address would ever be reached.
 */
const ATTEMPT_TIMEOUT_MS = 3000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

/**
 * Sends a GET request, through a proxy if the environment names one, and follows redirects. The body is as sent, even with a
 * Content-Encoding. Throws what Node throws, or `NetworkError`s of proxies and redirects.
 */
export async function sendRequest(url: string, options: RequestOptions): Promise<IncomingMessage> {
  let target = new URL(url);
  let { headers } = options;
  for (let redirects = 0; ; redirects++) {
    const response = await requestOnce(target, { ...options, headers });
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode!) || location === undefined) return response;
    response.destroy();
    const failed = (what: string) => new NetworkError('download-failed', `${url} redirects ${what}`, { url });
    if (redirects === MAX_REDIRECTS) throw failed(`in a circle, or more than ${MAX_REDIRECTS} times`);
    const next = URL.parse(location, target.href);
    if (next === null || !/^https?:$/.test(next.protocol))
      throw failed(`to ${location}, which is not an http or https URL`);
    if (next.origin !== target.origin) {
      const { Authorization: _, ...others } = headers;
      headers = others;
    }
    target = next;
  }
}

async function requestOnce(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  const { headers, signal, env, connectTimeout } = options;
  const proxy = proxyFor(url, env);
  const isSecure = url.protocol === 'https:';
  if (proxy === null) {
    const connecting = { agent: false, autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT_MS };
    const request = (isSecure ? https : http).request(url, { headers, signal, ...connecting });
    return responseTo(request, connectTimeout, isSecure);
  }
  if (isSecure) {
    const socket = await openTunnel(proxy, url, options);
    const name = url.hostname.replace(/^\[|\]$/g, '');
    const connection = tls.connect({ socket, host: name, servername: isIP(name) ? '' : name });
    const request = https.request(url, { headers, signal, createConnection: () => connection });
    return responseTo(request, connectTimeout, true);
  }
  const path = new URL(url);
  path.username = path.password = '';
  const request = requestOfProxy(proxy, {
    signal,
    path: path.href,
    headers: { ...headers, Host: url.host, ...proxy.headers },
  });
  const response = await viaProxy(proxy, request, () =>
    responseTo(request, connectTimeout, proxy.url.protocol === 'https:'),
  );
  if (response.statusCode !== 407) return response;
  response.destroy();
  throw proxyRefused(proxy, url.host, response.statusCode);
}

/** Opens a connection through a proxy to the server of an https URL. */
async function openTunnel(proxy: HttpProxy, url: URL, { signal, connectTimeout }: RequestOptions): Promise<Duplex> {
  const authority = `${url.hostname}:${url.port || 443}`;
  const request = requestOfProxy(proxy, {
    signal,
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, ...proxy.headers },
  });
  const [response, socket, head] = await viaProxy(proxy, request, async () => {
    using _timer = limitConnecting(request, connectTimeout, null);
    request.end();
    return (await once(request, 'connect')) as [IncomingMessage, Duplex, Buffer];
  });
  if (response.statusCode !== 200) {
    socket.destroy();
    throw proxyRefused(proxy, url.host, response.statusCode!);
  }
  if (head.length > 0) socket.unshift(head);
  return socket;
}

function requestOfProxy({ url }: HttpProxy, options: http.RequestOptions): ClientRequest {
  const { hostname, port, protocol } = url;
  const address = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (protocol === 'https:' ? 443 : 80),
    autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT_MS,
  };
  return (protocol === 'https:' ? https : http).request({ ...address, ...options, agent: false });
}

/** Turns a failure to connect to a proxy, or to open a tunnel through it, into an error that names it. */
async function viaProxy<T>(proxy: HttpProxy, request: ClientRequest, action: () => Promise<T>): Promise<T> {
  let connected = false;
  const event = proxy.url.protocol === 'https:' ? 'secureConnect' : 'connect';
  request.once('socket', (socket) => socket.once(event, () => (connected = true)));
  try {
    return await action();
  } catch (error) {
    // After that, what fails is the request itself, unless it was for a tunnel.
    throw connected && request.method !== 'CONNECT' ? error : proxyFailure(proxy, error, connected);
  }
}

async function responseTo(request: ClientRequest, connectTimeout: number, isSecure: boolean): Promise<IncomingMessage> {
  using _timer = limitConnecting(request, connectTimeout, isSecure ? 'secureConnect' : 'connect');
  // It can also fail after the response has begun; the response then fails, too.
  request.on('error', () => {});
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

/** Limits the time until an event of the request's socket, or as long as the result is in use. */
function limitConnecting(request: ClientRequest, timeout: number, event: string | null): Disposable {
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${timeout / 1000} seconds`);
    request.destroy(Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' }));
  }, timeout);
  const stop = () => clearTimeout(timer);
  if (event !== null) request.once('socket', (socket) => socket.once(event, stop));
  return { [Symbol.dispose]: stop };
}
