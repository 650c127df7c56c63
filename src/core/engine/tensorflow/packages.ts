import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolvePaths, systemPaths } from '../../paths.ts';

/** The version of TensorFlow.js that this engine supports; all its packages have the same version. */
export const TENSORFLOW_VERSION = '4.22.0';
/** Dawn for Node: https://github.com/dawn-gpu/node-webgpu */
export const WEBGPU_VERSION = '0.6.2';

/**
 * The folder for engine packages that cannot be installed next to the program: `npx` and the single executable have no
 * package folder. Null if it would be in the home folder and none is known.
 */
function packagesFolder(): string | null {
  const paths = process.env.EMNIST_TUI_HOME ? resolvePaths() : systemPaths();
  return paths && path.join(path.dirname(paths.models), 'engines');
}

/** The command that installs packages where `findPackage` looks for them. */
export function installCommand(packages: readonly string[]): string {
  const folder = packagesFolder();
  return `npm install ${folder === null ? '' : `--prefix "${folder}" `}${packages.join(' ')}`;
}

/**
 * The main file of a package that is installed next to the program or in `packagesFolder`, or null if it is not
 * installed. Throws Node's error if the package has no main file.
 */
export function findPackage(name: string): string | null {
  const folder = packagesFolder();
  const bases = [import.meta.url, ...(folder === null ? [] : [pathToFileURL(path.join(folder, 'package.json'))])];
  for (const base of bases) {
    try {
      return createRequire(base).resolve(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return null;
}

/** Loads a CommonJS package by its main file, from `findPackage`. */
export function loadPackage(file: string): unknown {
  return createRequire(file)(file);
}
