import type { Storage, StorageName } from '../../app/clean.ts';
import { counted } from '../../app/format.ts';
import { listText } from '../../core/list-text.ts';
import { ask, confirmed } from '../ask.ts';
import type { Context, Handler } from '../context.ts';
import { describeCleaned, storageLine, storageTitle } from '../render/clean.ts';
import { describeWaiting } from '../render/waiting.ts';
import { usageError } from '../usage-error.ts';

export const runClean: Handler<'clean'> = async (options, context) => {
  const { clean, readStorage, STORAGE_NAMES } = await import('../../app/clean.ts');
  const { output, paths, signal } = context;
  const chosen = STORAGE_NAMES.filter((name) => options.all || options[name]);
  if (chosen.length === 0 && !output.interactive && !options.dryRun) {
    throw usageError('nothing was selected to delete', 'add --datasets, --models, --samples, or --all');
  }
  if (!options.yes && !options.dryRun && !output.interactive) {
    throw usageError('cannot ask for confirmation without a terminal', 'add --yes to delete, or --dry-run to preview');
  }
  const storage: Storage[] = [];
  for (const name of chosen.length > 0 ? chosen : STORAGE_NAMES) storage.push(await readStorage(name, paths));
  for (const entry of storage) output.note(storageLine(entry));

  let selected = storage.filter(({ entries }) => entries.length > 0);
  if (options.dryRun) {
    const removed = selected.flatMap(({ entries }) => entries);
    const freed = selected.reduce((sum, { bytes }) => sum + bytes, 0);
    output.event({ event: 'end', freed, removed, dryRun: true }, describeCleaned);
    return;
  }
  // There is nothing to confirm, but there may be empty folders to remove.
  if (selected.length === 0) selected = storage;
  else if (chosen.length === 0) selected = await choose(selected, context);
  else if (!options.yes && !(await confirmed(question(selected), context))) selected = [];
  output.event(
    await clean(
      selected.map(({ name }) => name),
      { paths, signal, onWait: (event) => output.event(event, describeWaiting) },
    ),
    describeCleaned,
  );
};

const KEYS: Readonly<Record<string, readonly StorageName[]>> = {
  d: ['datasets'],
  m: ['models'],
  s: ['samples'],
  a: ['datasets', 'models', 'samples'],
};

async function choose(storage: Storage[], context: Context): Promise<Storage[]> {
  const answer = await ask('Delete [d]ata sets, [m]odels, [s]amples, [a]ll or [n]othing? ', context);
  const names = KEYS[answer.slice(0, 1)] ?? [];
  return storage.filter(({ name }) => names.includes(name));
}

/** Samples are the user's own work, so it says how many there are. */
function question(storage: readonly Storage[]): string {
  const names = storage.map(({ name, samples = 0 }) => (samples > 0 ? counted(samples, 'sample') : storageTitle(name)));
  return `Delete these ${listText(names, names.length)}?`;
}
