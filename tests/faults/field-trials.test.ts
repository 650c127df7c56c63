import { expect, test } from 'vitest';
import { named } from '../helpers/skip.ts';
import { play } from './field-trials/field.ts';
import { loadTrials } from './field-trials/trials.ts';

/** What broke in real use must not break again. `npm run field-trials` prints what each one sees. */
for (const trial of (await loadTrials()).filter(({ long }) => !long)) {
  const reason = (await trial.skip?.()) ?? null;
  test.skipIf(reason)(named(`${trial.id}. ${trial.title}`, reason), async () => {
    const seen: string[] = [];
    const failures = await play(trial, { print: (line) => seen.push(line) });
    expect(failures, seen.join('\n')).toEqual([]);
  });
}
