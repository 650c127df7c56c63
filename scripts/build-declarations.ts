import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Matches the module specifiers in TypeScript's declarations. */
const SPECIFIER = /(?<=\b(?:from|import) |\bimport\()(['"])(?<name>.+?)\1/g;

/**
 * Writes the library's type declarations: of TypeScript's output, the entry and the files it refers to. Bundled packages
 * are not installed with the library, so a declaration that names one is an error.
 */
export async function buildDeclarations(
  root: string,
  project: string,
  outdir: string,
  write: (file: string, contents: Uint8Array) => Promise<void>,
): Promise<void> {
  const output = await mkdtemp(path.join(tmpdir(), 'emnist-declarations-'));
  try {
    await compile(path.join(root, project), output);
    const source = path.join(output, 'src');
    const needed = new Set([path.join(source, 'library/index.d.ts')]);
    for (const file of needed) {
      const text = (await readFile(file, 'utf8')).replace(SPECIFIER, (_, quote: string, name: string) => {
        if (!name.startsWith('.')) throw new Error(`the declaration ${file} needs the package "${name}"`);
        needed.add(path.join(path.dirname(file), name.replace(/\.ts$/, '.d.ts')));
        return `${quote}${name.replace(/\.ts$/, '.js')}${quote}`;
      });
      await write(path.join(outdir, path.relative(source, file)), Buffer.from(text));
    }
    const published = new Set([...needed].map((file) => path.relative(source, file)));
    for (const name of await readdir(outdir, { recursive: true })) {
      if (name.endsWith('.d.ts') && !published.has(name)) await rm(path.join(outdir, name), { force: true });
    }
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function compile(project: string, outDir: string): Promise<void> {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = JSON.parse(await readFile(typescript, 'utf8'));
  const tsc = path.join(path.dirname(typescript), bin.tsc);
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', outDir]);
  } catch (error) {
    // tsc reports errors on stdout.
    const { stdout } = error as { stdout?: string };
    throw stdout ? new Error(`cannot compile the library's declarations:\n${stdout}`) : error;
  }
}
