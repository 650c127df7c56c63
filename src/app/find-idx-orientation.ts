import { transposeImages } from '../core/dataset/transpose.ts';
import { IMAGE_PIXELS } from '../core/images/image-size.ts';
import { classIndex } from '../core/labels.ts';
import type { Model } from '../core/model/model.ts';
import { loadModel, SHIPPED } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import type { IdxOrientation } from './idx-images.ts';

/** By how much a model must be surer of one orientation, as a mean probability. */
const MIN_DIFFERENCE = 0.03;
/** With fewer images, a model may be surer of the wrong one by chance. */
const MIN_IMAGES = 10;

/**
 * Finds the orientation of unlabeled images, [n, 784]: a model is surer of characters that are upright. That is the shipped
 * one, which has seen most hands, unless `reader`, the model that will read them, is for other characters. If it hardly is
 * surer, the images are assumed to be transposed, as EMNIST's are.
 */
export async function findIdxOrientation(images: Uint8Array, reader: Model, paths: Paths): Promise<IdxOrientation> {
  const count = images.length / IMAGE_PIXELS;
  if (count >= MIN_IMAGES) {
    const turned = new Uint8Array(images.length);
    transposeImages(Uint8Array.from(images), 0, turned, 0, count);
    const shipped = await loadModel(SHIPPED, paths);
    const known = reader.labels.filter((label) => classIndex(label, shipped.labels) >= 0).length;
    const recognizer = await createRecognizer(2 * known >= reader.labels.length ? shipped : reader);
    try {
      const sureness = async (candidate: Uint8Array) => {
        const readings = await recognizer.recognize(candidate, { top: 1, characters: 'all' });
        return readings.reduce((sum, { predictions: [best] }) => sum + (best?.probability ?? 0), 0) / count;
      };
      const difference = (await sureness(Uint8Array.from(images))) - (await sureness(turned));
      if (Math.abs(difference) >= MIN_DIFFERENCE) {
        return { orientation: difference > 0 ? 'upright' : 'transposed', from: 'detected' };
      }
    } finally {
      await recognizer.dispose();
    }
  }
  return { orientation: 'transposed', from: 'assumed' };
}
