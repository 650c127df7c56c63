import { EmnistError, messageOf } from '../errors.ts';

const CHECK_DIR = 'choose another folder with --data-dir, or change its permissions';

/** What went wrong and what to do about it, by the codes of errno(3). */
const KINDS: Readonly<Record<string, readonly [code: string, what: string, hint: string]>> = {
  ENOENT: ['file-missing', 'there is no such file', 'check the name'],
  ENOTDIR: ['file-not-folder', 'a part of this path is a file, not a folder', 'choose another folder with --data-dir'],
  EISDIR: ['file-is-folder', 'this is a folder, not a file', 'name a file'],
  EACCES: ['file-forbidden', 'permission denied', CHECK_DIR],
  EPERM: ['file-forbidden', 'the system does not permit it', CHECK_DIR],
  EROFS: ['file-read-only', 'the file system is read-only', 'choose another folder with --data-dir'],
  ENOSPC: ['disk-full', 'no space is left on the disk', 'free some space ("emnist-tui clean" helps), then try again'],
  EDQUOT: ['disk-full', 'the disk quota is used up', 'free some space ("emnist-tui clean" helps), then try again'],
  EFBIG: ['disk-full', 'the file is larger than is allowed here', 'choose another folder with --data-dir'],
  EBUSY: ['file-busy', 'another program is using it', 'close that program, then try again'],
  EMFILE: ['file-limit', 'too many files are open', 'close other programs or raise "ulimit -n", then try again'],
  ENFILE: ['file-limit', 'too many files are open', 'close other programs, then try again'],
  ENAMETOOLONG: ['file-name-too-long', 'the path is too long', 'choose a shorter one'],
  ELOOP: ['file-link-loop', 'its links lead in a circle', 'repair the link'],
  EIO: ['disk-broken', 'the disk cannot be read or written', 'check the disk, then try again'],
};

/** On Windows these calls are not permitted either while another program has the file open, which is the usual reason. */
const HELD_CALLS = new Set<string | undefined>(['rename', 'rm', 'rmdir', 'unlink']);
const HELD = [
  'file-busy',
  'another program has it open, or you may not change it',
  'close what may use it (a virus scanner does for a moment), then try again',
] as const;

/**
 * Turns what a file operation threw into an error for the user. `file` is named where the system named none. An
 * `EmnistError` is given back as it is, and so is what is no failure of the system: that is a bug in the program.
 */
export function fileError(error: unknown, file: string, platform: string = process.platform): Error {
  if (error instanceof EmnistError) return error;
  const { code, syscall, path: named } = error as Partial<NodeJS.ErrnoException>;
  // Only the system's errors name the call that failed; Node's own, such as ERR_INVALID_ARG_TYPE, do not.
  if (!(error instanceof Error) || typeof code !== 'string' || (syscall === undefined && !(code in KINDS))) {
    return error instanceof Error ? error : new Error(messageOf(error), { cause: error });
  }
  const isHeld = platform === 'win32' && ['EACCES', 'EPERM'].includes(code) && HELD_CALLS.has(syscall);
  const [kind, what, hint] = (isHeld ? HELD : KINDS[code]) ?? [
    'file-failed',
    messageOf(error),
    'check the disk, then try again',
  ];
  return new EmnistError(kind, `${named ?? file}: ${what} (${code})`, hint, { cause: error });
}

/** Whether an error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
