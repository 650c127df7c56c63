import path from 'node:path';
import { unescape as decodePercent } from 'node:querystring';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.ts';

/** NIST's archive, where it is at present; it moved five times. */
export const NIST_URL = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip';
export const NIST_SHA256 = 'fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e';

/** Where an archive is. `name` is for people and records; it holds no password. */
export type Source =
  | { readonly type: 'url'; readonly url: string; readonly name: string; readonly authorization: string | null }
  | { readonly type: 'file'; readonly file: string; readonly name: string };

/**
 * The archive that `from` names, a URL or a local file; without it what EMNIST_TUI_ARCHIVE names, else NIST's.
 * Throws `UsageError` for a URL that is none or has another scheme than http, https and file.
 */
export function resolveSource(from: string | undefined, env: NodeJS.ProcessEnv): Source {
  const text = from || env.EMNIST_TUI_ARCHIVE || NIST_URL;
  const scheme = text.match(/^([a-z][a-z0-9+.-]*):\/\//i)?.[1]?.toLowerCase();
  if (scheme === undefined) return { type: 'file', file: path.resolve(text), name: path.resolve(text) };
  const invalid = (cause?: unknown) =>
    new UsageError(`"${text}" is not a URL that can be used`, 'give the URL of a zip file, or the name of one', {
      cause,
    });
  const url = URL.parse(text);
  if (url === null) throw invalid();
  if (scheme === 'file') {
    try {
      const file = fileURLToPath(url);
      return { type: 'file', file, name: file };
    } catch (error) {
      // It names another computer, or has an escaped slash.
      throw invalid(error);
    }
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw new UsageError(`cannot fetch from a URL of the kind "${scheme}"`, 'give an http or https URL, or a file');
  }
  // fetch() refuses URLs with a password; it goes into a header instead, and into no message and no record.
  const { username, password } = url;
  url.username = '';
  url.password = '';
  // Unlike decodeURIComponent, it takes a lone % as it is.
  const login = Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`).toString('base64');
  return { type: 'url', url: url.href, name: url.href, authorization: username ? `Basic ${login}` : null };
}
