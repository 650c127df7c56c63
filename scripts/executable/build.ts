import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import postject from 'postject';
import prettyBytes from 'pretty-bytes';
import { EXECUTABLE_MAIN } from '../../src/core/asset.ts';
import { retryWhileBusy } from '../../src/core/files/retry.ts';
import { buildIfChanged } from '../build.ts';
import { baseNode, HOST, runnableNode } from './base-node.ts';
import { signMachO } from './sign-macho.ts';
import { stripElf } from './strip-elf.ts';
import { type ProgramInfo, setResources, withChecksum } from './windows-resources.ts';

const run = promisify(execFile);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');

/** The Node version of each target's executable; see docs/decisions.md for the reasons. */
export const NODE_VERSIONS = {
  'linux-x64': '24.21.0',
  'linux-arm64': '24.21.0',
  'darwin-arm64': '26.10.0',
  'win-x64': '26.10.0',
};

/** The marker in Node's binary that says whether a program was injected. */
const SENTINEL_FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export type Target = keyof typeof NODE_VERSIONS;
export const TARGETS = Object.keys(NODE_VERSIONS) as Target[];

/** The file name of a target's executable. */
function executableName(target: Target): string {
  return target.startsWith('win') ? 'emnist-tui.exe' : 'emnist-tui';
}

/**
 * Builds the single executable of a target in `folder` and returns its path: Node with the files of `dist` as assets.
 * https://nodejs.org/api/single-executable-applications.html
 */
export async function buildExecutable(target: Target, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(path.join(folder, '.build-'));
  try {
    const unfinished = path.join(work, executableName(target));
    await writeFile(unfinished, await prepared(target));
    await inject(target, unfinished, work);
    if (target.startsWith('darwin')) await writeFile(unfinished, signMachO(await readFile(unfinished), 'emnist-tui'));
    if (target.startsWith('win')) await writeFile(unfinished, withChecksum(await readFile(unfinished)));
    await chmod(unfinished, 0o755);
    const file = path.join(folder, executableName(target));
    // Virus scanners open new executables.
    await retryWhileBusy(() => rename(unfinished, file));
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The Node binary of a target, prepared for injection. */
async function prepared(target: Target): Promise<Uint8Array> {
  const node = await readFile(await baseNode(target, NODE_VERSIONS[target]));
  if (target.startsWith('linux')) return stripElf(node);
  if (target.startsWith('win')) return setResources(node, await programInfo());
  return node;
}

/** Injects the program into an executable. `work` is a folder for temporary files. */
async function inject(target: Target, file: string, work: string): Promise<void> {
  const version = NODE_VERSIONS[target];
  const node = await runnableNode(version);
  const config = path.join(work, 'sea.json');
  const output = path.join(work, 'sea');
  const common = {
    main: path.join(dist, EXECUTABLE_MAIN),
    assets: await assets(),
    output,
    disableExperimentalSEAWarning: true,
    // NODE_OPTIONS is not meant for this program.
    execArgvExtension: 'none',
  };
  if (Number.parseInt(version, 10) >= 26) {
    await writeFile(config, JSON.stringify({ ...common, executable: file }));
    await run(node, ['--build-sea', config]);
    await rename(output, file);
  } else {
    await writeFile(config, JSON.stringify(common));
    await run(node, ['--experimental-sea-config', config]);
    await postject.inject(file, 'NODE_SEA_BLOB', await readFile(output), { sentinelFuse: SENTINEL_FUSE });
  }
}

/** The built files that the program reads, by their names under `dist`: no types, no library and no docs. */
async function assets(): Promise<Record<string, string>> {
  const names = await readdir(dist, { recursive: true });
  const read = names
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => /^(?!library)[^/]+\.(js|wasm|wasm\.br)$|^(bin|canvas-page|executable|models)\/.*\./.test(name));
  return Object.fromEntries(read.map((name) => [name, path.join(dist, name)]));
}

async function programInfo(): Promise<ProgramInfo> {
  const { name, version, description } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const [copyright] = /^Copyright .*$/m.exec(await readFile(path.join(root, 'LICENSE'), 'utf8'))!;
  return { name, version, description, copyright };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  const { target = HOST, out = path.join(root, 'release') } = values;
  const targets = target === 'all' ? TARGETS : TARGETS.filter((name) => name === target);
  if (targets.length === 0) throw new Error(`--target is one of ${TARGETS.join(', ')} and all, not ${target}`);
  await buildIfChanged();
  for (const name of targets) {
    const file = await buildExecutable(name, path.join(out, name));
    const { size } = await stat(file);
    console.log(`${path.relative('', file)}  ${prettyBytes(size)}`);
  }
}
