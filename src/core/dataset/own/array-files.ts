import path from 'node:path';
import { fileSize } from '../../files/file-info.ts';
import type { ArrayData } from './array-data.ts';
import { npyArray } from './npy.ts';
import { readArrays } from './read-arrays.ts';
import type { ReadContext, SourceReader } from './source-images.ts';
import { openStream, readDecodedHead } from './source-stream.ts';
import { openNpz } from './zip-source.ts';

/** Whether a file has the name of arrays of NumPy. */
export function isNumpyName(name: string): boolean {
  return /\.np[yz]$/i.test(name);
}

/** Names that the files of the labels and of the other part may have, such as `k49-train-labels.npz`. */
const COUNTERPARTS: readonly (readonly [RegExp, string])[] = [
  [/imgs?|images?/i, 'labels'],
  [/(?<=^|[-_])X(?=[-_.])/, 'y'],
  [/(?<=^|[-_])x(?=[-_.])/, 'y'],
  [/labels?/i, 'imgs'],
  [/labels?/i, 'images'],
  [/(?<=^|[-_])y(?=[-_.])/, 'X'],
  [/(?<=^|[-_])y(?=[-_.])/, 'x'],
];

function otherNames(name: string): string[] {
  const replaced = COUNTERPARTS.map(([pattern, other]) => name.replace(pattern, other));
  return [...new Set(replaced)].filter((other) => other !== name);
}

/** A file of NumPy, and those that belong to it by their names: labels, and the other part. */
export async function numpyFiles(file: string): Promise<string[]> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const parts = [name, name.replace(/train/i, 'test'), name.replace(/test/i, 'train')];
  const names = [...new Set(parts.flatMap((part) => [part, ...otherNames(part)]))];
  const files: string[] = [];
  for (const candidate of names.map((one) => path.join(folder, one))) {
    if ((await fileSize(candidate)) !== null) files.push(candidate);
  }
  return files;
}

/** Reads arrays of NumPy from one or several files. */
export async function* readNumpy(files: readonly string[], context: ReadContext): SourceReader {
  const [first] = files as [string, ...string[]];
  const closing: (() => void)[] = [];
  try {
    const arrays: ArrayData[] = [];
    for (const file of files) {
      const stem = path.basename(file).replace(/\.np[yz]$/i, '');
      if ((await readDecodedHead(file, 2)).toString('latin1') === 'PK') {
        const opened = await openNpz(file);
        closing.push(opened.close);
        // In a file of its own, an array is told by the name of the file.
        const names =
          files.length > 1
            ? opened.arrays.map((array) => ({ ...array, name: `${stem} ${array.name}` }))
            : opened.arrays;
        arrays.push(...names);
      } else {
        arrays.push(await npyArray(stem, file, async () => (await openStream(file)).data));
      }
    }
    return yield* readArrays(first, arrays, 'npz', context);
  } finally {
    for (const close of closing) close();
  }
}
