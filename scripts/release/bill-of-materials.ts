import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NODE_VERSIONS } from '../executable/build.ts';
import type { ThirdParty } from '../third-party.ts';

interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  [field: string]: unknown;
}

/**
 * The bill of materials of a release in CycloneDX format: the bundled packages, filtered from the output of `npm sbom`, and the
 * Node versions in the executables. https://cyclonedx.org/specification/overview/
 */
export async function billOfMaterials(root: string, packages: readonly ThirdParty[]): Promise<string> {
  // Also where NODE_ENV is production, which makes npm leave out what is bundled.
  const arguments_ = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--include=dev'];
  const { stdout } = await promisify(execFile)('npm', arguments_, {
    cwd: root,
    maxBuffer: 64e6,
    shell: process.platform === 'win32',
  });
  const bom = JSON.parse(stdout);
  const names = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const bundled = (bom.components as Component[])
    .filter((component) => names.has(component['bom-ref']))
    // npm marks them as development dependencies, which they are not in the bundles.
    .map(({ properties: _, ...component }) => component);
  if (bundled.length !== names.size) throw new Error('npm sbom does not list all bundled packages');
  const nodes = [...new Set(Object.values(NODE_VERSIONS))].map((version) => ({
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'node',
    version,
    scope: 'optional',
    purl: `pkg:generic/node@${version}`,
    licenses: [{ license: { id: 'MIT' } }],
  }));
  const { component } = bom.metadata;
  const refs = [...bundled, ...nodes].map((entry) => entry['bom-ref']);
  Object.assign(component, { type: 'application', name: component['bom-ref'].split('@')[0] });
  delete component.properties;
  bom.components = [...bundled, ...nodes];
  bom.dependencies = [{ ref: component['bom-ref'], dependsOn: refs }, ...refs.map((ref) => ({ ref, dependsOn: [] }))];
  return `${JSON.stringify(bom, null, 2)}\n`;
}
