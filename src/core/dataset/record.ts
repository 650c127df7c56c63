import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fileError } from '../files/file-errors.ts';
import type { Paths } from '../paths.ts';
import { PARTS, type Part, SPLITS, type Split } from './splits.ts';

/** What a split's folder is called and what stands in it. */

export const RECORD_FILE = 'dataset.json';

const recordFileSchema = v.strictObject({
  name: v.string(),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** CRC-32 of the file, eight hexadecimal digits: the archive's own. */
  crc32: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
});

/** `dataset.json`: written last, once everything was verified. */
export const recordSchema = v.object({
  format: v.literal(1),
  split: v.picklist(SPLITS),
  /** The URL or file it came from. */
  source: v.string(),
  /** ISO 8601. */
  date: v.string(),
  trainImages: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  testImages: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  files: v.array(recordFileSchema),
});
export type DatasetRecord = v.InferOutput<typeof recordSchema>;

export const KINDS = ['images', 'labels'] as const;
export type Kind = (typeof KINDS)[number];

/** NIST's name for one file of a split. */
export function memberName(split: Split, part: Part, kind: Kind): string {
  return `emnist-${split}-${part}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte.gz`;
}

export function mappingName(split: Split): string {
  return `emnist-${split}-mapping.txt`;
}

/** The four files without which there is no split. */
export function requiredMembers(split: Split): string[] {
  return PARTS.flatMap((part) => KINDS.map((kind) => memberName(split, part, kind)));
}

/** All files that a split's folder may hold. */
export function folderFiles(split: Split): string[] {
  return [...requiredMembers(split), mappingName(split), RECORD_FILE];
}

export function splitFolder(paths: Paths, split: Split): string {
  return path.join(paths.datasets, split);
}

/** A folder's record; `missing` without one, `damaged` when it cannot be understood or files lack or differ in size. */
export async function readRecord(folder: string, split: Split): Promise<DatasetRecord | 'missing' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(path.join(folder, RECORD_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return (await fileSize(folder)) === null ? 'missing' : 'damaged';
    throw fileError(error, folder);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  if (!parsed.success || parsed.output.split !== split) return 'damaged';
  const record = parsed.output;
  const names = new Set(record.files.map((file) => file.name));
  if (!requiredMembers(split).every((name) => names.has(name))) return 'damaged';
  if (![...names].every((name) => folderFiles(split).includes(name))) return 'damaged';
  for (const { name, bytes } of record.files) {
    if ((await fileSize(path.join(folder, name))) !== bytes) return 'damaged';
  }
  return record;
}

/** Null when it is not there. */
export async function fileSize(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileError(error, file);
  }
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
