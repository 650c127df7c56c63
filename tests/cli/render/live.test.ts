import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startTerminal } from '../../helpers/terminal.ts';
import { ROOT } from '../run.ts';

const LIVE = pathToFileURL(path.join(ROOT, 'src/cli/render/live.ts')).href;

/** Runs a script on a terminal of 20 columns and 6 lines, in which `output` is a live output. Returns the lines at its end. */
async function played(script: string): Promise<string[]> {
  const options = { json: false, quiet: false, verbose: false, color: true };
  const source = `import { LiveOutput } from '${LIVE}';
    const output = new LiveOutput(${JSON.stringify(options)});
    ${script}`;
  const terminal = startTerminal(process.execPath, ['--input-type=module', '-e', source], { cols: 20, rows: 6 });
  onTestFinished(() => terminal.close());
  expect(await terminal.exitCode).toBe(0);
  return terminal.emulator.lines().filter((line, index, lines) => line !== '' || lines.slice(index).some(Boolean));
}

test('live lines replace each other in place, and other lines go above them', async () => {
  const lines = await played(`
    output.aside({ live: 'one\\ntwo\\nthree' });
    output.aside({ live: 'four\\nfive' });
    output.event({ event: 'e' }, () => ({ result: 'a result' }));
    output.aside({ live: 'six\\nseven' });
    output.note('a note');
    output.aside({ live: 'last' });`);
  expect(lines).toEqual(['a result', 'a note', 'last']);
});

test('empty live lines leave nothing, nor does the end', async () => {
  expect(await played(`output.aside({ live: 'one\\ntwo' }); output.aside({ live: '' });`)).toEqual([]);
  expect(await played(`output.aside({ live: 'one\\ntwo' }); output.close();`)).toEqual([]);
});

test('what is too wide or too high is not shown, since it could not be replaced', async () => {
  const wide = 'x'.repeat(50);
  const lines = await played(`
    for (const letter of ['a', 'b']) output.aside({ live: Array(20).fill(letter + '${wide}').join('\\n') });`);
  expect(lines).toEqual(Array(5).fill(`b${'x'.repeat(18)}`));
});
