import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A new secret for the URL: 192 random bits in base64url, which needs no escaping. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compares tokens in constant time. Hashing makes their lengths equal. */
export function sameToken(received: string, expected: string): boolean {
  const digest = (token: string) => createHash('sha256').update(token).digest();
  return timingSafeEqual(digest(received), digest(expected));
}

/** What a request must match. */
export interface Access {
  readonly token: string;
  readonly port: number;
  /** Whether a host name or bracketed address, as in `URL.hostname`, is one of this server's. */
  isOwnHost(hostname: string): boolean;
}

/**
 * The reason to refuse a request, as a sentence for its sender, or null to accept it.
 *
 * The token keeps out anyone who only knows the port. `Host` keeps out web pages whose name resolves to this machine (DNS
 * rebinding), and `Origin` other pages that make the user's browser send requests here. Programs other than browsers send
 * no `Origin`.
 */
export function refusal(request: IncomingMessage, access: Access): string | null {
  const { host, origin } = request.headers;
  if (host === undefined || !isOwn(`http://${host}`, access)) return 'This server does not have that host name.';
  if (origin !== undefined && !isOwn(origin, access)) return 'Other sites are not allowed to use this server.';
  const token = requestUrl(request)?.searchParams.get('token');
  if (!token || !sameToken(token, access.token)) {
    return 'The token is missing or wrong. Open the complete URL that emnist-tui shows.';
  }
  return null;
}

/** Path and query of a request, or null for an invalid one. The host and port of the result have no meaning. */
export function requestUrl(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '', 'http://localhost');
}

/** Whether `origin` is an HTTP origin of this server, without a path or anything else. */
function isOwn(origin: string, access: Access): boolean {
  if (!/^http:\/\/[\w.:[\]-]+$/.test(origin)) return false;
  const url = URL.parse(origin);
  return url !== null && Number(url.port || 80) === access.port && access.isOwnHost(url.hostname);
}
