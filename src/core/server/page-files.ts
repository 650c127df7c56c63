import { asset } from '../asset.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The files of the canvas page by their paths. Nothing else is ever served. */
export interface PageFiles {
  /** For a request with the token in its URL: the page's own files are requested with it, as cookies may be blocked. */
  readonly withToken: ReadonlyMap<string, PageFile>;
  readonly withCookie: ReadonlyMap<string, PageFile>;
}

export function pageFiles(token: string): PageFiles {
  const html = Buffer.from(asset('canvas-page/index.html')).toString();
  const files = (query: string) =>
    new Map([
      ['/', { type: 'text/html; charset=utf-8', body: Buffer.from(html.replaceAll('?token={token}', query)) }],
      ['/page.js', { type: 'text/javascript; charset=utf-8', body: asset('canvas-page/page.js') }],
      ['/page.css', { type: 'text/css; charset=utf-8', body: asset('canvas-page/page.css') }],
    ]);
  return { withToken: files(`?token=${token}`), withCookie: files('') };
}

/**
 * The headers of every response. The page can load from and connect to this server only. Nothing is cached and no referrer
 * is sent, since the URL contains the token. Pages that open this one, or that it opens, get no handle on it.
 *
 * @param host the request's `Host`, since older versions of Safari do not treat a WebSocket to it as `'self'`
 */
export function securityHeaders(host?: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self'${host ? ` ws://${host} wss://${host}` : ''}`,
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}
