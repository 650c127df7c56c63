import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EmnistError, isEmnistError } from '../../errors.ts';
import { describeFormat } from '../../files/describe-format.ts';
import { isNumpyName, numpyFiles, readNumpy } from './array-files.ts';
import { readCsv, requireLabels } from './csv-file.ts';
import { listEntries } from './folder-entries.ts';
import { findIdxInFolder, findIdxParts, isIdxName, readIdx } from './idx-files.ts';
import { readMat } from './mat-file.ts';
import { invalidData, sourceError } from './own-errors.ts';
import { readPictures } from './picture-folder.ts';
import { hasPictures, isPictureName } from './picture-layout.ts';
import { readArrays } from './read-arrays.ts';
import type { ReadContext, SourceReader } from './source-images.ts';
import { readDecodedHead } from './source-stream.ts';
import { isNpz, unpackZip } from './zip-source.ts';

const CSV = /\.(?:csv|tsv)(?:\.gz)?$/i;
/** Folders in folders that are looked into for the data. */
const MAX_WRAPPERS = 3;
const HEAD = 4096;

/** Reads a source of any kind: a folder or a file. Throws `data-invalid` and the errors of files. */
export async function* readSource(source: { from: string; test?: string }, context: ReadContext): SourceReader {
  try {
    return yield* readAnything(source, context);
  } catch (error) {
    if (!isEmnistError(error, 'archive-damaged')) throw error;
    // What can be done about it is not what can be done about NIST's archive.
    throw new EmnistError(
      'data-invalid',
      error.message,
      { source: error.data.archive, problem: 'damaged' },
      { cause: error },
    );
  }
}

async function* readAnything({ from, test }: { from: string; test?: string }, context: ReadContext): SourceReader {
  const stats = await stat(from).catch((error) => {
    throw sourceError(error, from);
  });
  if (stats.isDirectory()) {
    if (test !== undefined) {
      throw invalidData(from, 'test-part', 'is a folder, whose test part must be in it');
    }
    return yield* readFolder(from, context);
  }
  return yield* readFile(from, test ?? null, context);
}

async function* readFolder(folder: string, context: ReadContext, depth = 0): SourceReader {
  const { folders, files } = await listEntries(folder);
  const names = files.map(({ name }) => name);
  for (const name of folders) {
    if (!(await hasPictures(path.join(folder, name)))) continue;
    const wrapped = folders.length === 1 && !names.some(isPictureName) && depth < MAX_WRAPPERS;
    // A single folder is a class, unless the pictures are in folders within it.
    if (wrapped && (await hasClasses(path.join(folder, name)))) {
      return yield* readFolder(path.join(folder, name), context, depth + 1);
    }
    return yield* readPictures(folder, context);
  }
  const idx = names.filter(isIdxName);
  if (idx.length > 0) return yield* readIdx(await findIdxInFolder(folder, idx), context);
  const arrays = names.filter(isNumpyName);
  if (arrays.length > 0) {
    return yield* readNumpy(
      arrays.map((name) => path.join(folder, name)),
      context,
    );
  }
  const matlab = names.filter((name) => /\.mat$/i.test(name));
  if (matlab.length > 1) throw invalidData(folder, 'ambiguous', `has several MATLAB files: ${matlab.join(', ')}`);
  if (matlab.length === 1) return yield* readFile(path.join(folder, matlab[0]!), null, context);
  const csv = names.filter((name) => CSV.test(name));
  if (csv.length > 0) return yield* readCsvOfFolder(folder, csv, context);
  if (folders.length === 1 && depth < MAX_WRAPPERS) {
    return yield* readFolder(path.join(folder, folders[0]!), context, depth + 1);
  }
  // Says what is wrong with a folder without pictures.
  return yield* readPictures(folder, context);
}

async function hasClasses(folder: string): Promise<boolean> {
  const { folders, files } = await listEntries(folder);
  return folders.length > 0 && !files.some(({ name }) => isPictureName(name));
}

async function* readCsvOfFolder(folder: string, names: readonly string[], context: ReadContext): SourceReader {
  const files = names.map((name) => path.join(folder, name));
  const [only] = files as [string];
  if (files.length === 1) return yield* readCsv({ train: only, test: null }, context);
  const train = files.filter((file) => /train/i.test(path.basename(file)));
  const test = files.filter((file) => /test|val/i.test(path.basename(file)) && !train.includes(file));
  if (train.length !== 1 || test.length > 1) {
    throw invalidData(folder, 'ambiguous', `has several CSV files: ${names.join(', ')}`);
  }
  return yield* readCsvPair(train[0]!, test[0] ?? null, context);
}

/** Reads a CSV file and one beside it. Kaggle's test file without labels is left out. */
async function* readCsvPair(train: string, test: string | null, context: ReadContext): SourceReader {
  const problem = test === null ? null : await requireLabels(test).catch((error) => error);
  if (problem !== null && !isEmnistError(problem, 'data-invalid')) throw problem;
  const images = yield* readCsv({ train, test: problem === null ? test : null }, context);
  if (test === null) return images;
  const name = path.basename(test);
  const note =
    problem === null
      ? `The test part is ${name}.`
      : `${name} was left out: it ${problem.message.replace(`${test} `, '')}.`;
  return { ...images, notes: [...images.notes, note] };
}

async function* readZip(file: string, context: ReadContext): SourceReader {
  const folder = await context.unpackInto();
  yield* unpackZip(file, folder, context.signal);
  try {
    return yield* readFolder(folder, context);
  } catch (error) {
    // Errors name the archive, not the folder that it was unpacked into.
    if (!isEmnistError(error, 'data-invalid')) throw error;
    const message = error.message.replaceAll(`${folder}${path.sep}`, '').replaceAll(folder, file);
    throw new EmnistError(error.code, message, { ...error.data, source: file }, { cause: error });
  }
}

async function* readFile(file: string, test: string | null, context: ReadContext): SourceReader {
  const head = await readDecodedHead(file, HEAD);
  const latin = head.toString('latin1');
  const isAlone = ['PK', '\x93NUMPY', 'MATLAB'].some((magic) => latin.startsWith(magic));
  if (isAlone && test !== null) {
    throw invalidData(test, 'test-part', `is not needed: the test part is found in or beside ${path.basename(file)}`);
  }
  if (latin.startsWith('\x93NUMPY') || (latin.startsWith('PK') && (await isNpz(file)))) {
    return yield* readNumpy(await numpyFiles(file), context);
  }
  if (latin.startsWith('PK')) return yield* readZip(file, context);
  if (latin.startsWith('MATLAB 5')) return yield* readArrays(file, await readMat(file), 'mat', context);
  if (head.length === 0) throw invalidData(file, 'empty', 'is empty');
  if (head[0] === 0 && head[1] === 0 && head[2]! >= 8 && head[2]! <= 14) {
    if (test !== null)
      throw invalidData(test, 'test-part', 'is not needed: IDX files of the test part are found beside the others');
    return yield* readIdx(await findIdxParts(file), context);
  }
  const isText = !latin.startsWith('PK') && !head.includes(0) && !/^\s*</.test(latin) && !isPictureName(file);
  if (isText || CSV.test(file)) {
    if (test !== null) {
      const images = yield* readCsv({ train: file, test }, context);
      return { ...images, notes: [...images.notes, `The test part is ${path.basename(test)}.`] };
    }
    return yield* readCsvPair(file, await testBeside(file), context);
  }
  const what = knownFormat(latin) ?? describeFormat(head);
  throw invalidData(file, 'format', `is ${what}, which is not a data set that can be read`);
}

/** Files that people have data sets in, and that cannot be read. */
function knownFormat(latin: string): string | null {
  if (latin.startsWith('PAR1')) return 'a Parquet file';
  if (latin.startsWith('\x89HDF') || latin.startsWith('MATLAB 7.3')) return 'an HDF5 file';
  if (latin.startsWith('Rar!')) return 'a RAR archive';
  if (latin.startsWith("7z\xbc\xaf'\x1c")) return 'a 7z archive';
  if (latin.startsWith('ustar', 257)) return 'a tar archive';
  if (latin.startsWith('SQLite format 3')) return 'an SQLite database';
  return latin.startsWith('\x80') && latin.length > 1 && latin.charCodeAt(1) <= 5 ? 'a Python pickle' : null;
}

/** The file with the test part beside one whose name has "train"; null if there is none. */
async function testBeside(file: string): Promise<string | null> {
  const name = path.basename(file);
  const other = path.join(path.dirname(file), name.replace(/train/i, 'test'));
  if (!/train/i.test(name)) return null;
  return stat(other).then(
    (stats) => (stats.isFile() ? other : null),
    () => null,
  );
}
