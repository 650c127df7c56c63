import { open } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../core/errors.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { makeFolder } from '../core/files/folders.ts';
import { debugPictures, isDebugPicture } from '../core/images/debug-pictures.ts';
import type { FoundWriting } from '../core/images/picture-characters.ts';

/** How many bytes of a file show where it is from. */
const HEAD_BYTES = 256;

/**
 * Writes what was found in pictures into a folder, which is made if needed: `NAME.boxes.png`, `NAME.ink.png`, and `NAME.0.png`
 * and so on, where NAME is that of the picture. Returns the paths. Files of an earlier run are replaced; throws
 * `file-foreign`, before anything is written, for others, and the errors of `fileError`.
 */
export class DebugFolder {
  readonly #folder: string;
  /** The names given so far, in lower case: some file systems do not distinguish it. */
  readonly #names = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(found: FoundWriting, source: string): Promise<string[]> {
    const name = this.#nameFor(source);
    const pictures = debugPictures(found).map((picture) => ({
      file: path.join(this.#folder, `${name}.${picture.name}.png`),
      png: picture.png,
    }));
    await makeFolder(this.#folder);
    for (const { file } of pictures) await checkReplaceable(file);
    for (const { file, png } of pictures) await writeFileAtomically(file, png);
    return pictures.map(({ file }) => file);
  }

  /** The name of a file, with a number if another file of this run has the same. */
  #nameFor(source: string): string {
    const base = path.basename(source);
    let name = base;
    for (let number = 2; this.#names.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    this.#names.add(name.toLowerCase());
    return name;
  }
}

async function checkReplaceable(file: string): Promise<void> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (isDebugPicture(buffer.subarray(0, bytesRead))) return;
  } catch (error) {
    if (isMissing(error)) return;
    throw fileError(error, file);
  }
  throw new EmnistError('file-foreign', `${file} already exists, and was not written by this program`, { path: file });
}
