import type { Storage } from '../../app/clean.ts';
import type { CleanEvent } from '../../app/events.ts';
import { bytes } from '../../app/format.ts';
import type { Shown } from './output.ts';

/** What a folder holds: `data sets: 30 MB in /home/…`. */
export function storageLine({ name, path, entries, bytes: size }: Storage): string {
  const title = name === 'datasets' ? 'data sets' : 'models';
  return entries.length === 0 ? `${title}: none in ${path}` : `${title}: ${bytes(size)} in ${path}`;
}

export function describeCleaned({ freed, removed, dryRun }: CleanEvent): Shown {
  if (removed.length === 0) return { result: dryRun ? 'There is nothing to delete.' : 'Nothing was deleted.' };
  const heading = dryRun ? `Would free ${bytes(freed)} by deleting:` : `Freed ${bytes(freed)}. Deleted:`;
  return { result: [heading, ...removed.map((entry) => `  ${entry}`)].join('\n') };
}
