import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fileError, isMissing } from '../files/file-errors.ts';
import { exists, fileSize } from '../files/file-info.ts';
import { MANIFEST_FILE, requiredMembers, splitFiles } from './split-files.ts';
import { SPLITS, type Split } from './splits.ts';

const fileSchema = v.strictObject({
  name: v.string(),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** CRC-32 from the archive's directory, as eight hexadecimal digits. */
  crc32: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
});

const manifestSchema = v.object({
  format: v.literal(1),
  split: v.picklist(SPLITS),
  /** The URL or file the split was fetched from. */
  source: v.string(),
  /** ISO 8601. */
  date: v.string(),
  trainImages: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  testImages: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  files: v.array(fileSchema),
});

/** The contents of `dataset.json`, which describes an installed split. */
export type DatasetManifest = v.InferOutput<typeof manifestSchema>;

/**
 * Reads the manifest in a split's folder: `missing` if there is no folder, `damaged` if the manifest is missing or
 * invalid, or if any of its files is missing or differs in size. Contents are not checked; `isIntact` does that.
 */
export async function readManifest(folder: string, split: Split): Promise<DatasetManifest | 'missing' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return (await exists(folder)) ? 'damaged' : 'missing';
    throw fileError(error, folder);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestSchema), text);
  if (!parsed.success || parsed.output.split !== split) return 'damaged';
  const manifest = parsed.output;
  const names = new Set(manifest.files.map((file) => file.name));
  if (!requiredMembers(split).every((name) => names.has(name))) return 'damaged';
  if (![...names].every((name) => splitFiles(split).includes(name))) return 'damaged';
  for (const { name, bytes } of manifest.files) {
    if ((await fileSize(path.join(folder, name))) !== bytes) return 'damaged';
  }
  return manifest;
}
