import { asset } from '../asset.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * The files of the canvas page by the path they are served under; there are no others, so a path leads nowhere else.
 *
 * @param token put into the page's references to its own files, which need it as well
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
 * The headers of every answer. The page can load and talk to nothing but this server; nothing is cached and no referrer
 * sent, since the URL holds the token.
 *
 * @param host the request's own `Host`: older Safari does not count a WebSocket to it as `'self'`
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
