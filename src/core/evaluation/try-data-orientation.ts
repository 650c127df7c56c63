import type { OrientationTrial, TryOrientation } from '../dataset/own/prepare-images.ts';
import { transposeImages } from '../dataset/transpose.ts';
import { createEngine } from '../engine/select.ts';
import { isEmnistError } from '../errors.ts';
import { loadModel, SHIPPED } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { Scores } from './scores.ts';
import { type SharedClasses, shareClasses } from './shared-classes.ts';

/** Tries images of one's own with the shipped model: it reads the labels that it knows, as they are stored and transposed. */
export function tryDataOrientation(paths: Paths): TryOrientation {
  return async (images, labels, signal): Promise<OrientationTrial | null> => {
    const { network, weights, labels: modelLabels } = await loadModel(SHIPPED, paths);
    const classLabels = [...new Set(labels)];
    const shared = classesInCommon(classLabels, modelLabels);
    if (shared === null) return null;
    const pixels = images.length / labels.length;
    const known = [...labels.keys()].filter((index) => {
      const truth = shared.truth[classLabels.indexOf(labels[index]!)]!;
      return shared.answers[truth]!.length > 0;
    });
    const truth = Uint8Array.from(known, (index) => classLabels.indexOf(labels[index]!));
    const stored = new Uint8Array(known.length * pixels);
    for (const [k, index] of known.entries()) {
      stored.set(images.subarray(index * pixels, (index + 1) * pixels), k * pixels);
    }
    const turned = new Uint8Array(stored.length);
    transposeImages(stored, 0, turned, 0, known.length);
    const engine = await createEngine({ engine: 'wasm' });
    try {
      const loaded = await engine.createNetwork(network);
      await loaded.setWeights(weights);
      const accuracy = async (candidate: Uint8Array) => {
        signal.throwIfAborted();
        const scores = new Scores(shared);
        scores.add(await loaded.predict(candidate), truth);
        return scores.accuracy;
      };
      return { images: known.length, upright: await accuracy(stored), transposed: await accuracy(turned) };
    } finally {
      await engine.dispose();
    }
  };
}

function classesInCommon(data: readonly string[], model: readonly string[]): SharedClasses | null {
  try {
    return shareClasses(data, model);
  } catch (error) {
    if (isEmnistError(error, 'classes-differ')) return null;
    throw error;
  }
}
