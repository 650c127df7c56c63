import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import { englishLexicon } from '../src/core/text/lexicon.ts';
import { isHeldOut, readWritten, type Written } from './words/pen-data.ts';
import {
  decodeGroups,
  type ScoredWord,
  SEGMENTATION_WEIGHTS,
  type SegmentationWeights,
} from './words/segmentation/decode-groups.ts';
import { createSegmenter } from './words/segmentation/segment-words.ts';

/**
 * Finds weights for segment-and-decode on the words of writers that are held out of training: goes through the weights again and
 * again, and keeps each change after which more words are read right. `--words` is the number of words. Prints the figures of the
 * weights of the program, and each improvement.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    words: { type: 'string', default: '800' },
    rounds: { type: 'string', default: '2' },
    threads: { type: 'string', default: '1' },
  },
});

const heldOut = (await readWritten(values.shared, 'unipen-words-train')).filter(isHeldOut);
const every = Math.max(3, Math.floor(heldOut.length / Number(values.words)));
const words = heldOut.filter((_, index) => index % every === 0);
const segmenter = await createSegmenter({ threads: Number(values.threads) });
const began = performance.now();
const scored: { word: Written; segmented: ScoredWord }[] = [];
for (const word of words) scored.push({ word, segmented: await segmenter.segment(word.strokes) });
await segmenter.dispose();
const groups = scored.reduce((sum, { segmented }) => sum + segmented.groups.length, 0);
console.log(
  `${words.length} words, ${(groups / words.length).toFixed(1)} groups and ` +
    `${((performance.now() - began) / words.length).toFixed(1)} ms each`,
);
const { tree } = englishLexicon();

function figures(weights: SegmentationWeights) {
  const read = scored.map(({ word: { label, inkStyle }, segmented }) => {
    const texts = decodeGroups(segmented, tree, weights).map(({ text }) => text);
    const truth = label.toLowerCase();
    return { inkStyle, isRight: texts[0] === truth, isAmongFive: texts.slice(0, 5).includes(truth) };
  });
  const right = read.filter(({ isRight }) => isRight).length;
  const text = ['printed', 'mixed', 'cursive']
    .map((style) => {
      const some = read.filter(({ inkStyle }) => inkStyle === style);
      const share = (of: (one: (typeof read)[number]) => boolean) =>
        ((100 * some.filter(of).length) / some.length).toFixed(1);
      return `${style} ${share(({ isRight }) => isRight)} (top 5 ${share(({ isAmongFive }) => isAmongFive)})`;
    })
    .join(', ');
  return { right, text: `${((100 * right) / read.length).toFixed(1)} % right: ${text}` };
}

let weights = SEGMENTATION_WEIGHTS;
let best = figures(weights);
console.log(best.text);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of Object.keys(weights) as (keyof SegmentationWeights)[]) {
    if (name === 'bare') continue;
    for (const factor of [0.6, 1.5]) {
      for (;;) {
        const changed = { ...weights, [name]: Number((weights[name] * factor).toPrecision(3)) };
        const found = figures(changed);
        if (found.right <= best.right) break;
        [weights, best] = [changed, found];
        console.log(`${name} ${weights[name]}: ${best.text}`);
      }
    }
  }
}

/** Errors for each character without a lexicon, by which `bare` is chosen. */
function errors(bare: number): number {
  const read = scored.map(({ word: { label }, segmented }) => ({
    truth: label.toLowerCase(),
    text: decodeGroups(segmented, null, { ...weights, bare })[0]?.text ?? '',
  }));
  const characters = read.reduce((sum, { truth }) => sum + truth.length, 0);
  return read.reduce((sum, { truth, text }) => sum + distance(truth, text), 0) / characters;
}
for (const bare of [-2, -3, -4, -5, -6]) {
  console.log(`bare ${bare}: ${(100 * errors(bare)).toFixed(1)} % errors without a lexicon`);
}
console.log(JSON.stringify(weights));
