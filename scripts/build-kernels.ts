import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What the engine's kernels are compiled with; all builds come from one source. */
const OPTIONS = [
  // --debug keeps the functions' names, for profiles and stacks, and nothing else.
  ...['-O3', '--debug', '--noAssert', '--uncheckedBehavior', 'always', '--runtime', 'stub'],
  ...['--importMemory', '--noExportMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads'],
  // AS201: addresses and counts are both 32 bits wide; AS112: vectors stay inside the module.
  ...['--disableWarning', '201', '--disableWarning', '112'],
];
const BUILDS = {
  plain: ['--use', 'RELAXED=0', '--use', 'WIDE=0'],
  relaxed: ['--enable', 'relaxed-simd', '--use', 'RELAXED=1', '--use', 'WIDE=0'],
  wide: ['--enable', 'relaxed-simd', '--use', 'RELAXED=1', '--use', 'WIDE=1'],
};

/**
 * Compiles the kernels in `folder` to `dist/kernels.<build>.wasm`, if their sources, the compiler or the options have
 * changed since the last time.
 */
export async function buildKernels(
  root: string,
  folder: string,
  dist: string,
  write: (file: string, contents: Uint8Array) => Promise<void>,
): Promise<void> {
  const stampFile = path.join(dist, 'kernels.stamp');
  const outputs = Object.keys(BUILDS).map((build) => path.join(dist, `kernels.${build}.wasm`));
  const stamp = await stampOf(root, folder);
  const present = await Promise.all(
    outputs.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (present.every(Boolean) && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return;
  // The compiler takes a while to load.
  const { default: asc } = await import('assemblyscript/asc');
  for (const [build, options] of Object.entries(BUILDS)) {
    const entry = path.posix.join(folder, 'index.ts');
    let binary: Uint8Array | null = null;
    const { error, stderr } = await asc.main([entry, '--outFile', 'kernels.wasm', ...OPTIONS, ...options], {
      readFile: (name, base) => readFile(path.resolve(root, base, name), 'utf8').catch(() => null),
      writeFile: (_name, contents) => {
        binary = contents as Uint8Array;
      },
      listFiles: () => [],
    });
    if (error || !binary)
      throw new Error(`the ${build} kernels do not compile:\n${stderr.toString()}`, { cause: error });
    await write(path.join(dist, `kernels.${build}.wasm`), binary);
  }
  await write(stampFile, Buffer.from(stamp));
}

async function stampOf(root: string, folder: string): Promise<string> {
  const { version } = JSON.parse(
    await readFile(path.join(root, 'node_modules/assemblyscript/package.json'), 'utf8'),
  ) as { version: string };
  const hash = createHash('sha256').update(JSON.stringify([version, OPTIONS, BUILDS]));
  for (const name of (await readdir(path.join(root, folder))).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(path.join(root, folder, name)));
  }
  return hash.digest('hex');
}
