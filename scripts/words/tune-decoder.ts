import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percent } from '../../src/app/format.ts';
import { createWasmEngine } from '../../src/core/engine/wasm/wasm-engine.ts';
import { DECODER_WEIGHTS, type DecoderWeights } from '../../src/core/text/decoder-weights.ts';
import { englishLexicon } from '../../src/core/text/lexicon.ts';
import { type DecoderFigures, decoderFigures } from './decoder-figures.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { isHeldOut, readWritten } from './pen-data.ts';
import { type ReadLine, readLogits } from './read-logits.ts';

/**
 * Chooses the weights of the decoder on the writers that are held out of training: changes one after the other, and keeps a change
 * if the truth becomes more probable and more of it is read right. Prints the figures with the weights of the decoder and with those that it has found.
 *
 * `--checkpoint FILE`: of `train:words`; `--words` and `--lines`: how many to read, evenly spread; `--rounds`: how often every weight
 * is tried, 0 to print figures only.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    checkpoint: { type: 'string', default: path.join(root, '.words-training/checkpoint.safetensors') },
    words: { type: 'string', default: '1000' },
    lines: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '1' },
  },
});

/** A line has several words, each of which can be wrong. */
const LINE_WEIGHT = 0.25;

/** A smaller gain is chance. */
const LEAST_GAIN = 0.002;

/** What is added to each weight to vary it. The beams are left as they are, since wider ones are never worse. */
const STEPS: Partial<Record<keyof DecoderWeights, readonly number[]>> = {
  prior: [-0.15, 0.15],
  open: [-3, -1, 1, 3],
  letter: [-0.5, 0.5],
  digit: [-2, 2],
  mark: [-2, 2],
  likeness: [-0.3, 0.3],
  unlike: [-1.5, 1.5],
  change: [-2, 2],
  leading: [-2, 2],
  trailing: [-1.5, 1.5],
  possessive: [-2, 2],
  compound: [-2, 2],
  word: [-1.5, 1.5],
  capitalized: [-0.5, 0.5],
  capitals: [-0.8, 0.8],
  mixed: [-2, 2],
  spelling: [-1.5, 1.5],
  temperature: [-0.4, -0.2, 0.2, 0.4],
};

const engine = await createWasmEngine({ threads: 1 });
const network = await loadCheckpoint(engine, values.checkpoint);
const words = await heldOut('unipen-words-train', Number(values.words));
const lines = await heldOut('unipen-lines-train', Number(values.lines));
await engine.dispose();
const lexicon = englishLexicon();

async function heldOut(name: string, count: number): Promise<ReadLine[]> {
  const written = (await readWritten(values.shared, name)).filter(isHeldOut);
  const every = Math.max(1, Math.floor(written.length / count));
  return readLogits(
    network,
    written.filter((_, index) => index % every === 0),
  );
}

const figures = (some: readonly ReadLine[], weights: DecoderWeights, withLexicon = true) =>
  decoderFigures(some, withLexicon ? {} : { lexicon: null }, weights, lexicon);

/** The measure to minimize. */
function loss(weights: DecoderWeights): number {
  const [word, line] = [figures(words, weights).all, figures(lines, weights).all];
  return word.surprise + (1 - word.cased) + LINE_WEIGHT * (line.surprise + 10 * line.errors);
}

function print(title: string, weights: DecoderWeights): void {
  console.log(title);
  for (const withLexicon of [true, false]) {
    for (const [name, some] of Object.entries({ words, lines })) {
      for (const { title: style, figures: found } of figures(some, weights, withLexicon).styles) {
        console.log(`  ${withLexicon ? 'lexicon   ' : 'no lexicon'} ${name} ${style}: ${describe(found)}`);
      }
    }
  }
}

function describe(figure: DecoderFigures): string {
  const { count, right, topFive, cased, inLexicon, errors, surprise, calibration, milliseconds } = figure;
  const known =
    inLexicon.count === 0
      ? ''
      : `, in lexicon ${percent(inLexicon.right)} (${percent(inLexicon.topFive)} of ${inLexicon.count})`;
  return (
    `${count}, right ${percent(right)} (top 5 ${percent(topFive)}, with case ${percent(cased)})${known}, ` +
    `characters wrong ${percent(errors)}, surprise ${surprise.toFixed(3)}, calibration error ${percent(calibration)}, ` +
    `${milliseconds.toFixed(1)} ms`
  );
}

print('The decoder as it is:', DECODER_WEIGHTS);
let best: DecoderWeights = DECODER_WEIGHTS;
let least = Number(values.rounds) > 0 ? loss(best) : 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, steps] of Object.entries(STEPS) as [keyof DecoderWeights, readonly number[]][]) {
    const from = best[name];
    for (const step of steps) {
      const tried = { ...best, [name]: Number((from + step).toFixed(3)) };
      const found = loss(tried);
      if (found < least - LEAST_GAIN) [best, least] = [tried, found];
    }
    console.log(`${name} ${best[name]}: ${least.toFixed(4)}`);
  }
}
if (Number(values.rounds) > 0) {
  console.log(JSON.stringify(best, null, 2));
  print('With these:', best);
}
