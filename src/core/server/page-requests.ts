import type { IncomingMessage } from 'node:http';
import {
  type Access,
  admit,
  cookieHeader,
  foreignness,
  hasCookie,
  LAUNCH_PATH,
  LaunchSecrets,
  requestUrl,
} from './access.ts';
import { isLoopback } from './addresses.ts';
import { type PageFiles, pageFiles } from './page-files.ts';
import type { Answer } from './responses.ts';

/** Decides how each HTTP request is answered. */
export class PageRequests {
  readonly #access: Access;
  readonly #files: PageFiles;
  readonly #launches = new LaunchSecrets();

  constructor(access: Access) {
    this.#access = access;
    this.#files = pageFiles(access.token);
  }

  /** A secret that, after `LAUNCH_PATH`, opens the page once. */
  createLaunchSecret(): string {
    return this.#launches.create();
  }

  answer(request: IncomingMessage): Answer {
    const path = requestUrl(request)?.pathname ?? '';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && path.startsWith(LAUNCH_PATH)) return this.#launch(request, path.slice(LAUNCH_PATH.length));
    const { by, refusal } = admit(request, this.#access, 'page');
    if (refusal !== undefined) return { status: 403, body: refusal };
    if (!isRead) {
      return { status: 405, body: 'Only GET and HEAD requests are supported.', headers: { Allow: 'GET, HEAD' } };
    }
    const file = (by === 'token' ? this.#files.withToken : this.#files.withCookie).get(path);
    if (!file) return { status: 404, body: 'Not found.' };
    return { status: 200, ...file, ...(path === '/' && { headers: this.#cookie(request) }) };
  }

  /** Exchanges the secret of a launch link, which only browsers on this machine are started with, for the cookie. */
  #launch(request: IncomingMessage, secret: string): Answer {
    const refusal = foreignness(request, this.#access);
    if (refusal) return { status: 403, body: refusal };
    const { remoteAddress = '', localAddress } = request.socket;
    const isHere = isLoopback(remoteAddress) || remoteAddress === localAddress;
    // Looking at the link without following it, as programs do that show previews, does not use it up.
    const isValid = isHere && request.method === 'GET' && this.#launches.redeem(secret);
    if (!isValid && !hasCookie(request, this.#access.token)) {
      return { status: 403, body: 'This link works once, for a minute. Open the complete URL that emnist-tui shows.' };
    }
    return { status: 303, body: 'Open the page.', headers: { ...this.#cookie(request), Location: '/' } };
  }

  #cookie(request: IncomingMessage): Record<string, string> {
    return { 'Set-Cookie': cookieHeader(request, this.#access.token) };
  }
}
