import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { normalizeLabel } from '../../label-text.ts';
import { listText } from '../../list-text.ts';
import { checkLabel } from './class-names.ts';
import { type FoundFile, listEntries, walkFiles } from './folder-entries.ts';
import { invalidData } from './own-errors.ts';

/** The pictures of a part, by class. */
export interface ClassPictures {
  label: string;
  folder: string;
  pictures: FoundFile[];
}

/** Where the pictures of a source are. */
export interface PictureLayout {
  train: ClassPictures[];
  /** Null if there is no test part. */
  test: ClassPictures[] | null;
  notes: string[];
}

const PICTURE = /\.(?:png|jpe?g|jpe|jfif|webp|gif|bmp|tiff?|heic|heif|avif)$/i;
/** How many names a note has. */
const MAX_NAMED = 5;
/** Names of folders with a part. */
const TRAIN = /^train(?:ing)?(?:[-_ ]?(?:set|data|images))?$/i;
const TEST = /^test(?:ing)?(?:[-_ ]?(?:set|data|images))?$/i;
const VALIDATION = /^(?:val|valid|validation|dev|eval)(?:[-_ ]?(?:set|data|images))?$/i;

/** Whether a file is a picture, by its name. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}

/** Whether any file below a folder is a picture. */
export async function hasPictures(folder: string): Promise<boolean> {
  for await (const { path: file } of walkFiles(folder)) if (isPictureName(file)) return true;
  return false;
}

/**
 * Finds the pictures of a folder that has a folder for each class, or `train` and `test` folders with those. Throws
 * `data-invalid` for what cannot be a data set, and the errors of files.
 */
export async function findPictures(root: string): Promise<PictureLayout> {
  const { folders } = await listEntries(root);
  const notes: string[] = [];
  const parts = await partFolders(root, folders);
  if (parts === null) return { train: await findClasses(root, notes, true), test: null, notes };
  const find = (names: string[], isTraining: boolean) =>
    Promise.all(names.map((name) => findClasses(path.join(root, name), notes, isTraining)));
  const left = folders.filter((name) => ![parts.train, ...parts.test, ...parts.validation].includes(name));
  if (left.length > 0) notes.push(`Left out, because ${parts.train} has the classes: ${listText(left, MAX_NAMED)}.`);
  const [train] = await find([parts.train], true);
  const [test = null] = await find(parts.test, false);
  const more = await find(parts.validation, false);
  const validation = more.flat();
  if (test && test.length > 0) {
    // The program holds out its own validation images.
    if (validation.length > 0) notes.push(`The pictures of ${parts.validation[0]} were added to the training part.`);
    return { train: merged([...train!, ...validation]), test, notes };
  }
  if (test) notes.push(`${parts.test[0]} has no folders of classes, and was left out.`);
  return { train: train!, test: validation.length > 0 ? validation : null, notes };
}

/** The folders of the parts, if the classes are in these. */
async function partFolders(root: string, folders: readonly string[]) {
  const train = folders.find((name) => TRAIN.test(name));
  if (train === undefined || (await listEntries(path.join(root, train))).folders.length === 0) return null;
  const only = (pattern: RegExp) => folders.filter((name) => pattern.test(name)).slice(0, 1);
  return { train, test: only(TEST), validation: only(VALIDATION) };
}

function merged(classes: readonly ClassPictures[]): ClassPictures[] {
  const byLabel = new Map<string, ClassPictures>();
  for (const one of classes) {
    const known = byLabel.get(one.label);
    byLabel.set(one.label, known ? { ...known, pictures: [...known.pictures, ...one.pictures] } : one);
  }
  return [...byLabel.values()];
}

async function findClasses(folder: string, notes: string[], isTraining: boolean): Promise<ClassPictures[]> {
  const { folders, files, others } = await listEntries(folder);
  const loose = files.filter(({ name }) => isPictureName(name)).length;
  if (folders.length === 0) {
    if (!isTraining) return [];
    throw loose > 0
      ? invalidData(
          folder,
          'no-classes',
          `has ${loose} ${loose === 1 ? 'picture' : 'pictures'}, but no folders with those of each class`,
        )
      : invalidData(folder, 'empty', 'has no pictures');
  }
  if (loose > 0) notes.push(`Left out ${loose} ${loose === 1 ? 'picture' : 'pictures'} beside the folders of classes.`);
  if (others.length > 0) notes.push(`Left out, because they lead nowhere: ${listText(others, MAX_NAMED)}.`);
  const classes: ClassPictures[] = [];
  const visited = new Set<string>();
  let strange = 0;
  for (const name of folders) {
    const label = normalizeLabel(name);
    const place = path.join(folder, name);
    checkLabel(label, place);
    const same = classes.find((other) => other.label === label);
    if (same) {
      throw invalidData(folder, 'labels-same', `has two folders for the class "${label}": ${same.folder} and ${place}`);
    }
    if (visited.has(await realpath(place))) {
      throw invalidData(folder, 'labels-same', `has a folder, ${name}, that leads to the pictures of another class`);
    }
    const pictures: FoundFile[] = [];
    let others = 0;
    for await (const file of walkFiles(place, visited)) {
      if (isPictureName(file.path)) pictures.push(file);
      else others++;
    }
    strange += others;
    if (pictures.length > 0) classes.push({ label, folder: place, pictures });
    else if (isTraining) {
      const why = others > 0 ? 'has only other files' : 'is empty';
      throw invalidData(folder, 'class-empty', `has no pictures of the class "${label}": the folder ${name} ${why}`);
    }
  }
  if (strange > 0)
    notes.push(`Left out ${strange} ${strange === 1 ? 'file that is not a picture' : 'files that are not pictures'}.`);
  return classes;
}
