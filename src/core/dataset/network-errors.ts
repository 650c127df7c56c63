import { EmnistError, messageOf } from '../errors.ts';

const AGAIN = 'run the same command again: it goes on from where it was';
const DATASET_PAGE = 'https://www.nist.gov/itl/products-and-services/emnist-dataset';
const TRANSIENT_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** Failures after which the same server may well answer. */
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
/** Failures that are final at first, and worth another try once the server has answered. */
const UNREACHABLE_CODES = new Set(['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH']);

/** A download that failed, and whether trying again may help. */
export class NetworkError extends EmnistError {
  readonly transient: boolean;
  /** How long the server asks to be left alone. */
  readonly retryAfterMs: number;

  constructor(
    code: string,
    message: string,
    hint: string,
    options: ErrorOptions & { transient?: boolean; retryAfterMs?: number } = {},
  ) {
    super(code, message, hint, options);
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

/** The error for an HTTP status that brings no data. `retryAfter`: that header, in seconds; dates are ignored. */
export function errorOfStatus(status: number, url: string, retryAfter: string | null): NetworkError {
  if (status === 403 || status === 401) {
    return new NetworkError(
      'archive-forbidden',
      `${new URL(url).host} refuses to give ${url} to this program (HTTP ${status})`,
      'NIST refuses some programs and networks: download the file in a browser, then run "emnist-tui fetch --from FILE"',
    );
  }
  if (status === 404 || status === 410) {
    return new NetworkError(
      'archive-not-found',
      `there is no ${url} (HTTP ${status})`,
      `NIST moves its archive now and then: find gzip.zip at ${DATASET_PAGE}, then run "emnist-tui fetch --from URL"`,
    );
  }
  const transient = TRANSIENT_STATUS.has(status);
  return new NetworkError(
    'server-failed',
    `${url} cannot be had at present (HTTP ${status})`,
    transient ? AGAIN : 'give another URL or a file with --from',
    { transient, retryAfterMs: 1000 * (Number(retryAfter) || 0) },
  );
}

/** The error for what `fetch` or the reading of a body threw. `reached`: whether the server ever answered. */
export function errorOfFailure(error: unknown, url: string, reached: boolean): Error {
  // fetch() says only "fetch failed" or "terminated"; what happened is in the cause.
  const cause = error instanceof TypeError ? error.cause : error;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  const { host } = new URL(url);
  if (code !== undefined && UNREACHABLE_CODES.has(code)) {
    return new NetworkError(
      'host-unreachable',
      code === 'ENOTFOUND' ? `no such host: ${host}` : `${host} cannot be reached (${code})`,
      'check the address and the network connection, or give a file with --from',
      { cause: error, transient: reached },
    );
  }
  if (code !== undefined && TRANSIENT_CODES.has(code)) {
    return new NetworkError('download-cut', `the connection to ${host} broke off (${code})`, AGAIN, {
      cause: error,
      transient: true,
    });
  }
  if (cause instanceof Error) {
    const what = cause.message || code || 'unknown reason';
    return new NetworkError(
      'download-failed',
      `cannot fetch ${url} (${what})`,
      'check the address and the network connection, or give a file with --from',
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
}
