import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCharacters } from '../../src/app/read-characters.ts';
import { temporaryFolder } from '../cli/run.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.ts';

const DRAWINGS = [
  {
    strokes: [
      [
        [0, 0],
        [10, 20, 0.5],
        [30, -4.25],
      ],
      [[5, 5]],
    ],
    label: 'A',
    writer: 'someone',
  },
  {
    strokes: [
      [
        [1e3, 2e3],
        [1.5e3, 2e3],
      ],
    ],
  },
];
const FILE = Buffer.from(DRAWINGS.map((drawing) => `${JSON.stringify(drawing)}\n`).join(''));

/** Reads stroke files to their end, as `predict` does. */
async function reader(name: string): Promise<(contents: Uint8Array) => Promise<void>> {
  const file = path.join(await temporaryFolder(), name);
  return async (contents) => {
    await writeFile(file, contents);
    for await (const { image } of readCharacters([file])) expect(image).toHaveLength(28 * 28);
  };
}

test.each([
  ['drawings.jsonl', FILE],
  ['drawings.jsonl.gz', gzipSync(FILE)],
])('mutated bytes of %s', async (name, contents) => {
  const read = await reader(name);
  await fuzz(byteMutations, (mutations) => read(mutateBytes(contents, mutations)), { seed: 1, runs: 300 });
});

test('mutated values in a stroke file', async () => {
  const read = await reader('drawings.jsonl');
  const inputs = fc.tuple(fc.constantFrom(...DRAWINGS), jsonMutations);
  const { accepted, refused } = await fuzz(
    inputs,
    ([drawing, mutations]) => read(Buffer.from(JSON.stringify(mutateJson(drawing, mutations)))),
    { seed: 2, runs: 300 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(50);
});
