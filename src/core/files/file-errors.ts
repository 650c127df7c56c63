import { EmnistError, type ErrorCode, messageOf } from '../errors.ts';
import { nodeError } from '../node-errors.ts';

/** The codes of `fileError`'s errors. */
type FileErrorCode = Extract<ErrorCode, `file-${string}` | `disk-${string}`>;

/** What went wrong, by the codes of errno(3). */
const KINDS: Readonly<Record<string, readonly [code: FileErrorCode, reason: string]>> = {
  ENOENT: ['file-missing', 'no such file or folder'],
  ENOTDIR: ['file-not-folder', 'part of this path is a file, not a folder'],
  EISDIR: ['file-is-folder', 'this is a folder, not a file'],
  EACCES: ['file-forbidden', 'permission denied'],
  EPERM: ['file-forbidden', 'operation not permitted'],
  EROFS: ['file-read-only', 'the file system is read-only'],
  ENOSPC: ['disk-full', 'no space left on the disk'],
  EDQUOT: ['disk-full', 'disk quota exceeded'],
  EFBIG: ['disk-full', 'the file exceeds the size limit'],
  EBUSY: ['file-busy', 'another program is using it'],
  EMFILE: ['file-limit', 'too many open files'],
  ENFILE: ['file-limit', 'too many open files on the system'],
  ENAMETOOLONG: ['file-name-too-long', 'the path is too long'],
  ELOOP: ['file-link-loop', 'its symbolic links form a loop'],
  EIO: ['disk-broken', 'input/output error'],
};

/** On Windows these calls also fail with EPERM or EACCES while another program has the file open, the usual reason. */
const BUSY_CALLS = new Set<string | undefined>(['rename', 'rm', 'rmdir', 'unlink']);
const BUSY = ['file-busy', 'another program has it open, or permission was denied'] as const;

/**
 * Turns what a file operation threw into an error for the user, about `file` unless the system names another. Returns an
 * `EmnistError` unchanged, and also any error that is not the system's, as that is a bug in the program.
 */
export function fileError(error: unknown, file: string, platform: string = process.platform): Error {
  if (error instanceof EmnistError) return error;
  const { code, syscall, path: named } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'ERR_ACCESS_DENIED') return nodeError(error)!;
  // Only the system's errors have a `syscall`. Node's own, such as ERR_INVALID_ARG_TYPE, do not.
  if (!(error instanceof Error) || typeof code !== 'string' || (syscall === undefined && !(code in KINDS))) {
    return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
  }
  const isBusy = platform === 'win32' && ['EACCES', 'EPERM'].includes(code) && BUSY_CALLS.has(syscall);
  const [kind, reason] = (isBusy ? BUSY : KINDS[code]) ?? ['file-failed', messageOf(error)];
  const path = named ?? file;
  return new EmnistError<FileErrorCode>(
    kind,
    `${path}: ${reason} (${code})`,
    { path, systemCode: code },
    { cause: error },
  );
}

/** Whether an error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
