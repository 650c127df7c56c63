import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { KERNELS_FOLDER } from '../../../scripts/build-kernels.ts';
import { microkernels } from '../../../scripts/kernels/microkernels.ts';

/** The parameters of each function, without spaces, by its name. */
function signatures(source: string): Record<string, string> {
  const declared = source.matchAll(/^export (?:declare )?function (\w+)\(([^)]*)\): void/gm);
  return Object.fromEntries([...declared].map(([, name, parameters]) => [name, parameters!.replace(/\s|,\s*$/g, '')]));
}

test('the declarations of the microkernels match what is generated', async () => {
  const declarations = await readFile(`${KERNELS_FOLDER}/microkernels.d.ts`, 'utf8');
  const declared = signatures(declarations);
  for (const [, name, original] of declarations.matchAll(/^export declare const (\w+): typeof (\w+);/gm)) {
    declared[name!] = declared[original!]!;
  }
  expect(signatures(microkernels())).toEqual(declared);
  expect(Object.keys(declared).length).toBeGreaterThan(10);
});
