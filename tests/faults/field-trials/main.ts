import { parseArgs } from 'node:util';
import { play } from './field.ts';
import { loadTrials } from './trials.ts';

/**
 * Plays the trials on any build of the product: `npm run field-trials -- [NUMBER…]`. APP is the command that starts it;
 * without it, this checkout's is used. The exit code is 1 if one fails.
 */
const { positionals } = parseArgs({ allowPositionals: true });
const command = process.env.APP?.split(' ');
const trials = (await loadTrials()).filter(
  ({ id }) =>
    positionals.length === 0 || positionals.some((wanted) => wanted === id || wanted === id.replace(/\D+$/, '')),
);
const results: string[] = [];
for (const trial of trials) {
  console.log(`\n${trial.id}. ${trial.title}`);
  const reason = (await trial.skip?.()) ?? null;
  if (reason !== null) {
    console.log(`   skipped: ${reason}`);
    results.push('skipped');
    continue;
  }
  const failures = await play(trial, { command, print: (line) => console.log(`   ${line}`) });
  results.push(failures.length === 0 ? 'passed' : 'failed');
}
const count = (result: string) => results.filter((each) => each === result).length;
console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
process.exitCode = count('failed') > 0 ? 1 : 0;
