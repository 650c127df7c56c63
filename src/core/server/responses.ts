import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { securityHeaders } from './page-files.ts';

export interface Answer {
  readonly status: number;
  /** A file of the page, or a sentence. */
  readonly body: Uint8Array | string;
  /** The media type of a file. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends an answer. A sentence becomes a page that can be read on a phone for a browser, else plain text. No connection is
 * kept: the page needs three files, and idle connections would take the places of others.
 */
export function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, type, headers = {} }: Answer,
): void {
  const asPage = type === undefined && (request.headers.accept ?? '').includes('text/html');
  const bytes = Buffer.from(asPage ? sentencePage(String(body)) : body);
  response.writeHead(status, {
    ...securityHeaders(status === 200 ? request.headers.host : undefined),
    ...headers,
    Connection: 'close',
    'Content-Type': type ?? `${asPage ? 'text/html' : 'text/plain'}; charset=utf-8`,
    'Content-Length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Refuses to upgrade a connection to a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const headers = { ...securityHeaders(), 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`, () => socket.destroy());
}

function sentencePage(sentence: string): string {
  const escaped = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>emnist-tui</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
  </head>
  <body>
    <h1>emnist-tui</h1>
    <p>${escaped}</p>
  </body>
</html>
`;
}
