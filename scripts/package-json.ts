import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The fields that are copied from the project's `package.json`. */
const COPIED_FIELDS = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'type',
  'engines',
  'peerDependencies',
  'peerDependenciesMeta',
];

/** The published files of `dist`, all but the stamps. */
const FILES = [
  '*.js',
  '*.wasm',
  '*.wasm.br',
  'bin',
  'canvas-page',
  'models',
  'types',
  'CHANGELOG.md',
  'THIRD-PARTY-LICENSES.txt',
];

/**
 * The `package.json` of the npm package. It is bundled, so it has no dependencies. `repository` comes from the environment of
 * the CI (GitHub's and Forgejo's variables), because npm compares it with the provenance of the package:
 * https://docs.npmjs.com/generating-provenance-statements
 */
export async function packageJson(root: string, env = process.env): Promise<string> {
  const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  const published = {
    ...Object.fromEntries(COPIED_FIELDS.map((key) => [key, project[key]])),
    ...(server && repository && { repository: { type: 'git', url: `git+${server}/${repository}.git` } }),
    bin: { 'emnist-tui': 'bin/emnist-tui.js' },
    types: './types/library/index.d.ts',
    exports: {
      '.': { types: './types/library/index.d.ts', default: './library.js' },
      './package.json': './package.json',
    },
    files: FILES,
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}
