import path from 'node:path';
import type { Paths } from '../paths.ts';
import { PARTS, type Part, type Split } from './splits.ts';

/** A split's manifest: written last, so that a folder with one is complete. */
export const MANIFEST_FILE = 'dataset.json';

const CONTENTS = ['images', 'labels'] as const;

/** NIST's name for the images or labels of a part. */
export function memberName(split: Split, part: Part, contents: (typeof CONTENTS)[number]): string {
  return `emnist-${split}-${part}-${contents}-idx${contents === 'images' ? 3 : 1}-ubyte.gz`;
}

/** NIST's name for the file that maps label numbers to character codes. The program does not need it. */
export function mappingName(split: Split): string {
  return `emnist-${split}-mapping.txt`;
}

/** NIST's names for the four files every split must have. */
export function requiredMembers(split: Split): string[] {
  return PARTS.flatMap((part) => CONTENTS.map((contents) => memberName(split, part, contents)));
}

/** The names of all files a split's folder may contain. */
export function splitFiles(split: Split): string[] {
  return [...requiredMembers(split), mappingName(split), MANIFEST_FILE];
}

/** The folder a split is installed in. */
export function splitFolder(paths: Paths, split: Split): string {
  return path.join(paths.datasets, split);
}
