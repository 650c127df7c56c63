import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import prettyBytes from 'pretty-bytes';
import { build, LICENSES_FILE } from '../build.ts';
import { baseNode, HOST } from '../executable/base-node.ts';
import { buildExecutable, NODE_VERSIONS, TARGETS, type Target } from '../executable/build.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import { releaseNotes } from './release-notes.ts';

/*
 * `npm run release`: everything that is published of a version, in `release/`: the npm package, an archive for each
 * platform, what is in them (SBOM), what has changed, and SHA256SUMS over all. On Linux, with GNU tar and xz.
 */
const run = promisify(execFile);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const release = path.join(root, 'release');

/** No download may be larger, in bytes. */
const MOST_ARCHIVE_BYTES = 32e6;
const MOST_PACKAGE_BYTES = 5e6;

async function limited(file: string, most: number): Promise<string> {
  const { size } = await stat(file);
  if (size > most) throw new Error(`${file} has ${prettyBytes(size)}, more than ${prettyBytes(most)}`);
  return file;
}

/** The npm package. Its name is npm's. */
async function packPackage(): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', release], {
    cwd: path.join(root, 'dist'),
  });
  return limited(path.join(release, stdout.trim()), MOST_PACKAGE_BYTES);
}

/** A target's executable with the licenses of all that is in it, the same bytes whenever it is made of the same sources. */
async function packExecutable(target: Target, version: string, date: Date): Promise<string> {
  const name = `emnist-tui-${version}-${target}`;
  const work = await mkdtemp(path.join(release, '.pack-'));
  try {
    const folder = path.join(work, name);
    await buildExecutable(target, folder);
    await copyFile(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
    await copyFile(path.join(root, 'dist', LICENSES_FILE), path.join(folder, LICENSES_FILE));
    // Not every platform's package has it.
    const node = path.dirname(path.dirname(await baseNode(HOST, NODE_VERSIONS[target])));
    await copyFile(path.join(node, 'LICENSE'), path.join(folder, 'LICENSE-node'));
    const archive = path.join(release, `${name}.tar.xz`);
    const same = ['--sort=name', `--mtime=${date.toISOString()}`, '--owner=0', '--group=0', '--numeric-owner'];
    await run('tar', [...same, '-cJf', archive, '-C', work, name], { env: { ...process.env, XZ_OPT: '-9e -T1' } });
    return await limited(archive, MOST_ARCHIVE_BYTES);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const { stdout: committed } = await run('git', ['log', '-1', '--format=%cI'], { cwd: root });
const date = new Date(committed.trim());
// Before the long work, which is for nothing without.
const notes = releaseNotes(await readFile(path.join(root, 'CHANGELOG.md'), 'utf8'), version, date);
await rm(release, { recursive: true, force: true });
await mkdir(release, { recursive: true });
const packages = await build();
await writeFile(path.join(release, `CHANGELOG-${version}.md`), notes);
await writeFile(path.join(release, `emnist-tui-${version}.cdx.json`), await billOfMaterials(root, packages));
await packPackage();
console.log('Packing the executables takes some minutes …');
await Promise.all(TARGETS.map((target) => packExecutable(target, version, date)));
const names = (await readdir(release)).sort();
const sums = await Promise.all(
  names.map(async (name) => {
    const bytes = await readFile(path.join(release, name));
    console.log(`${prettyBytes(bytes.length).padStart(8)}  release/${name}`);
    return `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`;
  }),
);
await writeFile(path.join(release, 'SHA256SUMS'), sums.join(''));
