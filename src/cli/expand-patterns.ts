import { glob } from 'node:fs/promises';
import { expandHome } from '../core/paths.ts';

/**
 * Expands patterns such as `*.png`, which shells on Windows leave to the program. A pattern that matches no file is kept
 * unchanged.
 */
export async function expandPatterns(files: readonly string[], platform: string = process.platform): Promise<string[]> {
  const expanded: string[] = [];
  for (const file of files) {
    const found = platform === 'win32' && /[*?]/.test(file) ? await Array.fromAsync(glob(expandHome(file))) : [];
    expanded.push(...(found.length > 0 ? found.sort() : [file]));
  }
  return expanded;
}
