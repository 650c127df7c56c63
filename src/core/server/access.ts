import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type HostNames, isHostName } from './host-names.ts';

/** How long a launch link is valid: until the browser has started, even on a slow machine. */
const LAUNCH_MS = 60_000;
/** Where launch links point, followed by their secret. */
export const LAUNCH_PATH = '/launch/';

/** A new secret for the URL: 192 random bits in base64url, which needs no escaping. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compares tokens in constant time. Hashing makes their lengths equal. */
export function sameToken(received: string, expected: string): boolean {
  return timingSafeEqual(digest(received), digest(expected));
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** What a request must match. */
export interface Access {
  readonly token: string;
  readonly names: HostNames;
  /** What to do about a page under a name that is not the server's, as a sentence; empty by default. */
  hostHint(host: string): string;
}

/** Whether a request is admitted: by the token in its URL or by the cookie, or why it is not, for its sender. */
export type Admission = { by: 'token' | 'cookie'; refusal?: undefined } | { by?: undefined; refusal: string };

/**
 * The reason to refuse a request from this host and origin, or null.
 *
 * `Host` keeps out web pages whose name resolves to this machine (DNS rebinding), and `Origin` other pages that make the
 * user's browser send requests here. Programs other than browsers send no `Origin`.
 */
export function foreignness(request: IncomingMessage, { names, hostHint }: Access): string | null {
  const { host, origin } = request.headers;
  if (host === undefined) return 'The request names no host.';
  const foreign = hostsOf(request).find((name) => !names.accepts(name));
  if (foreign !== undefined) {
    if (!isHostName(foreign)) return 'This server does not have that host name.';
    return `This server does not have the host name ${foreign}. ${hostHint(foreign)}`.trim();
  }
  if (origin !== undefined && !names.acceptsOrigin(origin, host))
    return 'Other sites are not allowed to use this server.';
  return null;
}

/**
 * Decides whether a request is from someone who was given the URL. The cookie stands for the token where a browser sends it
 * by itself, which it also does for requests that other pages make it send. A WebSocket must therefore name its origin.
 */
export function admit(request: IncomingMessage, access: Access, kind: 'page' | 'socket'): Admission {
  const refusal = foreignness(request, access);
  if (refusal) return { refusal };
  const token = requestUrl(request)?.searchParams.get('token');
  if (token && sameToken(token, access.token)) return { by: 'token' };
  const named = kind === 'page' || request.headers.origin !== undefined;
  if (!token && named && hasCookie(request, access.token)) return { by: 'cookie' };
  return { refusal: 'The token is missing or wrong. Open the complete URL that emnist-tui shows.' };
}

/** The hosts that a request is for. There should be one, but `Host` may be repeated, and a proxy's request has it in its URL. */
function hostsOf(request: IncomingMessage): string[] {
  const { host = [] } = request.headersDistinct;
  const target = isOriginForm(request) ? undefined : requestUrl(request)?.host;
  return target ? [...host, target] : host;
}

/** Path and query of a request, or null for an invalid one. The host and port have no meaning, unless a proxy sent it. */
export function requestUrl(request: IncomingMessage): URL | null {
  return URL.parse(isOriginForm(request) ? `http://localhost${request.url}` : (request.url ?? ''));
}

/** Whether the URL of a request is only a path, as that of all requests that are not meant for a proxy. */
function isOriginForm({ url = '' }: IncomingMessage): boolean {
  return url.startsWith('/');
}

/** Lets the browser show the page again without the token in its URL. */
export function cookieHeader(request: IncomingMessage, token: string): string {
  return `${cookieName(request)}=${cookieValue(token)}; Path=/; HttpOnly; SameSite=Strict`;
}

export function hasCookie(request: IncomingMessage, token: string): boolean {
  const name = cookieName(request);
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim().split('='));
  return cookies.some(([key, value]) => key === name && value !== undefined && sameToken(value, cookieValue(token)));
}

/** Cookies are shared by all ports of a host, of which each can be another server. */
function cookieName(request: IncomingMessage): string {
  return `emnist-tui-${URL.parse(`http://${request.headers.host}`)?.port || 80}`;
}

/** Follows from the token, so that a restarted server knows it, but does not reveal it. */
function cookieValue(token: string): string {
  return createHmac('sha256', token).update('cookie').digest('base64url');
}

/**
 * Secrets for links that a browser is started with. Its command line is visible to everyone on this machine, so each is
 * valid once and for a short time.
 */
export class LaunchSecrets {
  /** When each becomes invalid, by the digest of the secret. */
  readonly #expiry = new Map<string, number>();

  create(): string {
    const now = performance.now();
    for (const [key, expiry] of this.#expiry) if (expiry <= now) this.#expiry.delete(key);
    const secret = createToken();
    this.#expiry.set(digest(secret).toString('hex'), now + LAUNCH_MS);
    return secret;
  }

  /** Whether the secret was valid. It no longer is. */
  redeem(secret: string): boolean {
    const key = digest(secret).toString('hex');
    const expiry = this.#expiry.get(key);
    this.#expiry.delete(key);
    return expiry !== undefined && performance.now() < expiry;
  }
}
