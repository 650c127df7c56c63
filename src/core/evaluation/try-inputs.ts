import { datasetStatus } from '../dataset/dataset-store.ts';
import { SPLITS, type Split, splitLabels } from '../dataset/splits.ts';
import { transposeImages } from '../dataset/transpose.ts';
import type { Engine } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { fitImages } from '../images/fit-images.ts';
import { classIndex, labelsText } from '../labels.ts';
import type { LabelOrder } from '../model/formats/label-orders.ts';
import type { Model } from '../model/model.ts';
import { scaleInput } from '../model/scale-input.ts';
import type { Paths } from '../paths.ts';
import { type InputTrial, PIXEL_RANGES, type PixelRange } from './evaluate-event.ts';
import { readEvaluationImages } from './evaluation-images.ts';

/** Enough to tell the orientations apart, and fast. */
const IMAGES = 1000;
/** The difference in accuracy from which one way is clearly better; less may be chance. */
const CLEAR = 0.05;
/** A model of this accuracy takes pixels as they are; others are tried below it. */
const READS_WELL = 0.75;
/** How much better than chance the model must read for an orientation to be concluded. */
const TIMES_CHANCE = 3;
/** The accuracy from which something unusual is concluded: with several alternatives, one may be lucky. */
const UNUSUAL = 0.25;

/** A multiple of pixels from 0 (paper) to 1 (ink), plus an offset. */
const RANGES: Readonly<Record<PixelRange, readonly [scale: number, offset: number]>> = {
  '0-1': [1, 0],
  '0-255': [255, 0],
  '-1-1': [2, -1],
  standardized: [1 / 0.3081, -0.1307 / 0.3081],
};

/** The pixels that a model takes. `inverted`: ink is dark. */
export interface Pixels {
  range: PixelRange;
  inverted: boolean;
}

export interface InputFindings {
  trial: InputTrial;
  transposed: boolean;
  pixels: Pixels;
  /** The index of the best order. */
  order: number;
  /** Which of these are clearly better than the alternatives that were tried. */
  clear: { orientation: boolean; pixels: boolean; order: boolean };
}

export interface TrialOptions {
  /** Ways to read the outputs, the assumed one first. */
  orders: readonly LabelOrder[];
  /** The first order is only one of several, as none is usual for this number of outputs. */
  isOrderUnknown: boolean;
  /** The orientation, if it is known. */
  transposed?: boolean | undefined;
}

/** The multiplication and addition that make 0 (paper) to 1 (ink) the pixels of a model. */
export function pixelScale({ range, inverted }: Pixels): [scale: number, offset: number] {
  const [scale, offset] = RANGES[range];
  return inverted ? [-scale, scale + offset] : [scale, offset];
}

/**
 * Finds out how a model takes images, by its accuracy on test images of the smallest fetched split that has all of its
 * characters: their orientation, the range of their pixels, whether ink is dark, and the order of the labels. Null if there
 * is no such split. Throws an `EmnistError` if the data set is damaged.
 */
export async function tryInputs(
  { network, weights }: Pick<Model, 'network' | 'weights'>,
  options: TrialOptions,
  paths: Paths,
  signal?: AbortSignal,
): Promise<InputFindings | null> {
  const { orders, isOrderUnknown } = options;
  const labels = [...new Set((isOrderUnknown ? orders : orders.slice(0, 1)).flatMap((order) => order.labels))];
  const characters = labels.filter((label) => label !== null);
  const split = await chooseSplit(characters, paths);
  if (split === null) return null;
  const source = { split, part: 'test' as const, limit: IMAGES, characters: labelsText(characters) };
  const { images, labels: truth, classLabels } = await readEvaluationImages(source, paths);
  const turned = new Uint8Array(images.length);
  transposeImages(images, 0, turned, 0, truth.length);
  const engine = await createEngine();
  const trials: Trial[] = [];
  const answers = orders.map(({ labels: order }) =>
    order.map((label) => (label === null ? -1 : classIndex(label, classLabels))),
  );
  const attempt = async (pixels: Pixels) => {
    for (const isTransposed of [false, true]) {
      signal?.throwIfAborted();
      const logits = await predict(engine, { network, weights }, pixels, isTransposed ? turned : images);
      trials.push({
        pixels,
        transposed: isTransposed,
        accuracies: answers.map((answer) => accuracyOf(logits, truth, answer)),
      });
    }
  };
  try {
    await attempt({ range: '0-1', inverted: false });
    if (Math.max(...trials.map(best)) < READS_WELL) {
      for (const range of PIXEL_RANGES) {
        for (const inverted of [false, true]) if (inverted || range !== '0-1') await attempt({ range, inverted });
      }
    }
  } finally {
    await engine.dispose();
  }
  const chance = 1 / classLabels.length;
  return judge(trials, options, chance, { split, images: truth.length });
}

interface Trial {
  pixels: Pixels;
  transposed: boolean;
  /** For each order of labels. */
  accuracies: number[];
}

function best({ accuracies }: Trial): number {
  return Math.max(...accuracies);
}

/** The smallest fetched split that has classes for all characters. */
async function chooseSplit(characters: readonly string[], paths: Paths): Promise<Split | null> {
  const status = await datasetStatus(paths);
  const fetched = status.filter(({ testImages }) => testImages !== null).map(({ split }) => split);
  const suitable = SPLITS.filter((split) => {
    const labels = splitLabels(split);
    return fetched.includes(split) && characters.every((character) => classIndex(character, labels) >= 0);
  });
  return suitable.toSorted((a, b) => splitLabels(a).length - splitLabels(b).length)[0] ?? null;
}

/** The logits, [n, outputs], for 28x28 images in one orientation with pixels of one kind. */
async function predict(
  engine: Engine,
  { network, weights }: Pick<Model, 'network' | 'weights'>,
  pixels: Pixels,
  images: Uint8Array,
): Promise<Float32Array> {
  const scaled = scaleInput(network, weights, ...pixelScale(pixels));
  const loaded = await engine.createNetwork(scaled.network);
  try {
    await loaded.setWeights(scaled.weights);
    return await loaded.predict(fitImages(images, network.input));
  } finally {
    await loaded.dispose();
  }
}

/** The share of images whose highest output has the right class; `answer` has the class of each output, or -1. */
function accuracyOf(logits: Float32Array, truth: Uint8Array, answer: readonly number[]): number {
  const width = answer.length;
  let correct = 0;
  truth.forEach((label, image) => {
    let highest = -1;
    for (let output = 0; output < width; output++) {
      if (answer[output]! < 0) continue;
      if (highest < 0 || logits[image * width + output]! > logits[image * width + highest]!) highest = output;
    }
    if (highest >= 0 && answer[highest] === label) correct++;
  });
  return correct / truth.length;
}

/** What the trials say. Nothing unusual is concluded from what may be chance. */
function judge(
  trials: readonly Trial[],
  { orders, isOrderUnknown, transposed: given }: TrialOptions,
  chance: number,
  source: Pick<InputTrial, 'split' | 'images'>,
): InputFindings {
  const oriented = Math.min(0.5, TIMES_CHANCE * chance);
  const enough = Math.max(oriented, UNUSUAL);
  const isSame = (one: Pixels, other: Pixels) => one.range === other.range && one.inverted === other.inverted;
  const kinds = trials
    .map(({ pixels }) => pixels)
    .filter((pixels, index, all) => all.findIndex((one) => isSame(one, pixels)) === index);
  const byPixels = kinds.map((pixels) => {
    return { ...pixels, accuracy: Math.max(...trials.filter((trial) => isSame(trial.pixels, pixels)).map(best)) };
  });
  const [usual, ...others] = byPixels;
  const other = others.toSorted((a, b) => b.accuracy - a.accuracy)[0];
  const isOther = other !== undefined && other.accuracy >= enough && other.accuracy - usual!.accuracy >= CLEAR;
  const { range, inverted } = isOther ? other : usual!;
  const pixels = { range, inverted };

  const of = (isTransposed: boolean) =>
    trials.find((trial) => trial.transposed === isTransposed && isSame(trial.pixels, pixels))!;
  const [upright, turned] = [of(false), of(true)];
  const difference = best(turned) - best(upright);
  const isOriented = Math.abs(difference) >= CLEAR && Math.max(best(upright), best(turned)) >= oriented;
  const transposed = given ?? (isOriented && difference > 0);
  const { accuracies } = transposed ? turned : upright;

  const highest = accuracies.indexOf(Math.max(...accuracies));
  const gain = accuracies[highest]! - (isOrderUnknown ? 0 : accuracies[0]!);
  const isOrderClear = accuracies[highest]! >= enough && gain >= CLEAR;
  const order = isOrderClear ? highest : 0;
  return {
    transposed,
    pixels,
    order,
    clear: {
      orientation: isOriented,
      pixels: isOther || (usual!.accuracy >= enough && usual!.accuracy - (other?.accuracy ?? 0) >= CLEAR),
      order: isOrderClear || accuracies[0]! >= READS_WELL,
    },
    trial: {
      ...source,
      upright: upright.accuracies[order]!,
      transposed: turned.accuracies[order]!,
      pixels: byPixels,
      labelOrders: orders
        .map(({ name }, index) => ({ order: name, accuracy: accuracies[index]! }))
        .toSorted((a, b) => b.accuracy - a.accuracy)
        .slice(0, LISTED_ORDERS),
    },
  };
}

/** How many orders of labels an event lists. */
const LISTED_ORDERS = 5;
