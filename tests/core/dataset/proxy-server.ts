import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyServer extends AsyncDisposable {
  /** `127.0.0.1:4711` */
  readonly host: string;
  /** What it was asked for: `GET http://host/path` or `CONNECT host:port`. */
  readonly requests: { line: string; headers: IncomingHttpHeaders }[];
}

/**
 * Starts an HTTP proxy: it forwards requests of http URLs and opens tunnels for others. `refuse` returns a status instead, as
 * 407. Whatever host is asked for, it connects to the one in `hosts`, if it is there.
 */
export async function startProxyServer({
  refuse = () => null,
  hosts = {},
}: {
  refuse?: (headers: IncomingHttpHeaders) => number | null;
  hosts?: Record<string, string>;
} = {}): Promise<ProxyServer> {
  const requests: ProxyServer['requests'] = [];
  const sockets = new Set<Duplex>();
  const resolve = (host: string) => hosts[host] ?? host;
  const server = createServer((incoming, outgoing) => {
    requests.push({ line: `${incoming.method} ${incoming.url}`, headers: incoming.headers });
    const status = refuse(incoming.headers);
    if (status !== null) {
      outgoing.writeHead(status).end('refused by the proxy');
      return;
    }
    const url = new URL(incoming.url!);
    const forwarded = request(
      { host: resolve(url.hostname), port: url.port || 80, path: url.pathname, headers: incoming.headers },
      (response) => {
        outgoing.writeHead(response.statusCode!, response.headers);
        response.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.on('connect', (incoming, socket: Socket, head) => {
    requests.push({ line: `CONNECT ${incoming.url}`, headers: incoming.headers });
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    const status = refuse(incoming.headers);
    if (status !== null) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const target = connect(Number(port), resolve(hostname), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
