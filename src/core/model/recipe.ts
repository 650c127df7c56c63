import { ARCHITECTURES, type Architecture } from './architectures.ts';

export const OPTIMIZERS = ['adam', 'sgd'] as const;
export const SCHEDULES = ['constant', 'one-cycle'] as const;

/** How a network is trained: all settings but the data, the number of epochs and the batch size. */
export interface Recipe {
  /** `adam` with weight decay is AdamW; `sgd` has a Nesterov momentum of 0.9. */
  optimizer: (typeof OPTIMIZERS)[number];
  weightDecay: number;
  /** Peak of the schedule. */
  learningRate: number;
  schedule: (typeof SCHEDULES)[number];
  /** Strength of the random distortion of images and pens: 0 is none, 1 as in `augmentation.ts`, 2 twice that. */
  augment: number;
  /** How evenly classes are sampled: 0 in proportion to their images, 1 every character equally often. */
  balance: number;
  /** Share of the target that is spread evenly over all classes, 0 to 1 (Szegedy et al. 2016, arXiv 1512.00567). */
  labelSmoothing: number;
  /**
   * The number of images without a character for each image with one. Above 0, the network gets one more output, which stands
   * for no character.
   */
  reject: number;
  /** Decay per step of the moving average of the weights that becomes the model; 0 uses the last weights. */
  averaging: number;
  /** Stops after this many epochs without a better validation accuracy and keeps the best epoch; 0 disables it. */
  patience: number;
}

/** The recipe of the networks with batch normalization. */
const NORMALIZED: Recipe = {
  optimizer: 'adam',
  weightDecay: 0.02,
  learningRate: 0.003,
  schedule: 'one-cycle',
  augment: 0.7,
  balance: 1,
  labelSmoothing: 0.05,
  reject: 0,
  averaging: 0.999,
  patience: 0,
};

const DEFAULTS: Record<Architecture, Recipe> = {
  // Keras' Adam, and nothing else.
  cnn: {
    optimizer: 'adam',
    weightDecay: 0,
    learningRate: 0.001,
    schedule: 'constant',
    augment: 0,
    balance: 0,
    labelSmoothing: 0,
    reject: 0,
    averaging: 0,
    patience: 0,
  },
  vgg: NORMALIZED,
  deep: NORMALIZED,
};

/** Unlike Adam's, SGD's steps scale with the gradients, so it needs other defaults. */
const SGD = { learningRate: 0.05, weightDecay: 0.0005 };

/**
 * The learning rate of a run that starts from a model, relative to one from random weights: large steps would undo what the
 * model has learned (Kumar et al. 2022, arXiv 2202.10054).
 */
const TUNING_RATE = 1 / 3;

/**
 * The recipe of a network, with some settings overridden. The user's own networks are trained like `cnn`. `tunes`: the run
 * starts from a model.
 */
export function recipeFor(architecture: string, overrides: Partial<Recipe> = {}, tunes = false): Recipe {
  const chosen = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const known = ARCHITECTURES.find((name) => name === architecture);
  const recipe = { ...DEFAULTS[known ?? 'cnn'], ...(overrides.optimizer === 'sgd' && SGD) };
  const learningRate = tunes ? Number((recipe.learningRate * TUNING_RATE).toPrecision(2)) : recipe.learningRate;
  return { ...recipe, learningRate, ...chosen };
}

export const RECIPE_FIELDS = Object.keys(DEFAULTS.vgg) as (keyof Recipe)[];
