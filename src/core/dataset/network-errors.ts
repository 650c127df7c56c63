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
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);
/** Failures after which a retry may succeed only if the server has responded before. */
const UNREACHABLE_CODES = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH']);

type NetworkErrorCode =
  | 'archive-forbidden'
  | 'archive-not-found'
  | 'server-failed'
  | 'host-unreachable'
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

/** The error for what `fetch` or reading a body threw. `reached`: whether the server ever responded. */
export function errorOfFailure(error: unknown, url: string, reached: boolean): Error {
  // fetch() says only "fetch failed" or "terminated"; the reason is in the cause.
  const cause = error instanceof TypeError ? error.cause : error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  const { host } = new URL(url);
  if (code !== undefined && UNREACHABLE_CODES.has(code)) {
    return new NetworkError(
      'host-unreachable',
      code === 'ENOTFOUND' ? `no such host: ${host}` : `cannot connect to ${host} (${code})`,
      { host, systemCode: code },
      { cause: error, transient: reached },
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
  if (cause instanceof Error) {
    const what = cause.message || code || 'unknown reason';
    return new NetworkError('download-failed', `cannot download ${url} (${what})`, { url }, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
}
