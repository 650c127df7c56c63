import { augment } from '../dataset/augmentation.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import type { Network } from '../model/network.ts';
import { hash32, randomStream, shuffledIndices } from '../random.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { randomHand } from '../strokes/random-hand.ts';
import { randomPen } from '../strokes/random-pen.ts';
import { rasterize } from '../strokes/rasterize.ts';
import type { Batch } from './batch-maker.ts';
import { noCharacterSample } from './no-character-samples.ts';
import { GENERAL_STRENGTH, type Replay } from './replay.ts';

/** A drawing with its label, normalized. */
export interface LabeledDrawing {
  label: string;
  strokes: Drawing;
}

export interface LearnBatchPlan {
  /** The samples to learn from, and their class indices, [samples]. */
  samples: readonly LabeledDrawing[];
  labels: Uint8Array;
  replay: Replay;
  /** The class index of no character; null if the model cannot reject. */
  noCharacter: number | null;
  /** The input of the network. */
  input: Network['input'];
  /** Half of them show samples. */
  batchSize: number;
  seed: number;
  /** How much samples, and replayed images, are distorted. */
  strength: { samples: number; drawings: number; images: number };
}

/** The share of images without a character among those that are replayed. */
const NO_CHARACTER = 0.12;

/**
 * Makes the batches of learning a hand: half samples, each about equally often, and half replayed images. A batch depends only on the
 * seed and its step.
 */
export class LearnBatches {
  readonly #plan: LearnBatchPlan;
  /** The order in which the samples are shown in a round. */
  #order: { round: number; indices: Uint32Array } = { round: -1, indices: new Uint32Array() };

  constructor(plan: LearnBatchPlan) {
    this.#plan = plan;
  }

  /** `step` counts from 1. */
  make(step: number): Batch {
    const { batchSize, input, seed, samples } = this.#plan;
    const images = new Uint8Array(batchSize * IMAGE_PIXELS);
    const labels = new Uint8Array(batchSize);
    const own = Math.ceil(batchSize / 2);
    for (let index = 0; index < batchSize; index++) {
      const hash = hash32(seed, step, index);
      const [image, label] =
        index < own ? this.#sample((step - 1) * own + index, samples.length, hash) : this.#replayed(hash);
      images.set(image, index * IMAGE_PIXELS);
      labels[index] = label;
    }
    return { images: fitImages(images, input), labels };
  }

  /** `position`: how many samples were shown before. */
  #sample(position: number, count: number, hash: number): [Uint8Array, number] {
    const { samples, labels, strength, seed } = this.#plan;
    const round = Math.floor(position / count);
    if (this.#order.round !== round) this.#order = { round, indices: shuffledIndices(count, hash32(seed, round)) };
    const index = this.#order.indices[position % count]!;
    const drawn = randomHand(samples[index]!.strokes, hash32(hash, 1), strength.samples);
    return [rasterize(drawn, randomPen(hash32(hash, 2), strength.samples)), labels[index]!];
  }

  #replayed(hash: number): [Uint8Array, number] {
    const { replay, noCharacter, strength } = this.#plan;
    const random = randomStream(hash32(hash, 3));
    const below = (count: number) => Math.floor(count * random());
    const count = replay.imageLabels.length;
    const imageAt = (index: number) => replay.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS);
    if (noCharacter !== null && random() < NO_CHARACTER) {
      const source = {
        images: count,
        image: imageAt,
        drawings: replay.drawings.length,
        drawing: (index: number) => replay.drawings.get(index),
        signs: 0,
        sign: () => [],
      };
      return [noCharacterSample(source, hash32(hash, 4), GENERAL_STRENGTH), noCharacter];
    }
    if (count > 0 && (replay.drawings.length === 0 || random() < 0.5)) {
      const index = below(count);
      const distorted = new Uint8Array(IMAGE_PIXELS);
      augment(imageAt(index), hash32(hash, 5), distorted, strength.images);
      return [distorted, replay.imageLabels[index]!];
    }
    const index = below(replay.drawings.length);
    const drawn = randomHand(replay.drawings.get(index), hash32(hash, 6), strength.drawings);
    const image = rasterize(drawn, randomPen(hash32(hash, 7), strength.drawings));
    const distorted = new Uint8Array(IMAGE_PIXELS);
    augment(image, hash32(hash, 5), distorted, strength.images);
    return [distorted, replay.drawingLabels[index]!];
  }
}
