import { ADAM } from '../../src/core/engine/engine.ts';
import { createEngine } from '../../src/core/engine/select.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import type { Model } from '../../src/core/model/model.ts';
import type { Network } from '../../src/core/model/network.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import { hash32 } from '../../src/core/random.ts';
import type { NewSample } from '../../src/core/samples/sample.ts';
import { CharacterGenerator } from '../../src/core/strokes/character-generator.ts';
import type { Drawing, Point } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { trainingRecord } from './training-record.ts';

const DIGITS = [...'0123456789'];
const NETWORK: Network = {
  input: [28, 28, 1],
  layers: [
    { type: 'averagePool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'conv2d', filters: 12, kernel: [3, 3], stride: [2, 2], padding: 'valid', useBias: false },
    { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 10, useBias: true },
  ],
};

/** Five samples of which the last, which is held out, is not what its label says; so learning from the others does not help. */
export function samplesThatTeachNothing(): NewSample[] {
  const generator = CharacterGenerator.shipped();
  return samplesOf(['0'], 4).concat(samplesOf(['0'], 1, () => generator.draw('1', 1)));
}

/** A small network with batch normalization that has been trained on drawings of digits in this process. */
export async function tinyModel(name: string): Promise<Model> {
  const generator = CharacterGenerator.shipped();
  const batchSize = 50;
  await using engine = Object.assign(await createEngine({ engine: 'wasm', threads: 1 }), {
    [Symbol.asyncDispose]: () => engine.dispose(),
  });
  const network = await engine.createNetwork(NETWORK, { batchSize, optimizer: ADAM });
  await network.setWeights(initialWeights(NETWORK, 1));
  for (let step = 1; step <= 120; step++) {
    const labels = Uint8Array.from({ length: batchSize }, (_, index) => index % 10);
    const drawings = [...labels].map((label, index) => generator.draw(DIGITS[label]!, hash32(step, index)));
    await network.trainBatch(images(drawings), labels, { learningRate: 0.01, step, seed: step });
  }
  const recipe = { ...recipeFor('cnn'), learningRate: 0.05 };
  const training = trainingRecord({ recipe, date: new Date().toISOString() });
  return { name, network: NETWORK, labels: DIGITS, weights: await network.getWeights(), training };
}

export function images(drawings: readonly Drawing[]): Uint8Array {
  return Buffer.concat(drawings.map((drawing) => rasterize(drawing)));
}

/** The drawing with left and right exchanged. */
export function mirrored(drawing: Drawing): Drawing {
  return drawing.map((stroke) => stroke.map(([x, y]): Point => [-x, y]));
}

/**
 * Samples of a person, `each` of each label, in rounds. `writes` draws a label: by default as most people do. `seed`: other
 * drawings for others.
 */
export function samplesOf(
  labels: readonly string[],
  each: number,
  writes: (label: string, seed: number) => Drawing | null = () => null,
  seed = 1,
): NewSample[] {
  const generator = CharacterGenerator.shipped();
  return Array.from({ length: each }, (_, round) =>
    labels.map((label, index): NewSample => {
      const own = hash32(seed, round, index);
      return { label, strokes: writes(label, own) ?? generator.draw(label, own), origin: 'corrected' };
    }),
  ).flat();
}
