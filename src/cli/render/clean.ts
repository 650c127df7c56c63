import type { Storage, StorageName } from '../../app/clean.ts';
import type { CleanEvent } from '../../app/events.ts';
import { bytes, count } from '../../app/format.ts';
import type { Shown } from './output.ts';

/** What people call it. */
export function storageTitle(name: StorageName): string {
  return name === 'datasets' ? 'data sets' : name;
}

/** What there is: `data sets: 30 MB in /home/…`, `samples: 14, 12 kB in /home/…`. */
export function storageLine({ name, path, entries, bytes: size, samples }: Storage): string {
  const title = storageTitle(name);
  if (entries.length === 0) return `${title}: none in ${path}`;
  return `${title}: ${samples === undefined ? '' : `${count(samples)}, `}${bytes(size)} in ${path}`;
}

export function describeCleaned({ freed, removed, dryRun }: CleanEvent): Shown {
  if (removed.length === 0) return { result: dryRun ? 'There is nothing to delete.' : 'Nothing was deleted.' };
  const heading = dryRun ? `Would free ${bytes(freed)} by deleting:` : `Freed ${bytes(freed)}. Deleted:`;
  return { result: [heading, ...removed.map((entry) => `  ${entry}`)].join('\n') };
}
