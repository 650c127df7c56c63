import path from 'node:path';
import envPaths from 'env-paths';

/** The name of the program's folders in the user's cache and data folders. */
export const PROGRAM_NAME = 'emnist-tui';

/** Where the program keeps its data. The folders may not exist yet. */
export interface Paths {
  /** A folder for each split, and partial downloads. Can be fetched again. */
  readonly datasets: string;
  /** A folder for each model, with its checkpoint. Cannot be fetched again. */
  readonly models: string;
}

/**
 * Data sets are in the user's cache folder and models in the user's data folder, by the platform's convention (XDG, macOS,
 * Windows). `dataDir` or, without it, `EMNIST_TUI_HOME` puts both into one folder.
 */
export function resolvePaths(dataDir?: string, env: NodeJS.ProcessEnv = process.env): Paths {
  const home = dataDir || env.EMNIST_TUI_HOME;
  if (home) {
    const root = path.resolve(home);
    return { datasets: path.join(root, 'datasets'), models: path.join(root, 'models') };
  }
  const { cache, data } = envPaths(PROGRAM_NAME, { suffix: '' });
  return { datasets: path.join(cache, 'datasets'), models: path.join(data, 'models') };
}
