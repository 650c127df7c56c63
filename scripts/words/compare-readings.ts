import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percent } from '../../src/app/format.ts';
import { createWasmEngine } from '../../src/core/engine/wasm/wasm-engine.ts';
import { type LineReading, readOutputs } from '../../src/core/text/decode-line.ts';
import { strokeLine } from '../../src/core/text/line-image.ts';
import { mergeReadings } from '../../src/core/text/merge-readings.ts';
import { loadWordModel } from '../../src/core/text/word-model.ts';
import { isRightText } from './errors.ts';
import { isHeldOut, readWritten } from './pen-data.ts';

/**
 * Compares ways of reading a word more than once, drawn with other widths, on the words of writers that are held out of training:
 * `node scripts/words/compare-readings.ts [--shared ../shared] [--every 3]`. Prints the share read right, regardless of case, and how
 * many are read more than once.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    every: { type: 'string', default: '3' },
  },
});
const TOP = 5;
/** The factors of the widths, and below which probability of the best candidate there is more than the first reading. */
const WAYS: readonly { readonly widths: readonly number[]; readonly below: number }[] = [
  { widths: [1], below: 0 },
  ...[0.5, 0.6, 0.7, 0.8, 0.9].map((below) => ({ widths: [1, 1.12], below })),
  ...[0.9, 1.12, 1.2, 1.3].map((width) => ({ widths: [1, width], below: 2 })),
  { widths: [1, 0.9, 1.12], below: 2 },
];

const engine = await createWasmEngine({ threads: 1 });
const { network: description, weights } = await loadWordModel();
const network = await engine.createSequenceNetwork(description);
await network.setWeights(weights);
const held = (await readWritten(values.shared, 'unipen-words-train')).filter(isHeldOut);
const words = held.filter((_, index) => index % Number(values.every) === 0);
const outcomes = WAYS.map((way) => ({ ...way, right: 0, again: 0 }));
const widths = new Set(WAYS.flatMap((way) => way.widths));
for (const { label, strokes } of words) {
  const readings = new Map<number, LineReading>();
  for (const width of widths) {
    const { image } = strokeLine(strokes, width);
    readings.set(width, readOutputs(await network.predict(image.pixels, image.width), { top: TOP }));
  }
  for (const outcome of outcomes) {
    const probability = readings.get(1)!.candidates[0]?.probability;
    const isAgain = outcome.widths.length > 1 && probability !== undefined && probability < outcome.below;
    const used = isAgain ? outcome.widths : [1];
    const { candidates } = mergeReadings(
      used.map((width) => readings.get(width)!),
      TOP,
    );
    if (isAgain) outcome.again++;
    if (isRightText({ truth: label, read: candidates[0]?.text ?? '' })) outcome.right++;
  }
}
await network.dispose();
await engine.dispose();

console.log(`${words.length} words`);
for (const { widths, below, right, again } of outcomes) {
  const when = widths.length === 1 ? '' : below > 1 ? ', always' : `, below ${percent(below, 0)}`;
  console.log(
    `widths ${widths.join(' and ')}${when}: ${percent(right / words.length)} right, ${percent(again / words.length)} again`,
  );
}
