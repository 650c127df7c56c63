import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { saveLayers } from '../../src/core/model/model-store.ts';
import { type WordTraining, wordContent } from '../../src/core/text/word-model.ts';
import { VERSION } from '../../src/core/version.ts';
import { readCheckpoint } from './load-checkpoint.ts';
import { wordNetwork } from './network.ts';
import { LINES_PER_EPOCH, TRAINING_FILES } from './training-lines.ts';

/**
 * `node scripts/words/save-model.ts` makes a checkpoint of `train:words` the word model that ships, as the training itself does at its
 * end. The options are those of the training.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The folder of the word model that ships. */
export const WORD_MODEL = path.join(root, 'models/words');

/** Saves the weights of `wordNetwork` as a word model. Returns the size in bytes of its files. */
export function saveWordModel(
  folder: string,
  weights: readonly Float32Array[],
  training: Omit<WordTraining, 'version'>,
): Promise<number> {
  const model = { name: 'words', network: wordNetwork(128), weights, training: { ...training, version: VERSION } };
  return saveLayers(wordContent(model), folder, 'uint8');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      home: { type: 'string', default: path.join(root, '.words-training') },
      epochs: { type: 'string', default: '32' },
      seed: { type: 'string', default: '1' },
      lines: { type: 'string', default: String(LINES_PER_EPOCH) },
    },
  });
  const file = path.join(values.home, 'checkpoint.safetensors');
  const { mtime } = await stat(file);
  const { weights, position } = readCheckpoint(file);
  const bytes = await saveWordModel(WORD_MODEL, weights, {
    data: [...TRAINING_FILES],
    epochs: position.epoch,
    epochsAsked: Number(values.epochs),
    lines: Number(values.lines),
    seed: Number(values.seed),
    date: mtime.toISOString(),
  });
  console.log(`models/words: epoch ${position.epoch} of ${values.epochs}, ${bytes} bytes`);
}
