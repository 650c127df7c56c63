import { asset } from '../asset.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * The files of the canvas page by their paths. Nothing else is ever served.
 *
 * @param token inserted into the URLs of the page's own files, which require it too
 */
export function pageFiles(token: string): ReadonlyMap<string, PageFile> {
  const html = Buffer.from(asset('canvas-page/index.html')).toString().replaceAll('{token}', token);
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: Buffer.from(html) }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', body: asset('canvas-page/page.js') }],
    ['/page.css', { type: 'text/css; charset=utf-8', body: asset('canvas-page/page.css') }],
  ]);
}

/**
 * The headers of every response. The page can load from and connect to this server only. Nothing is cached and no referrer
 * is sent, since the URL contains the token.
 *
 * @param host the request's `Host`, since older versions of Safari do not treat a WebSocket to it as `'self'`
 */
export function securityHeaders(host?: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self'${host ? ` ws://${host}` : ''}`,
      "img-src 'self' data: blob:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };
}
