import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { isWildcard, machineAddresses, urlHost } from './addresses.ts';

/** Names of the machine itself, and by which containers reach the machine they run on. Nobody else can own them. */
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1', 'host.docker.internal', 'host.containers.internal'];

/** Which names, in `Host` and `Origin`, belong to a server. */
export interface HostNames {
  /** Whether a `Host` header names the server: `localhost:8000`, `[::1]`. The port does not matter, as it may be forwarded. */
  accepts(host: string): boolean;
  /** Whether pages of this origin may use the server when they reach it by this, accepted, host. */
  acceptsOrigin(origin: string, host: string): boolean;
}

/**
 * The names of a server: loopback names, the addresses and the host name of this machine, and those that its user allows.
 * A web page cannot make one of them resolve to this machine unless it is already there (DNS rebinding).
 *
 * @param host the host that the server was asked to listen on
 * @param address the address it listens on, from `server.address()`
 * @param allowed further names, each with a port or for all ports
 */
export function hostNames(host: string, address: string, allowed: readonly string[] = []): HostNames {
  // A wildcard is not an address that a request can be sent to.
  const bound = [host, address].filter((own) => !isWildcard(own));
  const allowedUrls = allowed.map(allowedUrl).filter((url) => url !== null);
  const isAllowed = ({ hostname, port }: URL) =>
    allowedUrls.some((url) => url.hostname === hostname && (url.port === '' || url.port === port));
  const isOwn = ({ hostname }: URL) => {
    // Looked up each time, since a laptop changes networks while the server runs.
    const addresses = isWildcard(address) ? machineAddresses() : [];
    const own = [...LOCAL_NAMES, ...machineNames(), ...bound, ...addresses];
    return own.some((name) => URL.parse(`http://${urlHost(name)}`)?.hostname === hostname);
  };
  return {
    accepts(header) {
      const url = originUrl(`http://${header}`);
      return url !== null && (isOwn(url) || isAllowed(url));
    },
    acceptsOrigin(origin, header) {
      const url = originUrl(origin);
      if (!url) return false;
      // A proxy with TLS may stand before an allowed name, and may replace `Host`.
      if (isAllowed(url)) return true;
      return url.protocol === 'http:' && url.host === originUrl(`http://${header}`)?.host;
    },
  };
}

/** Whether this can be allowed: a host name or an address, with or without a port. */
export function isHostName(text: string): boolean {
  return allowedUrl(text) !== null;
}

/** The ports 80 and 443 are left out of `Host`, which does not say which of them it was, and so stand for all. */
function allowedUrl(text: string): URL | null {
  const url = originUrl(`http://${isIPv6(text) ? urlHost(text) : text}`);
  if (url?.port === '443') url.port = '';
  return url;
}

/** The URL of an origin, or null if there is a path or anything else in it. */
function originUrl(origin: string): URL | null {
  if (!/^https?:\/\/[\w.:[\]-]{1,255}$/.test(origin)) return null;
  const url = URL.parse(origin);
  // Such names do not exist. In lists of hosts, a leading dot stands for all subdomains, which it does not here.
  return url === null || /^\.|\.\./.test(url.hostname) ? null : url;
}

/** The host name, in full and without its domain, and the name under which it announces itself in the local network. */
function machineNames(): string[] {
  const full = hostname();
  const [short = full] = full.split('.');
  return [full, short, `${short}.local`];
}
