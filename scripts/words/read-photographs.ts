import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import { percent } from '../../src/app/format.ts';
import type { SequenceNetwork } from '../../src/core/engine/engine.ts';
import { createWasmEngine } from '../../src/core/engine/wasm/wasm-engine.ts';
import { decodeLine } from '../../src/core/text/decode-line.ts';
import { type LineImage, lineImage } from '../../src/core/text/line-image.ts';
import { pictureLines } from '../../src/core/text/picture-lines.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { pagesOf } from './pages.ts';
import { isHeldOut, readWritten } from './pen-data.ts';
import { photographPage } from './photograph-page.ts';

/**
 * Reads pictures that look like photographs of lines by writers that are held out of training, and the same lines from their strokes,
 * by the best path alone: `node scripts/words/read-photographs.ts --shared ../shared --checkpoint FILE [--count 100] [--seed 1]`.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    checkpoint: { type: 'string', default: path.join(root, '.words-training/checkpoint.safetensors') },
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const engine = await createWasmEngine({ threads: 1 });
const network = await loadCopy(values.checkpoint);
const lines = (await readWritten(values.shared, 'unipen-lines-train')).filter(isHeldOut);
const totals = { strokes: 0, pictures: 0, characters: 0, pages: 0, otherCount: 0 };
for (const [index, page] of pagesOf(lines, count, seed).entries()) {
  const { file, description, lines: truth } = photographPage(page, 1000 * seed + index);
  const fromStrokes = await Promise.all(page.map(({ strokes }) => read(lineImage(strokes))));
  const found: string[] = [];
  for (const { image } of await pictureLines(file, `page ${index + 1}`)) found.push(await read(image));
  const errors = distance(truth.join('\n').toLowerCase(), found.join('\n').toLowerCase());
  const strokeErrors = distance(truth.join('\n').toLowerCase(), fromStrokes.join('\n').toLowerCase());
  totals.pages++;
  totals.pictures += errors;
  totals.strokes += strokeErrors;
  totals.characters += truth.join('\n').length;
  if (found.length !== truth.length) totals.otherCount++;
  console.log(`page ${index + 1} (${description}): ${errors} errors, ${strokeErrors} from strokes`);
  if (found.length !== truth.length) console.log(`  ${found.length} lines instead of ${truth.length}`);
  truth.forEach((text, i) => {
    console.log(`  ${text}\n    strokes: ${fromStrokes[i]}\n    picture: ${found[i] ?? ''}`);
  });
}
const share = (errors: number) => percent(errors / totals.characters);
console.log(
  `${totals.pages} pages, ${totals.characters} characters: ${share(totals.pictures)} read wrong in pictures, ` +
    `${share(totals.strokes)} from strokes; ${totals.otherCount} pages with a different number of lines`,
);
await network.dispose();
await engine.dispose();

/** The network of a checkpoint, which training may replace meanwhile. */
async function loadCopy(checkpoint: string): Promise<SequenceNetwork> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'photographs-'));
  try {
    const copy = path.join(folder, 'checkpoint.safetensors');
    copyFileSync(checkpoint, copy);
    console.log(`${checkpoint}, ${readFileSync(copy).length} bytes`);
    return await loadCheckpoint(engine, copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function read({ pixels, width }: LineImage): Promise<string> {
  return decodeLine(await network.predict(pixels, width), { lexicon: null }).candidates[0]?.text ?? '';
}
