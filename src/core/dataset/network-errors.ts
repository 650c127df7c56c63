import { EmnistError, type ErrorData, messageOf } from '../errors.ts';

const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** Failures after which a retry may succeed. */
const TRANSIENT_CODES = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
]);
/** Failures to connect after which a retry may succeed only if the server has responded before. */
const UNREACHABLE_CODES = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH']);
/** What fails before there is a connection. */
const CONNECTING_CALLS = new Set(['connect', 'getaddrinfo']);

/** Certificates that are not trusted, with what Node calls the reason. */
const UNTRUSTED_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

type NetworkErrorCode =
  | 'archive-forbidden'
  | 'archive-not-found'
  | 'server-failed'
  | 'host-unreachable'
  | 'proxy-failed'
  | 'certificate-untrusted'
  | 'download-cut'
  | 'download-stalled'
  | 'download-failed';

/** A failed download, and whether a retry may succeed. */
export class NetworkError<Code extends NetworkErrorCode = NetworkErrorCode> extends EmnistError<Code> {
  readonly transient: boolean;
  /** How long the server asks to wait before a retry. */
  readonly retryAfterMs: number;

  constructor(
    code: Code,
    message: string,
    data: ErrorData[Code],
    options: ErrorOptions & { transient?: boolean; retryAfterMs?: number } = {},
  ) {
    super(code, message, data, options);
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** The error for an HTTP status without data. `retryAfter` is the header's value, in seconds; dates are ignored. */
export function errorOfStatus(status: number, url: string, retryAfter: string | null): NetworkError {
  if (status === 403 || status === 401) {
    return new NetworkError('archive-forbidden', `${new URL(url).host} denied access to ${url} (HTTP ${status})`, {
      url,
      status,
    });
  }
  if (status === 404 || status === 410) {
    return new NetworkError('archive-not-found', `${url} does not exist (HTTP ${status})`, { url, status });
  }
  const transient = TRANSIENT_STATUS.has(status);
  return new NetworkError(
    'server-failed',
    `${url} is unavailable (HTTP ${status})`,
    { url, status, transient },
    { transient, retryAfterMs: 1000 * (Number(retryAfter) || 0) },
  );
}

/** The error for what a request or reading its response threw. `reached`: whether the server ever responded. */
export function errorOfFailure(error: unknown, url: string, reached: boolean): Error {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  const { host } = new URL(url);
  if (error instanceof Error && code !== undefined && UNTRUSTED_CODES.has(code)) return untrusted(host, host, error);
  if (code !== undefined && (UNREACHABLE_CODES.has(code) || (TRANSIENT_CODES.has(code) && isConnecting(error)))) {
    return new NetworkError(
      'host-unreachable',
      code === 'ENOTFOUND' ? `no such host: ${host}` : `cannot connect to ${host} (${code})`,
      { host, systemCode: code },
      { cause: error, transient: reached || TRANSIENT_CODES.has(code) },
    );
  }
  if (code !== undefined && TRANSIENT_CODES.has(code)) {
    return new NetworkError(
      'download-cut',
      `the connection to ${host} was lost (${code})`,
      { url },
      { cause: error, transient: true },
    );
  }
  if (error instanceof Error && code !== undefined) {
    const what = error.message || code;
    return new NetworkError('download-failed', `cannot download ${url} (${what})`, { url }, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
}

/** Whether an error says that there was no connection yet. Node wraps those of several addresses. */
function isConnecting(error: unknown): boolean {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return CONNECTING_CALLS.has((first as NodeJS.ErrnoException).syscall ?? '');
}

/** What an error says about a proxy. */
interface FailedProxy {
  readonly name: string;
  readonly variable: string;
  readonly headers: object;
}

/** The error for what connecting to a proxy threw, or opening a tunnel once it was `connected`. */
export function proxyFailure({ name, variable }: FailedProxy, error: unknown, connected: boolean): Error {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  // Without a code it is not the system's, and an abort is not the proxy's.
  if (!(error instanceof Error) || code === undefined || code === 'ABORT_ERR') {
    return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
  }
  const proxy = `the proxy ${name} that ${variable} names`;
  if (UNTRUSTED_CODES.has(code)) return untrusted(proxy, name, error);
  return new NetworkError(
    'proxy-failed',
    connected ? `${proxy} ended the connection (${code})` : `cannot connect to ${proxy} (${code})`,
    { variable, proxy: name, status: null, systemCode: code },
    { cause: error, transient: TRANSIENT_CODES.has(code) },
  );
}

function untrusted(whose: string, host: string, error: NodeJS.ErrnoException): NetworkError {
  const systemCode = error.code!;
  const message = `the certificate of ${whose} is not trusted (${systemCode})`;
  return new NetworkError('certificate-untrusted', message, { host, systemCode }, { cause: error });
}

/** The error for the HTTP status with which a proxy refused to connect to a host. */
export function proxyRefused({ name, variable, headers }: FailedProxy, host: string, status: number): NetworkError {
  const denied = Object.keys(headers).length > 0 ? 'does not accept its user name and password' : 'requires a password';
  const what = status === 407 ? denied : `does not connect to ${host}`;
  return new NetworkError(
    'proxy-failed',
    `the proxy ${name} that ${variable} names ${what} (HTTP ${status})`,
    { variable, proxy: name, status, systemCode: null },
    { transient: TRANSIENT_STATUS.has(status) },
  );
}
