import { stat } from 'node:fs/promises';
import path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { EmnistError } from '../core/errors.ts';
import { describeFormat } from '../core/files/describe-format.ts';
import { fileError } from '../core/files/file-errors.ts';
import { readHead } from '../core/files/read-head.ts';
import { pictureFormat, unsupportedPicture } from '../core/images/formats/formats.ts';

const HEAD_BYTES = 4096;

type Format = 'picture' | 'idx' | 'strokes';

/**
 * Detects the format of a file by its first bytes. Throws an EmnistError when it is unreadable or of an unknown format.
 * `accepted`: what the file is to be read as, for the error.
 */
export async function detectFormat(
  source: string,
  accepted: 'text' | 'all',
): Promise<{ format: Format; gzipped: boolean }> {
  const stats = await stat(source).catch((error) => {
    throw fileError(error, source);
  });
  if (stats.isDirectory()) {
    throw new EmnistError('file-is-folder', `${source} is a folder`, {
      path: source,
      pattern: path.join(source, '*.png'),
    });
  }
  // A pipe can only be read once, so its format cannot be detected.
  if (!stats.isFile()) return { format: 'strokes', gzipped: false };
  const stored = await readHead(source, HEAD_BYTES).catch((error) => {
    throw fileError(error, source);
  });
  const gzipped = stored[0] === 0x1f && stored[1] === 0x8b;
  const head = gzipped ? gunzipHead(stored, source) : stored;
  if (head.length === 0) throw new EmnistError('input-empty', `${source} is empty`, { source, accepted });
  if (!gzipped && (pictureFormat(head) || unsupportedPicture(head))) return { format: 'picture', gzipped };
  // Videos begin with the length of their first part, so they may have the same two zeros as IDX files.
  const mayBeIdx = head.toString('latin1', 4, 8) !== 'ftyp';
  if (head[0] === 0 && head[1] === 0 && mayBeIdx) return { format: 'idx', gzipped };
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('{') || /\.jsonl(\.gz)?$/i.test(source)) return { format: 'strokes', gzipped };
  throw new EmnistError('input-unknown', `${source} is ${describeFormat(head)}, which cannot be read`, {
    source,
    accepted,
  });
}

function gunzipHead(head: Uint8Array, source: string): Buffer {
  try {
    // Returns what can be decompressed so far. If that is nothing, the data must be complete.
    const beginning = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
    return beginning.length > 0 ? beginning : gunzipSync(head);
  } catch (error) {
    throw new EmnistError('input-damaged', `${source} is a damaged gzip file`, { source }, { cause: error });
  }
}
