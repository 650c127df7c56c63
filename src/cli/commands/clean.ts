import { createInterface } from 'node:readline/promises';
import type { Storage, StorageName } from '../../app/clean.ts';
import type { Context, Handler } from '../context.ts';
import { describeCleaned, storageLine } from '../render/clean.ts';
import { describeWaiting } from '../render/waiting.ts';
import { usageError } from '../usage-error.ts';

export const runClean: Handler<'clean'> = async (options, context) => {
  const { clean, readStorage, STORAGE_NAMES } = await import('../../app/clean.ts');
  const { output, paths, signal } = context;
  const chosen = STORAGE_NAMES.filter((name) => options.all || options[name]);
  if (chosen.length === 0 && !output.interactive && !options.dryRun) {
    throw usageError('nothing was selected to delete', 'add --datasets, --models, or --all');
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
  else if (!options.yes && !(await confirmed(selected, context))) selected = [];
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
  a: ['datasets', 'models'],
};

async function choose(storage: Storage[], context: Context): Promise<Storage[]> {
  const answer = await ask('Delete [d]ata sets, [m]odels, [a]ll or [n]othing? ', context);
  const names = KEYS[answer.slice(0, 1)] ?? [];
  return storage.filter(({ name }) => names.includes(name));
}

async function confirmed(storage: Storage[], context: Context): Promise<boolean> {
  const what = storage.map(({ name }) => (name === 'datasets' ? 'data sets' : 'models')).join(' and ');
  return /^y(es)?$/.test(await ask(`Delete these ${what}? [y/N] `, context));
}

/** The answer in lower case; empty when the terminal was closed. */
async function ask(question: string, { signal }: Context): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While it reads, the terminal hands Ctrl-C over as a key. (On Windows process.kill ends a process without a signal.)
  terminal.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return (await Promise.race([terminal.question(question, { signal }), closed])).trim().toLowerCase();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    terminal.close();
  }
}
