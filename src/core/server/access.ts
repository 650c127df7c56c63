import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A new secret for the URL: 192 random bits, base64url, so that it needs no escaping there. */
export function createToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Equal or not, in a time that says nothing about where the two differ; hashing makes the lengths equal. */
export function sameToken(given: string, expected: string): boolean {
  const digest = (token: string) => createHash('sha256').update(token).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** What a request has to carry. */
export interface Access {
  readonly token: string;
  readonly port: number;
  /** Whether a host name or a bracketed address, as `URL.hostname` gives it, is this server's own. */
  isOwnHost(hostname: string): boolean;
}

/**
 * Why a request is not let in, as a sentence for whoever sent it, or null when it is.
 *
 * The token keeps out those who only know the port. `Host` keeps out a web page whose own name was pointed at this
 * machine (DNS rebinding), and `Origin` any other page that makes the user's browser call here; programs that are no
 * browsers send no `Origin`.
 */
export function refusal(request: IncomingMessage, access: Access): string | null {
  const { host, origin } = request.headers;
  if (host === undefined || !isOwn(`http://${host}`, access)) return 'This server is not known under that name.';
  if (origin !== undefined && !isOwn(origin, access)) return 'Other sites may not use this server.';
  const token = requestUrl(request)?.searchParams.get('token');
  if (!token || !sameToken(token, access.token)) {
    return 'The address lacks its token: open the whole address that emnist-tui printed.';
  }
  return null;
}

/** Path and query of a request, or null where they cannot be read. Host and port of the result mean nothing. */
export function requestUrl(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '', 'http://localhost');
}

/** Whether `origin` is an HTTP origin, and nothing more than that, of this server. */
function isOwn(origin: string, access: Access): boolean {
  if (!/^http:\/\/[\w.:[\]-]+$/.test(origin)) return false;
  const url = URL.parse(origin);
  return url !== null && Number(url.port || 80) === access.port && access.isOwnHost(url.hostname);
}
