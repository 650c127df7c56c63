import { createHash, type Hash } from 'node:crypto';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ThirdParty } from './third-party.ts';

/** What a build reads: folders and files under the root. npm's own list says which packages are installed. */
const SOURCES = ['src', 'scripts', 'models'];
const FILES = [
  'package.json',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'node_modules/.package-lock.json',
];
/** The variables that `packageJson` reads. */
const VARIABLES = ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY'];

/** The file in `dist` that records the last build; it is not published. */
export const STAMP_FILE = 'build.stamp';

interface Stamp {
  /** Hashes of all inputs and of all outputs. */
  sources: string;
  outputs: string;
  packages: ThirdParty[];
}

/** The packages of the last build if its sources and outputs are unchanged, else null. */
export async function currentBuild(root: string, dist: string): Promise<ThirdParty[] | null> {
  const text = await readFile(path.join(dist, STAMP_FILE), 'utf8').catch(() => null);
  if (text === null) return null;
  const stamp: Stamp = JSON.parse(text);
  const isCurrent = stamp.sources === (await hashSources(root)) && stamp.outputs === (await hashOutputs(dist));
  return isCurrent ? stamp.packages : null;
}

/** Records a build. `sources` is from before the build, in case one of them changed during it. */
export async function stampBuild(dist: string, sources: string, packages: ThirdParty[]): Promise<void> {
  const stamp: Stamp = { sources, outputs: await hashOutputs(dist), packages };
  const temporary = path.join(dist, `${STAMP_FILE}.${process.pid}.tmp`);
  await writeFile(temporary, JSON.stringify(stamp));
  await rename(temporary, path.join(dist, STAMP_FILE));
}

/** A hash of everything that a build reads. */
export async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of VARIABLES) hash.update(`${name}=${process.env[name] ?? ''}\n`);
  for (const folder of SOURCES) await hashFolder(hash, path.join(root, folder));
  for (const file of FILES) hash.update(file).update(await readFile(path.join(root, file)).catch(() => ''));
  return hash.digest('hex');
}

async function hashOutputs(dist: string): Promise<string> {
  const hash = createHash('sha256');
  await hashFolder(hash, dist);
  return hash.digest('hex');
}

async function hashFolder(hash: Hash, folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== STAMP_FILE);
  for (const file of files.map(({ parentPath, name }) => path.join(parentPath, name)).sort()) {
    hash.update(path.relative(folder, file)).update(await readFile(file));
  }
}
