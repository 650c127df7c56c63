import path from 'node:path';
import envPaths from 'env-paths';

/** What the program's folders among those of other programs are called. */
export const PROGRAM_NAME = 'emnist-tui';

/** Where everything is kept. No folder need exist yet. */
export interface Paths {
  /** `<split>/` folders and downloads; can be fetched again. */
  readonly datasets: string;
  /** One folder a model, with its checkpoint inside; cannot be fetched again. */
  readonly models: string;
}

/**
 * Data sets under the user's cache folder, models under the user's data folder, by platform convention (XDG, macOS,
 * Windows); `dataDir` or, failing that, `EMNIST_TUI_HOME` puts both under one folder.
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
