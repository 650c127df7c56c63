import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Trial } from './field.ts';

const FOLDER = path.join(import.meta.dirname, 'trials');

/** All trials, by number. Each file in `trials` exports those of one subject as `TRIALS`. */
export async function loadTrials(): Promise<Trial[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map(async (name) => (await import(path.join(FOLDER, name))) as { TRIALS: readonly Trial[] }),
  );
  return modules.flatMap(({ TRIALS }) => TRIALS).sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}
