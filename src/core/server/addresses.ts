import dgram from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether `address` stands for all addresses of this machine. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Whether `address` can only be reached from this machine. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** An address or host name as it appears in a URL: IPv6 in brackets. */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** All addresses of this machine. */
export function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

/**
 * The address at which other devices in the network most likely reach this machine: the one it uses itself to reach the
 * internet. Connecting a UDP socket makes the system choose a route without sending anything. Null without a network.
 */
export async function lanAddress(): Promise<string | null> {
  const socket = dgram.createSocket('udp4');
  try {
    // TEST-NET-1 (RFC 5737) is in no network, so the default route is chosen.
    socket.connect(9, '192.0.2.1');
    await once(socket, 'connect');
    const { address } = socket.address();
    if (!isWildcard(address) && !isLoopback(address)) return address;
  } catch {
    // Without a route to the internet there may still be a local network: see below.
  } finally {
    socket.close();
  }
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}
