import { addressSpaceLimit } from './address-space.ts';
import { EmnistError, messageOf } from './errors.ts';

/** The option of Node that grants what its permission model has denied, by the name of the permission in the error. */
const GRANTS: Readonly<Record<string, string>> = {
  FileSystemRead: '--allow-fs-read',
  FileSystemWrite: '--allow-fs-write',
  ChildProcess: '--allow-child-process',
  WorkerThreads: '--allow-worker',
  WASI: '--allow-wasi',
  Addons: '--allow-addons',
  Net: '--allow-net',
};

/** What V8 throws if it cannot allocate the memory of an array or of WebAssembly. */
const NO_MEMORY = /could not allocate memory|array buffer allocation failed|out of memory/i;

/**
 * Turns an error that Node throws because of how it was started, of a limit of the system, or of a damaged installation
 * into one for the user. Returns an `EmnistError` unchanged, and null for all other errors.
 */
export function nodeError(error: unknown): EmnistError | null {
  if (error instanceof EmnistError) return error;
  if (!(error instanceof Error)) return null;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  const options = { cause: error };
  switch (code) {
    case 'ERR_ACCESS_DENIED':
      return accessDenied(error);
    case 'EMFILE':
    case 'ENFILE':
      return tooManyFiles(error);
    case 'ENOMEM':
    case 'ERR_MEMORY_ALLOCATION_FAILED':
    case 'ERR_WORKER_OUT_OF_MEMORY':
      return noMemory(error);
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND':
    case 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND':
      return damagedInstallation(messageOf(error), error);
  }
  // A script that cannot be parsed, as opposed to JSON.
  if (error.name === 'SyntaxError' && /^\s+at .*\(node:internal\/modules\//m.test(error.stack?.split('\n')[1] ?? '')) {
    return damagedInstallation(`a script cannot be parsed (${error.message})`, error);
  }
  // Node names the system's error only in the message.
  const inMessage = code === 'ERR_WORKER_INIT_FAILED' || code === 'ERR_INVALID_PACKAGE_CONFIG';
  if (inMessage && /EMFILE|ENFILE|too many open files/i.test(error.message)) return tooManyFiles(error);
  if (code === 'EAGAIN' || (inMessage && /\bEAGAIN\b/.test(error.message)) || error.message === 'EAGAIN') {
    const reason = 'no further thread or process can be started (EAGAIN)';
    return new EmnistError('system-limit', reason, { limit: 'processes' }, options);
  }
  if (error instanceof RangeError && NO_MEMORY.test(error.message)) return noMemory(error);
  if (syscall === 'uv_cwd') {
    const data = { path: '.', systemCode: 'ENOENT' };
    return new EmnistError('file-missing', 'the current folder has been deleted (ENOENT)', data, options);
  }
  return null;
}

/** The error for a file of the program itself that is missing or damaged. */
export function damagedInstallation(reason: string, cause?: unknown): EmnistError<'installation-damaged'> {
  return new EmnistError('installation-damaged', `this installation is damaged: ${reason}`, { reason }, { cause });
}

/** The error for too little memory: because of a limit on virtual memory, if there is one. */
export function noMemory(cause?: unknown): EmnistError<'system-limit'> {
  const bytes = addressSpaceLimit();
  if (bytes === null) {
    return new EmnistError('system-limit', 'there is not enough memory', { limit: 'memory' }, { cause });
  }
  const message = `the limit on virtual memory is too low (${Math.floor(bytes / 2 ** 20)} MiB)`;
  return new EmnistError('system-limit', message, { limit: 'virtual-memory' }, { cause });
}

/** The error for a Node that has no WebAssembly. */
export function noWebAssembly(): EmnistError<'node-restricted'> {
  return new EmnistError('node-restricted', 'WebAssembly is turned off in this Node (--jitless)', {
    restriction: 'jitless',
    grant: null,
    resource: null,
  });
}

function tooManyFiles(cause: Error): EmnistError<'system-limit'> {
  return new EmnistError('system-limit', 'too many open files (EMFILE)', { limit: 'open-files' }, { cause });
}

function accessDenied(error: Error): EmnistError<'node-restricted'> {
  const { permission = '', resource } = error as { permission?: string; resource?: string };
  const what = permission ? permission.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase() : messageOf(error);
  const grant = GRANTS[permission] ?? null;
  const details = grant === null ? what : `${what}, ${grant}`;
  const message = `${resource ? `${resource}: ` : ''}Node's permission model denies this (${details})`;
  const data = { restriction: 'permission', grant, resource: resource || null } as const;
  return new EmnistError('node-restricted', message, data, { cause: error });
}
