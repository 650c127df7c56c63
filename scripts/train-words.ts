import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ADAM, optimizerStateSpecs, type SequenceNetwork } from '../src/core/engine/engine.ts';
import { createWasmEngine } from '../src/core/engine/wasm/wasm-engine.ts';
import { writeFileAtomically } from '../src/core/files/atomic-write.ts';
import { initialWeights } from '../src/core/model/initial-weights.ts';
import { weightSpecs } from '../src/core/model/network.ts';
import { decodeSafetensors, encodeSafetensors } from '../src/core/model/safetensors.ts';
import { hash32 } from '../src/core/random.ts';
import { learningRateAt } from '../src/core/training/schedule.ts';
import { englishWords } from './words/english-words.ts';
import { packLines } from './words/line-batch.ts';
import { wordNetwork } from './words/network.ts';
import { isHeldOut, readWritten } from './words/pen-data.ts';
import { saveWordModel, WORD_MODEL } from './words/save-model.ts';
import {
  checkCharacters,
  LINES_PER_EPOCH,
  TRAINING_FILES,
  type TrainingLine,
  TrainingLines,
} from './words/training-lines.ts';
import { validateWords } from './words/validate-words.ts';

/**
 * Trains the word network. Writes a checkpoint after each epoch and continues from it when run again; an epoch is a fixed number of
 * lines drawn at random, `--lines`. The result depends only on the seed and the numbers of epochs and lines. `--shared` is the folder
 * with the stroke files. In the end, the model is written to `--model`.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    home: { type: 'string', default: path.join(root, '.words-training') },
    epochs: { type: 'string', default: '32' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: String(LINES_PER_EPOCH) },
    model: { type: 'string', default: WORD_MODEL },
  },
});
const LEARNING_RATE = 0.002;
const OPTIMIZER = { ...ADAM, weightDecay: 0.01 };
/** The columns of pixels in a batch, which bounds its memory and keeps its time about the same. */
const COLUMNS = 4096;
const MAX_BATCH = 64;
/** The number of most frequent words from which stitched ones are chosen. */
const STITCHED_WORDS = 30_000;
const batchSize = (width: number) => Math.max(2, Math.min(MAX_BATCH, Math.floor(COLUMNS / width)));

const epochs = Number(values.epochs);
const linesPerEpoch = Number(values.lines);
const seed = Number(values.seed);
const { shared, home } = values;
const checkpoint = path.join(home, 'checkpoint.safetensors');
mkdirSync(home, { recursive: true });

function log(line: string): void {
  console.log(line);
  appendFileSync(path.join(home, 'log.txt'), `${line}\n`);
}

const [wordFile, lineFile, ...characterFiles] = TRAINING_FILES;
const words = await readWritten(shared, wordFile);
const heldOut = words.filter(isHeldOut);
const characters = (await Promise.all(characterFiles.map((name) => readWritten(shared, name)))).flat();
const data = {
  words: words.filter((each) => !isHeldOut(each)),
  lines: (await readWritten(shared, lineFile)).filter((each) => !isHeldOut(each)),
  characters: characters.filter((each) => !isHeldOut(each)),
  lexicon: englishWords()
    .slice(0, STITCHED_WORDS)
    .map(([word]) => word),
};
checkCharacters(data.characters);
const lines = new TrainingLines(data);
const validation = heldOut.filter((_, index) => index % 3 === 0);

const engine = await createWasmEngine({ threads: Number(values.threads) });
const network = wordNetwork(128);
const trained = await engine.createSequenceNetwork(network, { batchSize, optimizer: OPTIMIZER });
const stateSpecs = optimizerStateSpecs(network, OPTIMIZER);
/** Lines that wait for others of their width, and their seeds. */
const waiting = new Map<number, { seed: number; line: TrainingLine }[]>();
let position = { epoch: 0, step: 0, seen: 0 };
if (existsSync(checkpoint)) position = await restore(trained);
else await trained.setWeights(initialWeights(network, seed));
log(
  `${data.words.length} words, ${data.lines.length} lines, ${data.characters.length} characters; ` +
    `${validation.length} words for validation; ${engine.device}; from epoch ${position.epoch + 1}`,
);

let loss = 0;
let correct = 0;
let count = 0;
let started = 0;
let { step, seen } = position;
for (let epoch = position.epoch; epoch < epochs; epoch++) {
  started = performance.now();
  [loss, correct, count] = [0, 0, 0];
  for (let index = 0; index < linesPerEpoch; index++) {
    const width = add(hash32(seed, epoch, index));
    const batch = waiting.get(width)!;
    if (batch.length === batchSize(width)) await train(batch, width);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  const figures = (await validateWords(trained, validation)).map(
    ({ name, words: right, errors }) =>
      `${name} ${(100 * right).toFixed(1)} % words, ${(100 * errors).toFixed(1)} % errors`,
  );
  log(
    `epoch ${epoch + 1}: loss ${(loss / count).toFixed(3)}, ${((100 * correct) / count).toFixed(1)} % correct, ${seconds} s; ` +
      `read greedily: ${figures.join('; ')}`,
  );
  await save(trained, { epoch: epoch + 1, step, seen });
}
await saveWordModel(values.model, await trained.getWeights(), {
  data: [...TRAINING_FILES],
  epochs,
  epochsAsked: epochs,
  lines: linesPerEpoch,
  seed,
  date: new Date().toISOString(),
});
await engine.dispose();

/** Draws a line, and lets it wait. Returns its width. */
function add(lineSeed: number): number {
  const line = lines.draw(lineSeed);
  const { width } = line.image;
  waiting.set(width, [...(waiting.get(width) ?? []), { seed: lineSeed, line }]);
  return width;
}

async function train(batch: readonly { line: TrainingLine }[], width: number): Promise<void> {
  waiting.delete(width);
  step++;
  seen += batch.length;
  // By lines, since the number of batches depends on their widths.
  const learningRate = learningRateAt('one-cycle', LEARNING_RATE, seen, epochs * linesPerEpoch);
  const { images, targets } = packLines(
    batch.map(({ line }) => line),
    width,
  );
  const result = await trained.trainBatch({ images, width, targets }, { learningRate, step, seed: hash32(seed, step) });
  loss += result.loss * batch.length;
  correct += result.correct;
  count += batch.length;
  if (step % 100 === 0) {
    const rate = Math.round(count / ((performance.now() - started) / 1000));
    log(`  ${Math.round((100 * count) / linesPerEpoch)} %, loss ${(loss / count).toFixed(3)}, ${rate} lines a second`);
  }
}

async function save(from: SequenceNetwork, at: typeof position): Promise<void> {
  const tensors = [
    ...(await from.getWeights()).map((tensor, index) => ({ ...weightSpecs(network)[index]!, data: tensor })),
    ...(await from.getOptimizerState()).map((tensor, index) => ({
      name: `optimizer/${index}`,
      shape: [tensor.length],
      data: tensor,
    })),
  ];
  // Lines of rare widths wait for the next epoch: batches of a few images would spoil the statistics of batch normalization.
  const seeds = [...waiting.values()].flat().map((each) => each.seed);
  const metadata = { position: JSON.stringify(at), waiting: JSON.stringify(seeds) };
  await writeFileAtomically(checkpoint, encodeSafetensors(tensors, metadata));
}

async function restore(to: SequenceNetwork): Promise<typeof position> {
  const file = decodeSafetensors(readFileSync(checkpoint), (why) => new Error(`${checkpoint}: ${why}`));
  await to.setWeights(weightSpecs(network).map(({ name, shape }) => file.tensor(name, shape)));
  await to.setOptimizerState(
    stateSpecs.map((spec, index) => {
      const size = spec.shape.reduce((product, side) => product * side, 1);
      return file.tensor(`optimizer/${index}`, [size]);
    }),
  );
  for (const lineSeed of JSON.parse(file.metadata.waiting!) as number[]) add(lineSeed);
  return JSON.parse(file.metadata.position!) as typeof position;
}
