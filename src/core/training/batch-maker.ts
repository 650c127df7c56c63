import { augment } from '../dataset/augmentation.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import type { Network } from '../model/network.ts';
import type { Recipe } from '../model/recipe.ts';
import { hash32, shuffledIndices } from '../random.ts';
import { randomHand } from '../strokes/random-hand.ts';
import { randomPen } from '../strokes/random-pen.ts';
import { rasterize } from '../strokes/rasterize.ts';
import { type NoCharacterSource, noCharacterSample } from './no-character-samples.ts';
import { type Balance, classCounts, classShares, sampleEpoch } from './sampling.ts';
import type { TrainingImages } from './training-images.ts';

/** Images with their classes. */
export interface Batch {
  /** Bytes, upright: [n, height * width * channels] of the network's input, for validation [n, 784]. */
  images: Uint8Array;
  /** Class indices, [n]; that after the last class stands for no character. */
  labels: Uint8Array;
}

export interface BatchPlan {
  seed: number;
  batchSize: number;
  /** The number of characters of each class, [classes]. */
  characters: readonly number[];
  recipe: Pick<Recipe, 'augment' | 'balance' | 'reject'>;
  /** The input of the network. */
  input: Network['input'];
}

/** Mixed into the seed to make order, pens and augmentation independent of each other. */
const STREAM = { order: 3, augmentation: 4, drawingOrder: 6, pen: 7, mixture: 8, hand: 9, reject: 10 };

/**
 * Makes the batches of a training run. A batch depends only on the seed, the epoch and its number. Every epoch has as many
 * images and drawings as the training set, and on top of these, images without a character. It balances the classes of images
 * and of drawings separately: otherwise a class with few images would be learned from drawings, and drawings would be mistaken
 * for that class.
 */
export class BatchMaker {
  readonly #data: TrainingImages;
  readonly #plan: BatchPlan;
  #epoch: number | null = null;
  /** The order of the current epoch: indices of images, above them those of drawings, and above them those of no character. */
  #order: Uint32Array = new Uint32Array();

  constructor(data: TrainingImages, plan: BatchPlan) {
    this.#data = data;
    this.#plan = plan;
  }

  /** Images and drawings of characters per epoch. */
  get size(): number {
    return this.#data.train.length + this.#data.drawings.length;
  }

  /** Images without a character per epoch. */
  get rejectSize(): number {
    return Math.round(this.#plan.recipe.reject * this.size);
  }

  /**
   * The share of each class among the images of an epoch, [classes]: the prior that the network learns for images like these.
   */
  get classShares(): number[] {
    return this.#shares(this.#data.train, this.#data.labels);
  }

  /** The same for drawings, which the network can tell from images; null without drawings. */
  get drawingShares(): number[] | null {
    const { drawingLabels } = this.#data;
    return drawingLabels.length === 0 ? null : this.#shares(everyIndex(drawingLabels), drawingLabels);
  }

  /**
   * Added to the logits, [classes], to account for the class frequencies of the validation images, which are those of the
   * images before they are balanced.
   */
  get validationShift(): number[] {
    const { train, labels } = this.#data;
    const counts = classCounts(train, labels, this.#plan.characters.length);
    const shares = this.classShares;
    // Half an image where there is none, since rare is not impossible. A class that is never shown has no meaningful logit.
    return counts.map((count, label) =>
      shares[label] ? Math.log(Math.max(0.5, count) / train.length / shares[label]) : 0,
    );
  }

  #shares(indices: Uint32Array, labels: Uint8Array): number[] {
    return classShares(classCounts(indices, labels, this.#balance.characters.length), this.#balance);
  }

  get #balance(): Balance {
    return { balance: this.#plan.recipe.balance, characters: this.#plan.characters };
  }

  /** Makes one batch. `epoch` and `batch` count from 1; epoch 0 is another one, before the first. */
  make(epoch: number, batch: number): Batch {
    const { batchSize, seed, recipe, input } = this.#plan;
    if (epoch !== this.#epoch) {
      this.#order = this.#orderOf(epoch);
      this.#epoch = epoch;
    }
    const chosen = this.#order.subarray((batch - 1) * batchSize, batch * batchSize);
    const plain = this.#gather(chosen, (stream) => hash32(seed, stream, epoch, batch));
    if (recipe.augment === 0) return { ...plain, images: fitImages(plain.images, input) };
    const images = new Uint8Array(plain.images.length);
    augment(plain.images, hash32(seed, STREAM.augmentation, epoch, batch), images, recipe.augment);
    return { images: fitImages(images, input), labels: plain.labels };
  }

  /** The validation images, unchanged, [n, 784]. */
  validation(): Batch {
    return this.#gather(this.#data.validation, () => 0);
  }

  #orderOf(epoch: number): Uint32Array {
    const { train, labels, drawingLabels } = this.#data;
    const { seed } = this.#plan;
    const options = this.#balance;
    const images = sampleEpoch(train, labels, { ...options, seed: hash32(seed, STREAM.order, epoch) });
    if (this.size + this.rejectSize === images.length) return images;
    const drawings = sampleEpoch(everyIndex(drawingLabels), drawingLabels, {
      ...options,
      seed: hash32(seed, STREAM.drawingOrder, epoch),
    });
    const all = new Uint32Array(this.size + this.rejectSize);
    all.set(images);
    all.set(
      drawings.map((index) => index + labels.length),
      images.length,
    );
    for (let i = 0; i < this.rejectSize; i++) all[this.size + i] = labels.length + drawingLabels.length + i;
    return shuffledIndices(all.length, hash32(seed, STREAM.mixture, epoch)).map((position) => all[position]!);
  }

  /** @param seedOf the seed of a stream of random numbers, for these images */
  #gather(indices: Uint32Array, seedOf: (stream: number) => number): Batch {
    const { labels, drawings, drawingLabels } = this.#data;
    const { recipe, characters } = this.#plan;
    const [penSeed, handSeed, rejectSeed] = [STREAM.pen, STREAM.hand, STREAM.reject].map(seedOf) as [
      number,
      number,
      number,
    ];
    const gathered = { images: new Uint8Array(indices.length * IMAGE_PIXELS), labels: new Uint8Array(indices.length) };
    indices.forEach((index, position) => {
      const drawing = index - labels.length;
      let image: Uint8Array;
      if (drawing < 0) {
        gathered.labels[position] = labels[index]!;
        image = this.#image(index);
      } else if (drawing < drawingLabels.length) {
        gathered.labels[position] = drawingLabels[drawing]!;
        const drawn = randomHand(drawings.get(drawing), hash32(handSeed, position), recipe.augment);
        image = rasterize(drawn, randomPen(hash32(penSeed, position), recipe.augment));
      } else {
        gathered.labels[position] = characters.length;
        image = noCharacterSample(this.#rejectSource, hash32(rejectSeed, position), recipe.augment);
      }
      gathered.images.set(image, position * IMAGE_PIXELS);
    });
    return gathered;
  }

  #image(index: number): Uint8Array {
    return this.#data.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS);
  }

  get #rejectSource(): NoCharacterSource {
    const { train, drawings, signs } = this.#data;
    return {
      images: train.length,
      image: (index) => this.#image(train[index]!),
      drawings: drawings.length,
      drawing: (index) => drawings.get(index),
      signs: signs.length,
      sign: (index) => signs.get(index),
    };
  }
}

function everyIndex({ length }: { length: number }): Uint32Array {
  return Uint32Array.from({ length }, (_, index) => index);
}
