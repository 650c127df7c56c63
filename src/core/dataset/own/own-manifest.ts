import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fileError, isMissing } from '../../files/file-errors.ts';
import { exists, fileSize } from '../../files/file-info.ts';
import { MAX_CLASSES } from '../../label-text.ts';
import type { Paths } from '../../paths.ts';
import { MANIFEST_FILE } from '../split-files.ts';
import { PARTS, type Part } from '../splits.ts';
import type { OwnDetails } from './own-details.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const ownDetailsSchema = v.strictObject({
  format: v.picklist(['pictures', 'csv', 'idx', 'npz', 'mat']),
  orientation: v.nullable(v.picklist(['upright', 'transposed'])),
  orientationFrom: v.nullable(v.picklist(['given', 'detected', 'assumed'])),
  trial: v.nullable(v.strictObject({ images: count, upright: v.number(), transposed: v.number() })),
  inverted: count,
  testPart: v.picklist(['own', 'held-out']),
  perClass: v.array(v.strictObject({ label: v.string(), trainImages: count, testImages: count })),
  sizes: v.nullable(v.strictObject({ distinct: count, smallest: v.string(), largest: v.string() })),
  skipped: count,
  skippedFirst: v.array(v.strictObject({ source: v.string(), reason: v.string() })),
  notes: v.array(v.string()),
}) satisfies v.GenericSchema<OwnDetails>;

const manifestSchema = v.object({
  format: v.literal(1),
  kind: v.literal('own'),
  name: v.string(),
  /** The labels of the classes, in order. */
  labels: v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(MAX_CLASSES)),
  /** The folder or file it was taken from. */
  source: v.string(),
  /** ISO 8601. */
  date: v.string(),
  trainImages: v.pipe(count, v.minValue(1)),
  testImages: v.pipe(count, v.minValue(1)),
  details: ownDetailsSchema,
  files: v.array(
    v.strictObject({ name: v.string(), bytes: count, crc32: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)) }),
  ),
});

/** The contents of `dataset.json` of a data set of one's own. */
export type OwnManifest = v.InferOutput<typeof manifestSchema>;

/** The name of the file with the images or labels of a part: gzipped IDX, the images upright. */
export function ownFileName(part: Part, contents: 'images' | 'labels'): string {
  return `${part}-${contents}-idx${contents === 'images' ? 3 : 1}-ubyte.gz`;
}

/** The files with data that every data set of one's own has. */
export const OWN_DATA_FILES = PARTS.flatMap((part) => [ownFileName(part, 'images'), ownFileName(part, 'labels')]);
/** The names of all files that its folder may contain. */
export const OWN_FILES: readonly string[] = [...OWN_DATA_FILES, MANIFEST_FILE];

/** The folder of a data set. */
export function datasetFolder(paths: Paths, name: string): string {
  return path.join(paths.datasets, name);
}

/**
 * Reads the manifest of a data set of one's own: `missing` if there is no folder, `foreign` if it has no manifest or that
 * of something else, `damaged` if the manifest is invalid, or if a file is missing or differs in size.
 */
export async function readOwnManifest(
  paths: Paths,
  name: string,
): Promise<OwnManifest | 'missing' | 'foreign' | 'damaged'> {
  const folder = datasetFolder(paths, name);
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return (await exists(folder)) ? 'foreign' : 'missing';
    throw fileError(error, folder);
  }
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  // A truncated manifest is damaged; anything else belongs to another program.
  if (!json.success) return text.includes('"kind": "own"') ? 'damaged' : 'foreign';
  if (!v.is(v.object({ kind: v.literal('own') }), json.output)) return 'foreign';
  const parsed = v.safeParse(manifestSchema, json.output);
  if (!parsed.success || parsed.output.name !== name) return 'damaged';
  const manifest = parsed.output;
  const names = manifest.files.map((file) => file.name);
  if (names.length !== OWN_DATA_FILES.length || !OWN_DATA_FILES.every((file) => names.includes(file))) return 'damaged';
  for (const file of manifest.files) {
    if ((await fileSize(path.join(folder, file.name))) !== file.bytes) return 'damaged';
  }
  return manifest;
}
