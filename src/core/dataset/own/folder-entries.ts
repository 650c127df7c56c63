import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSystemFile } from '../../files/system-files.ts';
import { sourceError } from './own-errors.ts';

/** What is in a folder of a source. Hidden files and those of the system are left out; links are followed. */
export interface FolderEntries {
  /** Sorted names. */
  folders: string[];
  files: { name: string; size: number }[];
  /** Links that lead nowhere, pipes, and so on. */
  others: string[];
}

const IGNORED = /^(?:\.|__MACOSX$|lost\+found$)/;

/** Lists a folder. Throws the errors of files. */
export async function listEntries(folder: string): Promise<FolderEntries> {
  const entries: FolderEntries = { folders: [], files: [], others: [] };
  const names = await readdir(folder).catch((error) => {
    throw sourceError(error, folder);
  });
  for (const name of names.sort()) {
    if (IGNORED.test(name) || isSystemFile(name)) continue;
    const stats = await stat(path.join(folder, name)).catch(() => null);
    if (stats?.isDirectory()) entries.folders.push(name);
    else if (stats?.isFile()) entries.files.push({ name, size: stats.size });
    else entries.others.push(name);
  }
  return entries;
}

/** How deep the folders of a source may be. */
const MAX_DEPTH = 8;

/** A file below a folder. `path` is absolute. */
export interface FoundFile {
  path: string;
  size: number;
}

/** All files below a folder, in the order of their paths. Links that lead into a loop are followed once. */
export async function* walkFiles(
  folder: string,
  visited: Set<string> = new Set(),
  depth = 0,
): AsyncGenerator<FoundFile> {
  const real = await realpath(folder).catch((error) => {
    throw sourceError(error, folder);
  });
  if (visited.has(real) || depth > MAX_DEPTH) return;
  visited.add(real);
  const { files, folders } = await listEntries(folder);
  for (const { name, size } of files) yield { path: path.join(folder, name), size };
  for (const name of folders) yield* walkFiles(path.join(folder, name), visited, depth + 1);
}
