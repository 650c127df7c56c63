import * as v from 'valibot';
import { decodeSequenceNetwork, type LayersContent } from '../model/layers-format.ts';
import type { Model } from '../model/model.ts';
import { damagedModel } from '../model/model-errors.ts';
import { assetFolder, type ModelFolder, readWeights, withManifest } from '../model/model-folder.ts';
import { layerShapes } from '../model/network.ts';
import { LINE_HEIGHT, WIDTH_STEP } from './line-image.ts';
import { TEXT_CHARACTERS, TEXT_CLASSES } from './text-characters.ts';

/** How the word model was trained. */
const wordTrainingSchema = v.object({
  /** The stroke files that its lines were made of. */
  data: v.array(v.string()),
  /** Completed epochs, of `epochsAsked`. */
  epochs: v.number(),
  epochsAsked: v.number(),
  /** Lines drawn in an epoch. */
  lines: v.number(),
  seed: v.number(),
  /** When the last epoch ended, ISO 8601. */
  date: v.string(),
  /** Version of emnist-tui. */
  version: v.string(),
});
export type WordTraining = v.InferOutput<typeof wordTrainingSchema>;

/** The word network that ships in the package. */
export interface WordModel extends Pick<Model, 'name' | 'network' | 'weights'> {
  training: WordTraining;
}

/** The network of a loaded word model is for images of this width, but it takes all that are multiples of `WIDTH_STEP`. */
const WIDTH = 4 * WIDTH_STEP;

const shippedWords = assetFolder('models/words');

/**
 * Reads the word model, by default the one that ships. Throws `installation-damaged` if that one is missing, `model-damaged`,
 * `model-unsupported`, and file errors.
 */
export function loadWordModel(folder: ModelFolder = shippedWords): Promise<WordModel> {
  return withManifest(folder, async (manifest, file) => {
    const { labels = null, wordTraining } = manifest.userDefinedMetadata ?? {};
    if (labels?.join('\n') !== TEXT_CHARACTERS.join('\n'))
      throw damagedModel(file, 'it does not have the labels of words');
    const training = v.safeParse(wordTrainingSchema, wordTraining);
    if (!training.success) throw damagedModel(file, 'it does not say how it was trained');
    const weights = await readWeights(folder, manifest, file);
    const decoded = decodeSequenceNetwork(manifest, weights, file, WIDTH);
    const [height, , classes] = layerShapes(decoded.network).at(-1)!;
    if (decoded.network.input[0] !== LINE_HEIGHT || height !== 1 || classes !== TEXT_CLASSES) {
      throw damagedModel(
        file,
        `it does not turn lines ${LINE_HEIGHT} pixels high into rows of ${TEXT_CLASSES} classes`,
      );
    }
    return { name: 'words', ...decoded, training: training.output };
  });
}

/** What the files of a word model hold. They state that its input has any width. */
export function wordContent({ name, network, weights, training }: WordModel): LayersContent {
  const metadata = { labels: TEXT_CHARACTERS, wordTraining: training };
  return { name, network, weights, inputShape: [LINE_HEIGHT, null, 1], metadata };
}
