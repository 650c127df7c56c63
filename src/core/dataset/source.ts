import { stat } from 'node:fs/promises';
import { unescape as decodePercent } from 'node:querystring';
import { fileURLToPath } from 'node:url';
import { EmnistError, isEmnistError } from '../errors.ts';
import { absolutePath, expandHome } from '../paths.ts';

/** The URL of NIST's archive, which has moved five times. */
export const NIST_URL = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip';
/** The SHA-256 of NIST's archive. */
export const NIST_SHA256 = 'fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e';

/** Names of files of labeled images. */
const OWN_NAME = /\.(?:csv|tsv|npz|npy|mat)(?:\.gz)?$|idx[13]-ubyte(?:\.gz)?$/i;

/** Where an archive is. `name`, for messages and manifests, contains no password. */
export type Source =
  | { readonly type: 'url'; readonly url: string; readonly name: string; readonly authorization: string | null }
  | { readonly type: 'file'; readonly file: string; readonly name: string };

/**
 * Resolves the archive to fetch from: `from` (a URL or local file), else EMNIST_TUI_ARCHIVE, else NIST's archive.
 * Throws `source-invalid` for an invalid URL or one whose scheme is not http, https, or file.
 */
export function resolveSource(from: string | undefined, env: NodeJS.ProcessEnv): Source {
  const text = expandHome(from || env.EMNIST_TUI_ARCHIVE || NIST_URL);
  const scheme = text.match(/^([a-z][a-z0-9+.-]*):\/\//i)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const file = absolutePath(text);
    return { type: 'file', file, name: file };
  }
  const invalid = (cause?: unknown) =>
    new EmnistError('source-invalid', `invalid URL "${text}"`, { source: text }, { cause });
  const url = URL.parse(text);
  if (url === null) throw invalid();
  if (scheme === 'file') {
    try {
      const file = fileURLToPath(url);
      return { type: 'file', file, name: file };
    } catch (error) {
      // It names another host, or contains an escaped slash.
      throw invalid(error);
    }
  }
  // fetch() rejects URLs with a password. It goes into a header instead, and not into messages or manifests.
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (scheme !== 'http' && scheme !== 'https') {
    throw new EmnistError('source-invalid', `cannot fetch from a "${scheme}" URL`, { source: url.href });
  }
  // Unlike decodeURIComponent, it leaves a lone % unchanged.
  const login = Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`).toString('base64');
  return { type: 'url', url: url.href, name: url.href, authorization: username ? `Basic ${login}` : null };
}

/**
 * Whether a source is data of one's own rather than an archive with NIST's layout: a folder, or a file that is not a zip.
 * An invalid URL is neither; fetching from it says so.
 */
export async function isOwnSource(from: string): Promise<boolean> {
  let source: Source;
  try {
    source = resolveSource(from, {});
  } catch (error) {
    if (isEmnistError(error, 'source-invalid')) return false;
    throw error;
  }
  if (source.type === 'url') return false;
  const stats = await stat(source.file).catch(() => null);
  return stats?.isDirectory() === true || OWN_NAME.test(source.file);
}
