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
import type { InputTrial, PixelRange } from './evaluate-event.ts';
import { readEvaluationImages } from './evaluation-images.ts';

/** Enough to tell the orientations apart, and fast. */
const IMAGES = 1000;
/** The difference in accuracy from which one way is clearly better; less may be chance. */
const CLEAR = 0.05;
/** The accuracy from which the orientation and the order of the labels are clear. */
const READS_WELL = 0.75;
/** A model of this accuracy takes pixels as they are; others are tried below it. */
const READS_BEST = 0.98;
/** Other pixels must add this much accuracy, and this many standard errors. */
const MORE = 0.02;
const STANDARD_ERRORS = 3;
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

const USUAL: Pixels = { range: '0-1', inverted: false };

/** All kinds of pixels that are tried. */
const PIXELS: readonly Pixels[] = [
  USUAL,
  { range: '0-255', inverted: false },
  { range: '0-1', inverted: true },
  { range: '0-255', inverted: true },
  { range: '-1-1', inverted: false },
  { range: 'standardized', inverted: false },
  { range: '-1-1', inverted: true },
  { range: 'standardized', inverted: true },
];

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
  const chance = 1 / classLabels.length;
  const attempt = async (pixels: Pixels, orientations: readonly boolean[]) => {
    for (const isTransposed of orientations) {
      signal?.throwIfAborted();
      const logits = await predict(engine, { network, weights }, pixels, isTransposed ? turned : images);
      trials.push({
        pixels,
        transposed: isTransposed,
        readings: answers.map((answer) => readingOf(logits, truth, answer)),
      });
    }
  };
  try {
    await attempt(USUAL, [false, true]);
    const usual = bestTrial(trials);
    if (best(usual) < READS_BEST) {
      const orientations = best(usual) < READS_WELL ? [false, true] : [usual.transposed];
      for (const pixels of PIXELS.slice(1)) await attempt(pixels, orientations);
      const pixels = choosePixels(trials, chance);
      // The accuracies of both are told.
      if (pixels !== USUAL && orientations.length === 1) await attempt(pixels, [!usual.transposed]);
    }
  } finally {
    await engine.dispose();
  }
  return judge(trials, options, chance, { split, images: truth.length });
}

interface Trial {
  pixels: Pixels;
  transposed: boolean;
  /** For each order of labels. */
  readings: Reading[];
}

interface Reading {
  accuracy: number;
  /** 1 for each image that was read correctly. */
  correct: Uint8Array;
  /** The mean cross-entropy. */
  loss: number;
}

function bestReading({ readings }: Trial): Reading {
  return readings.reduce((most, reading) => (reading.accuracy > most.accuracy ? reading : most));
}

function best(trial: Trial): number {
  return bestReading(trial).accuracy;
}

function bestTrial(trials: readonly Trial[]): Trial {
  return trials.reduce((most, trial) => (best(trial) > best(most) ? trial : most));
}

/**
 * The pixels that a model was trained on: of those that are not clearly worse than the best, those with the lowest loss.
 * Networks may read several kinds about equally well, but with too high or too low probabilities.
 */
function choosePixels(trials: readonly Trial[], chance: number): Pixels {
  const tried = PIXELS.flatMap((pixels) => {
    const alike = trials.filter((trial) => trial.pixels === pixels);
    return alike.length === 0 ? [] : [bestTrial(alike)];
  });
  const highest = bestTrial(tried);
  if (best(highest) < enoughOf(chance)) return USUAL;
  const equal = tried.filter((trial) => !isClearlyBetter(bestReading(highest), bestReading(trial)));
  if (equal.some(({ pixels }) => pixels === USUAL)) return USUAL;
  return equal.reduce((least, trial) => (bestReading(trial).loss < bestReading(least).loss ? trial : least)).pixels;
}

/** Whether one way to read the same images is better by more than chance explains (McNemar's test). */
function isClearlyBetter(one: Reading, other: Reading): boolean {
  let gained = 0;
  let lost = 0;
  one.correct.forEach((isCorrect, image) => {
    if (isCorrect > other.correct[image]!) gained++;
    else if (isCorrect < other.correct[image]!) lost++;
  });
  const difference = gained - lost;
  return difference >= MORE * one.correct.length && difference >= STANDARD_ERRORS * Math.sqrt(gained + lost);
}

/** The accuracy from which an orientation is concluded, and something unusual. */
function orientedOf(chance: number): number {
  return Math.min(0.5, TIMES_CHANCE * chance);
}

function enoughOf(chance: number): number {
  return Math.max(orientedOf(chance), UNUSUAL);
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

/** How images are read by the highest of their logits, [n, outputs]. `answer` has the class of each output, or -1. */
function readingOf(logits: Float32Array, truth: Uint8Array, answer: readonly number[]): Reading {
  const width = answer.length;
  const correct = new Uint8Array(truth.length);
  let count = 0;
  let loss = 0;
  truth.forEach((label, image) => {
    let highest = -1;
    for (let output = 0; output < width; output++) {
      if (answer[output]! < 0) continue;
      if (highest < 0 || logits[image * width + output]! > logits[image * width + highest]!) highest = output;
    }
    if (highest < 0) return;
    const row = logits.subarray(image * width, (image + 1) * width);
    const most = row[highest]!;
    let sum = 0;
    let right = Number.NEGATIVE_INFINITY;
    row.forEach((logit, output) => {
      if (answer[output]! < 0) return;
      sum += Math.exp(logit - most);
      if (answer[output] === label) right = Math.max(right, logit);
    });
    loss += Math.log(sum) + most - right;
    if (answer[highest] !== label) return;
    correct[image] = 1;
    count++;
  });
  return { accuracy: count / truth.length, correct, loss: loss / truth.length };
}

/** What the trials say. Nothing unusual is concluded from what may be chance. */
function judge(
  trials: readonly Trial[],
  { orders, isOrderUnknown, transposed: given }: TrialOptions,
  chance: number,
  source: Pick<InputTrial, 'split' | 'images'>,
): InputFindings {
  const oriented = orientedOf(chance);
  const enough = enoughOf(chance);
  const byPixels = PIXELS.flatMap((pixels) => {
    const alike = trials.filter((trial) => trial.pixels === pixels);
    return alike.length === 0 ? [] : [{ ...pixels, accuracy: best(bestTrial(alike)) }];
  });
  const [usual, ...others] = byPixels;
  const pixels = choosePixels(trials, chance);
  const isUsualClear = others.every(({ accuracy }) => usual!.accuracy - accuracy >= CLEAR);

  const of = (isTransposed: boolean) =>
    trials.find((trial) => trial.transposed === isTransposed && trial.pixels === pixels)!;
  const [upright, turned] = [of(false), of(true)];
  const difference = best(turned) - best(upright);
  const isOriented = Math.abs(difference) >= CLEAR && Math.max(best(upright), best(turned)) >= oriented;
  const transposed = given ?? (isOriented && difference > 0);
  const accuracies = (transposed ? turned : upright).readings.map(({ accuracy }) => accuracy);

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
      pixels: pixels !== USUAL || usual!.accuracy >= READS_WELL || (usual!.accuracy >= enough && isUsualClear),
      order: isOrderClear || accuracies[0]! >= READS_WELL,
    },
    trial: {
      ...source,
      upright: upright.readings[order]!.accuracy,
      transposed: turned.readings[order]!.accuracy,
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
