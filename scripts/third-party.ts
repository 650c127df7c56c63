import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

/** A third-party package that the build contains. */
export interface ThirdParty {
  name: string;
  version: string;
  /** SPDX expression. */
  license: string;
  /** Path relative to the project's root. */
  folder: string;
}

/** The packages whose code is in the bundles, and `others` that are included otherwise; sorted by name and version. */
export async function thirdParties(root: string, bundles: Metafile[], others: string[]): Promise<ThirdParty[]> {
  const folders = new Set(others.map((name) => `node_modules/${name}`));
  for (const { inputs } of bundles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
      if (folder && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
      return { name, version, license, folder };
    }),
  );
  // The same version may be installed more than once.
  const byName = new Map(packages.map((entry) => [`${entry.name}@${entry.version}`, entry]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** The licenses of packages, with their license and notice files. */
export async function licenseText(root: string, packages: readonly ThirdParty[]): Promise<string> {
  const texts = packages.map(async ({ name, version, license, folder }) => {
    const files = (await readdir(path.join(root, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const contents = await Promise.all(files.map((file) => readFile(path.join(root, folder, file), 'utf8')));
    return [`${name} ${version} (${license})`, ...contents.map((text) => text.trim())].join('\n\n');
  });
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `emnist-tui contains parts of these packages.${line}${(await Promise.all(texts)).join(line)}\n`;
}
