import { lstat, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError } from '../core/errors.ts';
import type { Mistake } from '../core/evaluation/mistake.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { makeFolder } from '../core/files/folders.ts';
import { isSystemFile } from '../core/files/system-files.ts';
import { encodeEnlarged, hasMark, MARK_BYTES } from '../core/images/marked-png.ts';
import { absolutePath, expandHome } from '../core/paths.ts';
import { aboutOption } from './about-option.ts';
import { MISTAKE_NAME, mistakeName } from './mistake-name.ts';

/** The mark in every PNG file that is written here. */
const MARK = 'emnist-tui mistake';
/** Files that are written at a time: each waits for the disk. */
const AT_A_TIME = 16;

/**
 * A folder for misread images, as PNG files named by `mistakeName`. It is made with the first `flush`, so that an evaluation that
 * cannot start leaves none behind.
 */
export class MistakesFolder {
  readonly #folder: string;
  /** Of an earlier evaluation. */
  #replaced: readonly string[];
  #pending: Mistake[] = [];
  #images = 0;

  private constructor(folder: string, replaced: readonly string[]) {
    this.#folder = folder;
    this.#replaced = replaced;
  }

  /**
   * Throws `file-exists` if the folder is not empty, unless `force` is set: misread images of an earlier evaluation are then replaced,
   * and other files stay. Throws `file-not-folder`, and other errors about files.
   */
  static async open(folder: string, force: boolean): Promise<MistakesFolder> {
    const target = absolutePath(folder);
    return aboutOption('mistakes', async () => {
      const names = await listTarget(target);
      if (!force && !names.every(isSystemFile)) {
        throw new EmnistError('file-exists', `${target} already exists and is not empty`, { path: target });
      }
      const replaced: string[] = [];
      for (const name of names) if (await isMistake(path.join(target, name))) replaced.push(name);
      return new MistakesFolder(target, replaced);
    });
  }

  /** Where the images are, and how many. */
  get written(): { path: string; images: number } {
    return { path: this.#folder, images: this.#images };
  }

  /** Keeps an image until `flush`. */
  add(mistake: Mistake): void {
    this.#pending.push(mistake);
  }

  /** Writes the images that were added. When aborted, it throws the signal's reason. `onImage`: after some, with how many there are. */
  async flush(signal?: AbortSignal, onImage?: (images: number) => void): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await aboutOption('mistakes', async () => {
      await makeFolder(this.#folder);
      for (const name of this.#replaced) await rm(path.join(this.#folder, name), { force: true, maxRetries: 3 });
      this.#replaced = [];
      for (let from = 0; from < pending.length; from += AT_A_TIME) {
        signal?.throwIfAborted();
        const some = pending.slice(from, from + AT_A_TIME);
        await Promise.all(
          some.map((mistake) => writeFileAtomically(path.join(this.#folder, mistakeName(mistake)), toPng(mistake))),
        );
        this.#images += some.length;
        onImage?.(this.#images);
      }
    });
  }
}

/** Where misread images are saved, on the user's request. */
export interface SaveMistakesOptions {
  /** A file for the only image, or a folder for all. */
  path: string;
  as: 'file' | 'folder';
  /** Replace the file, or write into a folder that is not empty. */
  force?: boolean;
  /** Called after some images with how many have been saved. */
  onImage?: (images: number) => void;
}

/** Saves misread images. Returns the absolute path. Throws `file-exists` and other errors about files, and the signal's reason. */
export async function saveMistakes(
  mistakes: readonly Mistake[],
  { path: given, as, force = false, onImage }: SaveMistakesOptions,
  signal?: AbortSignal,
): Promise<string> {
  const target = absolutePath(expandHome(given));
  if (as === 'folder') {
    const folder = await MistakesFolder.open(target, force);
    for (const mistake of mistakes) folder.add(mistake);
    await folder.flush(signal, onImage);
    return target;
  }
  await aboutOption('mistakes', async () => {
    await checkFile(target, force);
    await makeFolder(path.dirname(target));
    await writeFileAtomically(target, toPng(mistakes[0]!));
  });
  return target;
}

function toPng({ image }: Mistake): Buffer {
  return encodeEnlarged(image, MARK);
}

async function listTarget(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new EmnistError('file-not-folder', `${folder} is a file, not a folder`, { path: folder });
    }
    if (isMissing(error)) return [];
    throw fileError(error, folder);
  }
}

/** Whether a file is a misread image that was written here. */
async function isMistake(file: string): Promise<boolean> {
  if (!MISTAKE_NAME.test(path.basename(file))) return false;
  try {
    // Not a link, which the user has made, and nothing that would wait to be written.
    if (!(await lstat(file)).isFile()) return false;
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARK_BYTES), 0, MARK_BYTES, 0);
    return hasMark(buffer.subarray(0, bytesRead), MARK);
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, file);
  }
}

async function checkFile(file: string, force: boolean): Promise<void> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(file)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return;
    throw fileError(error, file);
  }
  if (isFolder) throw new EmnistError('file-is-folder', `${file} is a folder, not a file`, { path: file });
  if (!force) throw new EmnistError('file-exists', `${file} already exists`, { path: file });
}
