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
import { MAX_ARCHIVE_BYTES, MAX_PACKAGE_BYTES } from './size-limits.ts';

/*
 * `npm run release` writes everything that is published for a version to `release/`: the npm package, an archive for each
 * platform, the bill of materials (SBOM), the release notes, and SHA256SUMS. Requires Linux with GNU tar and xz.
 */
const run = promisify(execFile);
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const release = path.join(root, 'release');

/** Returns the file's path. Throws when it is larger than `maxBytes`. */
async function checkSize(file: string, maxBytes: number): Promise<string> {
  const { size } = await stat(file);
  if (size > maxBytes) throw new Error(`${file} is ${prettyBytes(size)}, more than ${prettyBytes(maxBytes)}`);
  return file;
}

/** Packs the npm package. */
async function packPackage(): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', release], {
    cwd: path.join(root, 'dist'),
  });
  return checkSize(path.join(release, stdout.trim()), MAX_PACKAGE_BYTES);
}

/** Packs a target's executable with all licenses. Reproducible: the same sources produce the same bytes. */
async function packExecutable(target: Target, version: string, date: Date): Promise<string> {
  const name = `emnist-tui-${version}-${target}`;
  const work = await mkdtemp(path.join(release, '.pack-'));
  try {
    const folder = path.join(work, name);
    await buildExecutable(target, folder);
    await copyFile(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
    await copyFile(path.join(root, 'dist', LICENSES_FILE), path.join(folder, LICENSES_FILE));
    // From this machine's package, since not every platform's has it.
    const node = path.dirname(path.dirname(await baseNode(HOST, NODE_VERSIONS[target])));
    await copyFile(path.join(node, 'LICENSE'), path.join(folder, 'LICENSE-node'));
    const archive = path.join(release, `${name}.tar.xz`);
    const same = ['--sort=name', `--mtime=${date.toISOString()}`, '--owner=0', '--group=0', '--numeric-owner'];
    await run('tar', [...same, '-cJf', archive, '-C', work, name], { env: { ...process.env, XZ_OPT: '-9e -T1' } });
    return await checkSize(archive, MAX_ARCHIVE_BYTES);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const { stdout: committed } = await run('git', ['log', '-1', '--format=%cI'], { cwd: root });
const date = new Date(committed.trim());
// Before the long work, to fail early.
const notes = releaseNotes(await readFile(path.join(root, 'CHANGELOG.md'), 'utf8'), version, date);
await rm(release, { recursive: true, force: true });
await mkdir(release, { recursive: true });
const packages = await build();
await writeFile(path.join(release, `CHANGELOG-${version}.md`), notes);
await writeFile(path.join(release, `emnist-tui-${version}.cdx.json`), await billOfMaterials(root, packages));
await packPackage();
console.log('Packing the executables takes a few minutes…');
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
