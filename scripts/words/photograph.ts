import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pagesOf } from './pages.ts';
import { readWritten } from './pen-data.ts';
import { photographPage } from './photograph-page.ts';

/**
 * Makes pictures that look like photographs of handwriting, from UNIPEN's test lines, and `truth.jsonl`, which says what is written
 * in each: `node scripts/words/photograph.ts --shared ../shared --out DIR [--count 5] [--seed 1]`.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    out: { type: 'string' },
    count: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.out === undefined) throw new Error('name the folder to write with --out');
const [count, seed] = [Number(values.count), Number(values.seed)];
mkdirSync(values.out, { recursive: true });
const truth: string[] = [];
for (const [index, page] of pagesOf(await readWritten(values.shared, 'unipen-lines-test'), count, seed).entries()) {
  const { extension, file, description, lines } = photographPage(page, 1000 * seed + index);
  const name = `page-${index + 1}.${extension}`;
  writeFileSync(path.join(values.out, name), file);
  truth.push(JSON.stringify({ file: name, lines }));
  console.log(`${name}: ${description}`);
}
writeFileSync(path.join(values.out, 'truth.jsonl'), `${truth.join('\n')}\n`);
