import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EmnistError } from '../core/errors.ts';
import { writeFileAtomically } from '../core/files/atomic-write.ts';
import { fileError, isMissing } from '../core/files/file-errors.ts';
import { makeFolder } from '../core/files/folders.ts';
import { normalizeLabel } from '../core/label-text.ts';
import { absolutePath } from '../core/paths.ts';
import { readLabeledDrawings } from '../core/samples/read-labeled.ts';
import type { Sample } from '../core/samples/sample.ts';
import { type SampleChangeOptions, SampleStore } from '../core/samples/sample-store.ts';
import { aboutOption } from './about-option.ts';
import type { SamplesEvent } from './events.ts';
import { parseOptions } from './options/parse.ts';
import { ALL_SAMPLES, type SamplesOptions, samplesOptions } from './options/samples.ts';
import { countLabels } from './sample-book.ts';
import type { WorkContext } from './work.ts';

const compress = promisify(gzip);

interface SamplesContext extends WorkContext {
  /** Asked before samples are deleted. `label` is null for all. Default: nobody is asked. */
  confirm?: (samples: number, label: string | null) => Promise<boolean>;
}

/**
 * Exports, imports, or deletes samples if the options say so, and then counts the samples. Throws
 * `samples-too-few` if there is nothing to export; `file-exists` if the file to export to exists, unless `force` is set; and the
 * errors of `SampleStore` and `readLabeledDrawings`.
 */
export async function manageSamples(options: SamplesOptions, context: SamplesContext): Promise<SamplesEvent> {
  const given = parseOptions(samplesOptions, options);
  const { paths, signal, onWait } = context;
  const change: SampleChangeOptions = { signal, onWait: (holder) => onWait?.({ event: 'waiting', ...holder }) };
  const store = await SampleStore.open(paths.samples);
  const done: Partial<SamplesEvent> = {};
  if (given.export !== undefined) done.exported = await exportSamples(store.samples, given.export, given.force);
  if (given.import !== undefined) done.imported = await importSamples(store, given.import, change);
  if (given.delete !== undefined) done.deleted = await deleteSamples(store, given.delete, change, context.confirm);
  const { samples } = store;
  return { event: 'end', samples: samples.length, labels: countLabels(samples), path: paths.samples, ...done };
}

async function exportSamples(
  samples: readonly Sample[],
  file: string,
  force: boolean,
): Promise<NonNullable<SamplesEvent['exported']>> {
  if (samples.length === 0) {
    throw new EmnistError('samples-too-few', 'there are no samples to export', { samples: 0, minimum: 1 });
  }
  const target = absolutePath(file);
  const lines = samples.map(({ label, strokes }) => `${JSON.stringify({ label, strokes })}\n`);
  const text = Buffer.from(lines.join(''));
  const bytes = /\.gz$/i.test(target) ? await compress(text) : text;
  await aboutOption('export', async () => {
    if (!force && (await isThere(target))) {
      throw new EmnistError('file-exists', `${target} already exists`, { path: target });
    }
    await makeFolder(path.dirname(target));
    await writeFileAtomically(target, bytes);
  });
  return { path: target, bytes: bytes.length };
}

async function isThere(target: string): Promise<boolean> {
  try {
    if (!(await stat(target)).isDirectory()) return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError(error, target);
  }
  throw new EmnistError('file-is-folder', `${target} is a folder, not a file`, { path: target });
}

async function importSamples(
  store: SampleStore,
  file: string,
  change: SampleChangeOptions,
): Promise<NonNullable<SamplesEvent['imported']>> {
  const { drawings, unlabeled } = await readLabeledDrawings(file, change.signal);
  const added = await store.add(drawings, { ...change, onlyNew: true });
  return { path: absolutePath(file), samples: added.length, duplicates: drawings.length - added.length, unlabeled };
}

async function deleteSamples(
  store: SampleStore,
  text: string,
  change: SampleChangeOptions,
  confirm: SamplesContext['confirm'],
): Promise<number> {
  const label = text === ALL_SAMPLES ? null : normalizeLabel(text);
  const found = store.samples.filter((sample) => label === null || sample.label === label);
  if (found.length > 0 && confirm && !(await confirm(found.length, label))) return 0;
  // Not those that were labeled elsewhere in the meantime, which nobody has agreed to delete.
  const deleted = new Set(found.map(({ id }) => id));
  return (await store.remove(({ id }) => deleted.has(id), change)).length;
}
