import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../cli/run.ts';

/** Creates a project whose only dependency is the npm package built in `dist`. */
export async function installPackage(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const parent = path.dirname(folder);
  npm(path.join(ROOT, 'dist'), 'pack', '--pack-destination', parent);
  const [tarball] = (await readdir(parent)).filter((name) => name.endsWith('.tgz'));
  npm(folder, 'install', '--offline', '--ignore-scripts', path.join(parent, tarball!));
}

function npm(cwd: string, ...args: string[]): void {
  const quiet = ['--silent', '--no-audit', '--no-fund', '--no-update-notifier'];
  execFileSync('npm', [...args, ...quiet], { cwd, shell: process.platform === 'win32' });
}
