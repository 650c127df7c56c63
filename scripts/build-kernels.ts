import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { microkernels } from './kernels/microkernels.ts';

/** Where the kernels' sources are, relative to the repository. */
export const KERNELS_FOLDER = 'src/core/engine/wasm/kernels';

/**
 * Generated sources, by their path in the repository. They exist in memory only: nobody edits or reviews them, and asc
 * is their only reader.
 */
const GENERATED = new Map([[`${KERNELS_FOLDER}/microkernels.ts`, microkernels()]]);

const OPTIONS = ['-O3', '--noAssert', '--uncheckedBehavior', 'always', '--runtime', 'stub', '--enable', 'simd'];
const ENGINE_OPTIONS = [
  // --debug keeps the names of functions, for profiles and stack traces, and changes nothing else.
  '--debug',
  ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'threads'],
];
// AS201: addresses and counts are both 32 bits wide; AS112: vectors never leave the module.
const WARNINGS = ['--disableWarning', '201', '--disableWarning', '112'];

/** The builds of the kernels, all from the same sources; see src/core/engine/wasm/kernel-build.ts. */
const BUILDS = {
  plain: ['--use', 'RELAXED=0', '--use', 'WIDE=0'],
  relaxed: ['--enable', 'relaxed-simd', '--use', 'RELAXED=1', '--use', 'WIDE=0'],
  wide: ['--enable', 'relaxed-simd', '--use', 'RELAXED=1', '--use', 'WIDE=1'],
};
type Build = keyof typeof BUILDS;

/**
 * Compiles the kernels to `dist/kernels.<build>.wasm` unless their sources, the compiler and the options are unchanged
 * since the last time.
 */
export async function buildKernels(
  root: string,
  dist: string,
  write: (file: string, contents: Uint8Array) => Promise<void>,
): Promise<void> {
  const stampFile = path.join(dist, 'kernels.stamp');
  const builds = Object.keys(BUILDS) as Build[];
  const outputFile = (build: Build) => path.join(dist, `kernels.${build}.wasm`);
  const stamp = await stampOf(root);
  const present = await Promise.all(builds.map((build) => exists(outputFile(build))));
  if (present.every(Boolean) && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return;
  for (const build of builds) {
    await write(
      outputFile(build),
      await compile(root, `${KERNELS_FOLDER}/index.ts`, build, { options: ENGINE_OPTIONS }),
    );
  }
  await write(stampFile, Buffer.from(stamp));
}

/**
 * Compiles AssemblyScript to WebAssembly with the options of a build of the kernels. `entry` and the keys of `sources`
 * are paths in the repository; `sources` stand in for files.
 */
export async function compile(
  root: string,
  entry: string,
  build: Build,
  { options = [], sources = new Map() }: { options?: readonly string[]; sources?: ReadonlyMap<string, string> } = {},
): Promise<Uint8Array> {
  // Loading the compiler takes a while.
  const { default: asc } = await import('assemblyscript/asc');
  let binary: Uint8Array | null = null;
  const parameters = [...OPTIONS, ...options, ...WARNINGS, ...BUILDS[build]];
  const { error, stderr } = await asc.main([entry, '--outFile', 'kernels.wasm', ...parameters], {
    readFile: async (name, base) =>
      sources.get(name) ?? GENERATED.get(name) ?? readFile(path.resolve(root, base, name), 'utf8').catch(() => null),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`cannot compile the ${build} build of ${entry}:\n${stderr}`, { cause: error });
  return binary;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** A hash of everything that the compiled kernels depend on. */
async function stampOf(root: string): Promise<string> {
  const { version } = JSON.parse(
    await readFile(path.join(root, 'node_modules/assemblyscript/package.json'), 'utf8'),
  ) as { version: string };
  const settings = [version, OPTIONS, ENGINE_OPTIONS, WARNINGS, BUILDS, [...GENERATED]];
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const name of (await readdir(path.join(root, KERNELS_FOLDER))).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(path.join(root, KERNELS_FOLDER, name)));
  }
  return hash.digest('hex');
}
