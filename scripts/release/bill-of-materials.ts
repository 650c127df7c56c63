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
 * What a release is made of, in CycloneDX: what `npm sbom` says of the packages that are in the bundles, out of all that
 * building takes, and the versions of Node that are in the executables. https://cyclonedx.org/specification/overview/
 */
export async function billOfMaterials(root: string, packages: readonly ThirdParty[]): Promise<string> {
  const arguments_ = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { stdout } = await promisify(execFile)('npm', arguments_, {
    cwd: root,
    maxBuffer: 64e6,
    shell: process.platform === 'win32',
  });
  const bom = JSON.parse(stdout);
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const bundled = (bom.components as Component[])
    .filter((component) => wanted.has(component['bom-ref']))
    // Here they are no tools of development.
    .map(({ properties: _, ...component }) => component);
  if (bundled.length !== wanted.size) throw new Error('npm sbom does not know all packages of the bundles');
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
