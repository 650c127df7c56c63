import dgram from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether listening on `address` means listening on every address of the machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Whether `address` can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** An address or host name as it stands in a URL: IPv6 in brackets. */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/**
 * Tells the names and addresses under which a server may be called from all others.
 *
 * @param host what the user asked to listen on
 * @param address what that came to, from `server.address()`
 * @returns takes a host as `URL.hostname` gives it
 */
export function ownHosts(host: string, address: string): (hostname: string) => boolean {
  // A wildcard is for listening; nobody is called by it.
  const named = [host, address].filter((own) => !isWildcard(own));
  if (isWildcard(address) || isLoopback(address)) named.push('localhost', '127.0.0.1', '::1');
  return (hostname) => {
    // Asked anew each time: a laptop changes networks while the server runs.
    const hosts = isWildcard(address) ? [...named, ...machineAddresses()] : named;
    return hosts.some((own) => URL.parse(`http://${urlHost(own)}`)?.hostname === hostname);
  };
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

/**
 * The address under which other devices on the network most likely reach this machine: the one it would itself use to
 * reach the rest of the world. Connecting a UDP socket makes the system choose a route and sends nothing. Null without a
 * network.
 */
export async function lanAddress(): Promise<string | null> {
  const socket = dgram.createSocket('udp4');
  try {
    // TEST-NET-1 (RFC 5737): on no machine's own network, so that the default route is chosen.
    socket.connect(9, '192.0.2.1');
    await once(socket, 'connect');
    const { address } = socket.address();
    if (!isWildcard(address) && !isLoopback(address)) return address;
  } catch {
    // No route: a network without a way out still has an address, looked up below.
  } finally {
    socket.close();
  }
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}
