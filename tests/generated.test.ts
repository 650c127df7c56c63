import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { GENERATED } from '../scripts/generate.ts';
import { ROOT } from './cli/run.ts';

test.each(Object.keys(GENERATED))('%s is what "npm run generate" writes', async (name) => {
  expect(await readFile(path.join(ROOT, name), 'utf8')).toBe(await GENERATED[name]!());
});
