import { BlockList, isIP, isIPv6 } from 'node:net';
import { unescape as decodePercent } from 'node:querystring';
import { NetworkError } from './network-errors.ts';

/** The HTTP proxy that a request goes through. */
export interface HttpProxy {
  readonly url: URL;
  /** `proxy.example:3128`, without a password. */
  readonly name: string;
  /** The environment variable that names it. */
  readonly variable: string;
  /** Headers for the proxy: its password, if it has one. */
  readonly headers: Record<string, string>;
}

/** A host with a port, where it is not an IPv6 address without brackets. */
const WITH_PORT = /^([^:]*|\[.*\]):(\d+)$/;

/**
 * The proxy for a URL by the usual environment variables, in lower or upper case: `https_proxy` or `http_proxy`, by the URL's
 * scheme, else `all_proxy`; null if there is none or `no_proxy` excludes the host. Throws `proxy-failed` for a proxy that
 * cannot be used.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): HttpProxy | null {
  const variable = [`${url.protocol.slice(0, -1)}_proxy`, 'all_proxy']
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => env[name]?.trim());
  if (variable === undefined || isExcluded(url, env.no_proxy || env.NO_PROXY || '')) return null;
  const text = env[variable]!.trim();
  const proxy = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (proxy?.hostname && (proxy.protocol === 'http:' || proxy.protocol === 'https:')) {
    const { username, password } = proxy;
    const login = Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`).toString('base64');
    const headers = username || password ? { 'Proxy-Authorization': `Basic ${login}` } : undefined;
    return { url: proxy, name: proxy.host, variable, headers: headers ?? {} };
  }
  // It may contain a password.
  const problem = proxy?.hostname
    ? `names a ${proxy.protocol.slice(0, -1)} proxy; only HTTP proxies work`
    : 'is not a URL';
  throw new NetworkError('proxy-failed', `${variable} ${problem}`, {
    variable,
    proxy: proxy?.host || null,
    status: null,
    systemCode: null,
  });
}

/**
 * Whether `no_proxy` excludes a URL from proxies: entries are hosts, which include their subdomains, IP addresses, CIDR blocks,
 * or `*`, separated by commas or spaces; a host may have a port.
 */
function isExcluded(url: URL, list: string): boolean {
  const host = bare(url.hostname.toLowerCase());
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInBlock(host, entry);
      const [, name = entry, itsPort] = WITH_PORT.exec(entry) ?? [];
      if (itsPort !== undefined && itsPort !== port) return false;
      // `.example.com` and `*.example.com` are `example.com` with its subdomains too.
      const domain = bare(name).replace(/^\*?\.?/, '');
      return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
    });
}

function isInBlock(host: string, block: string): boolean {
  const [network = '', bits = ''] = block.split('/');
  const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
  const prefix = Number(bits);
  const isValid = isIP(bare(network)) > 0 && /^\d+$/.test(bits) && prefix <= (isIPv6(bare(network)) ? 128 : 32);
  if (!isValid || isIP(host) === 0) return false;
  const blocks = new BlockList();
  blocks.addSubnet(bare(network), prefix, family(bare(network)));
  return blocks.check(host, family(host));
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
