import { createFeatureReader, type ReadFeatures } from '../../../src/core/engine/feature-reader.ts';
import { createEngine } from '../../../src/core/engine/select.ts';
import { IMAGE_PIXELS } from '../../../src/core/images/image-size.ts';
import { classIndex } from '../../../src/core/labels.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { Adaptation, type FeatureSample } from '../../../src/core/recognizer/adaptation.ts';

const BATCH = 64;

/** What a network makes of images, each of which it looks at once, however often it is read with different samples. */
export class CachedReader {
  readonly #read = new Map<Uint8Array, ReadFeatures>();
  readonly model: Model;

  constructor(model: Model) {
    this.model = model;
  }

  async look(images: readonly Uint8Array[]): Promise<void> {
    const engine = await createEngine({ engine: 'wasm' });
    const network = await engine.createNetwork(this.model.network);
    await network.setWeights(this.model.weights);
    const reader = await createFeatureReader(engine, this.model, network);
    for (let from = 0; from < images.length; from += BATCH) {
      const batch = images.slice(from, from + BATCH);
      const joined = new Uint8Array(batch.length * IMAGE_PIXELS);
      batch.forEach((image, index) => {
        joined.set(image, index * IMAGE_PIXELS);
      });
      const read = await reader.read(joined);
      batch.forEach((image, index) => {
        this.#read.set(image, read[index]!);
      });
    }
    await reader.dispose();
    await network.dispose();
    await engine.dispose();
  }

  /** The labels that images are read as, adapted to samples. All must have been looked at. */
  answers(images: readonly Uint8Array[], samples: readonly { label: string; image: Uint8Array }[]): string[] {
    const seen = samples.map(
      ({ label, image }): FeatureSample => ({ label, features: this.#read.get(image)!.features }),
    );
    const blend = new Adaptation(seen, this.model).blending({ top: 1 });
    return images.map((image) => blend(this.#read.get(image)!).predictions[0]!.label);
  }

  /** The share of images that are read as their class. */
  accuracy(
    written: readonly { label: string; image: Uint8Array }[],
    samples: readonly { label: string; image: Uint8Array }[],
  ): number {
    const answers = this.answers(
      written.map(({ image }) => image),
      samples,
    );
    const { labels } = this.model;
    const right = written.filter(({ label }, index) => answers[index] === labels[classIndex(label, labels)]).length;
    return right / written.length;
  }
}
