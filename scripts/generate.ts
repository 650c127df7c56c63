import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cliDoc } from './generate/cli-doc.ts';
import { errorsDoc } from './generate/errors-doc.ts';
import { libraryOptions } from './generate/library-options.ts';

const root = path.join(import.meta.dirname, '..');

/** The files that are generated from the sources, with what they should contain. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/cli.md': cliDoc,
  'docs/errors.md': errorsDoc,
  'src/library/options.ts': libraryOptions,
};

if (import.meta.main) {
  for (const [name, generate] of Object.entries(GENERATED)) {
    const file = path.join(root, name);
    const contents = await generate();
    if (contents === (await readFile(file, 'utf8').catch(() => null))) continue;
    await writeFile(file, contents);
    console.log(`wrote ${name}`);
  }
}
