import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hash32 } from '../../src/core/random.ts';
import { drawSign } from './draw-sign.ts';
import { SIGNS } from './shapes.ts';

/** Writes a folder with a folder of pictures for each sign. Returns the names of the signs. */
export async function writeSigns(
  folder: string,
  { perSign, seed = 1, signs = Object.keys(SIGNS) }: { perSign: number; seed?: number; signs?: readonly string[] },
): Promise<readonly string[]> {
  for (const sign of signs) {
    await mkdir(path.join(folder, sign), { recursive: true });
    for (let index = 0; index < perSign; index++) {
      const { extension, bytes } = drawSign(sign, hash32(seed, index));
      await writeFile(path.join(folder, sign, `${String(index).padStart(4, '0')}.${extension}`), bytes);
    }
  }
  return signs;
}
