import prettyBytes from 'pretty-bytes';
import type { Storage } from '../../app/clean.ts';
import type { CleanEvent } from '../../app/events.ts';
import type { Shown } from './output.ts';

/** What one of the folders holds: `data sets: 30 MB in /home/…`. */
export function storageLine({ name, path, entries, bytes }: Storage): string {
  const title = name === 'datasets' ? 'data sets' : 'models';
  return entries.length === 0 ? `${title}: none in ${path}` : `${title}: ${prettyBytes(bytes)} in ${path}`;
}

export function describeCleaned({ freed, removed, dryRun }: CleanEvent): Shown {
  const paths = removed.map((entry) => `  ${entry}`);
  if (removed.length === 0) return { result: dryRun ? 'There is nothing to delete.' : 'Nothing was deleted.' };
  const head = dryRun ? `${prettyBytes(freed)} would be freed:` : `${prettyBytes(freed)} freed, deleted:`;
  return { result: [head, ...paths].join('\n') };
}
