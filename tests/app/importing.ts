import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { importModel } from '../../src/app/import-model.ts';
import type { ImportOptions } from '../../src/app/options/import.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';

/** A temporary folder with files to import and a data directory to import them into. */
export class ImportFolder {
  folder = '';
  paths: Paths = resolvePaths('');

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-import-'));
      this.paths = resolvePaths(path.join(this.folder, 'home'));
    });
    afterEach(() => rm(this.folder, { recursive: true }));
  }

  /** Writes a file and returns its path. */
  async write(name: string, contents: string | Uint8Array): Promise<string> {
    const file = path.join(this.folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  }

  /** Imports a file, by default under the name `it`. */
  import(file: string, options: Partial<ImportOptions> = {}) {
    return importModel({ file, name: 'it', ...options }, { paths: this.paths });
  }

  /** The error of an import; null when it succeeds. */
  refusal(file: string, options?: Partial<ImportOptions>) {
    return this.import(file, options).then(
      () => null,
      (error) => error,
    );
  }
}
