import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildIfChanged, LICENSES_FILE } from '../../scripts/build.ts';
import { packageJson } from '../../scripts/package-json.ts';
import { billOfMaterials } from '../../scripts/release/bill-of-materials.ts';
import { releaseNotes } from '../../scripts/release/release-notes.ts';
import { MAX_PACKAGE_BYTES } from '../../scripts/release/size-limits.ts';
import { ROOT } from '../cli/run.ts';

const CHANGELOG = `# Changelog

About it.

## Unreleased

- new

## 1.2.0 (2026-01-02)

- old
- more
`;
const date = new Date('2026-11-25T12:00:00Z');

test('release notes are the changelog of the version, or of the unreleased changes', () => {
  expect(releaseNotes(CHANGELOG, '1.2.0', date)).toBe('## 1.2.0 (2026-11-25)\n\n- old\n- more\n');
  expect(releaseNotes(CHANGELOG, '1.3.0', date)).toBe('## 1.3.0 (2026-11-25)\n\n- new\n');
  expect(() => releaseNotes(CHANGELOG.replace('- new', ''), '1.3.0', date)).toThrow('has no section for 1.3.0');
});

test('bundled packages are listed with their licenses and in the bill of materials; development tools are not', async () => {
  const packages = await buildIfChanged();
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['asciichart', 'extract-zip', 'h5wasm', 'ink', 'react', 'ws']));
  for (const tool of ['esbuild', 'typescript', 'vitest', 'playwright-core', 'postject'])
    expect(names).not.toContain(tool);
  const licenses = await readFile(path.join(ROOT, 'dist', LICENSES_FILE), 'utf8');
  for (const { name, version } of packages) expect(licenses).toContain(`\n${name} ${version} (`);
  expect(licenses).toContain('Copyright (c) Meta Platforms');

  const bom = JSON.parse(await billOfMaterials(ROOT, packages));
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'emnist-tui' } } });
  const components = bom.components as { name: string; version: string; hashes?: unknown[] }[];
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining([...names, 'node']));
  expect(components).toHaveLength(packages.length + components.filter(({ name }) => name === 'node').length);
  const [own] = bom.dependencies;
  expect(own.dependsOn).toHaveLength(components.length);
});

test('the package names its repository when CI provides it', async () => {
  const forge = { GITHUB_SERVER_URL: 'https://forge.example', GITHUB_REPOSITORY: 'someone/emnist-tui' };
  expect(JSON.parse(await packageJson(ROOT, forge)).repository).toEqual({
    type: 'git',
    url: 'git+https://forge.example/someone/emnist-tui.git',
  });
  const published = JSON.parse(await packageJson(ROOT, {}));
  expect(published).toMatchObject({ name: 'emnist-tui', license: 'MIT', engines: { node: '>=22' } });
  for (const key of ['private', 'dependencies', 'devDependencies', 'optionalDependencies', 'scripts', 'repository']) {
    expect(published).not.toHaveProperty(key);
  }
  for (const peer of Object.keys(published.peerDependencies)) {
    expect(published.peerDependenciesMeta[peer]).toEqual({ optional: true });
  }
});

test('the package has both models, and stays below its limit', async () => {
  await buildIfChanged();
  const dist = { cwd: path.join(ROOT, 'dist'), shell: process.platform === 'win32' };
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { ...dist, encoding: 'utf8' }));
  const files = packed.files as { path: string }[];
  const weights = files.map((file) => file.path).filter((file) => /^models\/\w+\/weights/.test(file));
  expect(weights.map((file) => path.dirname(file)).sort()).toEqual(['models/shipped', 'models/words']);
  expect(packed.size).toBeLessThan(MAX_PACKAGE_BYTES);
});
