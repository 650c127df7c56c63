import os from 'node:os';
import path from 'node:path';
import { EmnistError } from './errors.ts';

/** The name of the program's folders in the user's cache and data folders. */
export const PROGRAM_NAME = 'emnist-tui';

/** Where the program keeps its data. The folders may not exist yet. */
export interface Paths {
  /** A folder for each split, and partial downloads. Can be fetched again. */
  readonly datasets: string;
  /** A folder for each model, with its checkpoint. Cannot be fetched again. */
  readonly models: string;
  /** The file with the drawings that the user has labeled. Cannot be fetched again. */
  readonly samples: string;
}

const SAMPLES_FILE = 'samples.jsonl';

/**
 * Data sets are in the user's cache folder and models and samples in the user's data folder, by the platform's convention (XDG, macOS,
 * Windows). `dataDir` or, without it, `EMNIST_TUI_HOME` puts all into one folder. Throws `home-unknown`.
 */
export function resolvePaths(dataDir?: string, env: NodeJS.ProcessEnv = process.env): Paths {
  const chosen = dataDir || env.EMNIST_TUI_HOME;
  if (chosen && isInOthersHome(chosen)) throw homeUnknown(chosen);
  const paths = chosen ? within(absolutePath(expandHome(chosen))) : systemPaths(env);
  if (paths === null) throw homeUnknown(null);
  return paths;
}

/** The folders by the platform's convention, or null if they depend on the home folder and none is known. */
export function systemPaths(env: NodeJS.ProcessEnv = process.env): Paths | null {
  const { cache, data } = systemFolders(env);
  return cache === null || data === null
    ? null
    : {
        datasets: path.join(cache, 'datasets'),
        models: path.join(data, 'models'),
        samples: path.join(data, SAMPLES_FILE),
      };
}

/** The program's folders for what can be fetched again and for what cannot. */
function systemFolders(env: NodeJS.ProcessEnv): { cache: string | null; data: string | null } {
  const home = homeFolder();
  const inHome = (...names: string[]) => (home === null ? null : path.join(home, ...names));
  const inFolder = (folder: string | null, ...names: string[]) =>
    folder === null ? null : path.join(folder, PROGRAM_NAME, ...names);
  switch (process.platform) {
    case 'darwin':
      return {
        cache: inFolder(inHome('Library', 'Caches')),
        data: inFolder(inHome('Library', 'Application Support')),
      };
    case 'win32': {
      const local = folderFrom(env.LOCALAPPDATA) ?? inHome('AppData', 'Local');
      return { cache: inFolder(local, 'Cache'), data: inFolder(local, 'Data') };
    }
    default:
      // https://specifications.freedesktop.org/basedir-spec/latest/
      return {
        cache: inFolder(folderFrom(env.XDG_CACHE_HOME) ?? inHome('.cache')),
        data: inFolder(folderFrom(env.XDG_DATA_HOME) ?? inHome('.local', 'share')),
      };
  }
}

/**
 * Replaces a leading `~` by the home folder, as shells do where it is neither quoted nor behind `=`.
 * Other paths are returned unchanged, and so is `~name`, another user's home folder, which the program cannot find.
 * Throws `home-unknown`.
 */
export function expandHome(file: string): string {
  if (!isInHome(file)) return file;
  const home = homeFolder();
  if (home === null) throw homeUnknown(file);
  return path.join(home, file.slice(1));
}

/** Whether a path begins with the home folder of another user: `~name/…`. */
export function isInOthersHome(file: string): boolean {
  return file.startsWith('~') && !isInHome(file) && /[/\\]/.test(file);
}

/** Whether a path is `~` or begins with `~/`; on Windows also `~\`. */
function isInHome(file: string): boolean {
  return file === '~' || file.startsWith('~/') || file.startsWith(`~${path.sep}`);
}

/** Like `path.resolve`. Throws `file-missing` for a relative path if the current folder has been deleted. */
export function absolutePath(file: string): string {
  try {
    return path.resolve(file);
  } catch (error) {
    const message = `${file}: the current folder has been deleted (ENOENT)`;
    throw new EmnistError('file-missing', message, { path: '.', systemCode: 'ENOENT' }, { cause: error });
  }
}

/** The user's home folder, or null if none is known: there is no `HOME`, and the user is not in the system's list. */
function homeFolder(): string | null {
  for (const find of [() => os.homedir(), () => os.userInfo().homedir]) {
    const folder = attempt(find);
    if (folder !== null && path.isAbsolute(folder)) return folder;
  }
  return null;
}

/** Returns null if the system does not know the user. */
function attempt(find: () => string): string | null {
  try {
    return find();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
    return null;
  }
}

/** A folder from an environment variable. Relative paths are ignored, as the XDG specification says. */
function folderFrom(value: string | undefined): string | null {
  const folder = value ? expandHome(value) : '';
  return path.isAbsolute(folder) ? folder : null;
}

function within(folder: string): Paths {
  return {
    datasets: path.join(folder, 'datasets'),
    models: path.join(folder, 'models'),
    samples: path.join(folder, SAMPLES_FILE),
  };
}

function homeUnknown(file: string | null): EmnistError<'home-unknown'> {
  const message = file === null ? 'this user has no home folder' : `${file}: this home folder is not known`;
  return new EmnistError('home-unknown', message, { path: file });
}
