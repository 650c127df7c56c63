import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolvePaths } from '../../paths.ts';

/** The version of TensorFlow.js that this engine was written for; its packages carry the same one. */
export const TENSORFLOW_VERSION = '4.22.0';
/** Dawn for Node: https://github.com/dawn-gpu/node-webgpu */
export const WEBGPU_VERSION = '0.6.2';

/**
 * The folder that packages for engines are installed into when the program was not: `npx` and the single executable have
 * no folder of their own to install beside.
 */
export function packagesFolder(): string {
  return path.join(path.dirname(resolvePaths().models), 'engines');
}

/** The command that installs these packages where `findPackage` looks. */
export function installCommand(packages: readonly string[]): string {
  return `npm install --prefix "${packagesFolder()}" ${packages.join(' ')}`;
}

/**
 * The main file of an installed package: beside the program, or in `packagesFolder`. Null when there is none; throws
 * Node's error for one that is there without a main file.
 */
export function findPackage(name: string): string | null {
  const bases = [import.meta.url, pathToFileURL(path.join(packagesFolder(), 'package.json'))];
  for (const base of bases) {
    try {
      return createRequire(base).resolve(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return null;
}

/** Loads a CommonJS package by the file that `findPackage` gave. */
export function loadPackage(file: string): unknown {
  return createRequire(file)(file);
}
