import { expect, test } from 'vitest';
import { named } from '../../helpers/skip.ts';
import { play } from './field.ts';
import { loadTrials } from './trials.ts';

/** Trials wait for programs that train, which takes several times as long on a busy machine. */
const TIMEOUT_MS = 180_000;

/**
 * Declares a test for each trial of the points `first` to `last`, except long ones. Files of tests divide the points among them, so
 * that they can run at a time.
 */
export async function declareTrials(first: number, last: number): Promise<void> {
  for (const trial of await loadTrials()) {
    const point = Number.parseInt(trial.id, 10);
    if (trial.long || point < first || point > last) continue;
    const reason = (await trial.skip?.()) ?? null;
    test.skipIf(reason)(named(`${trial.id}. ${trial.title}`, reason), { timeout: TIMEOUT_MS }, async () => {
      const seen: string[] = [];
      const failures = await play(trial, { print: (line) => seen.push(line) });
      expect(failures, seen.join('\n')).toEqual([]);
    });
  }
}
