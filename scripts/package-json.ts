import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What the package has of the project's own `package.json`. */
const KEPT = [
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

/** Everything in `dist` that is for users; `kernels.stamp` is not. */
const FILES = ['*.js', '*.wasm', 'bin', 'canvas-page', 'models', 'types', 'CHANGELOG.md', 'THIRD-PARTY-LICENSES.txt'];

/**
 * The `package.json` of the npm package, which is bundled and so has no dependencies. `repository` is what the forge that
 * builds it says it is (GitHub's and Forgejo's variables), since npm compares it with where a package comes from:
 * https://docs.npmjs.com/generating-provenance-statements
 */
export async function packageJson(root: string, env = process.env): Promise<string> {
  const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  const published = {
    ...Object.fromEntries(KEPT.map((key) => [key, project[key]])),
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
