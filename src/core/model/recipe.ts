import type { Architecture } from './network.ts';

export const OPTIMIZERS = ['adam', 'sgd'] as const;
export const SCHEDULES = ['constant', 'one-cycle'] as const;

/** How a network is trained, beside for how long and on what. */
export interface Recipe {
  /** `adam` with a weight decay is AdamW; `sgd` has Nesterov's momentum of 0.9. */
  optimizer: (typeof OPTIMIZERS)[number];
  weightDecay: number;
  /** The highest rate of the schedule. */
  learningRate: number;
  schedule: (typeof SCHEDULES)[number];
  /** How strongly images are distorted, and pens varied: 0 not at all, 1 as `augmentation.ts` says, 2 twice that. */
  augment: number;
  /** How evenly classes are shown: 0 as often as they have images, 1 every character alike. */
  balance: number;
  /** 0 to 1: how much of the target goes to all classes alike (Szegedy et al. 2016, arXiv 1512.00567). */
  labelSmoothing: number;
  /** Decay, a step, of the running average of the weights that is the model in the end; 0 takes the last weights. */
  averaging: number;
  /** Ends the training after so many epochs without a better validation accuracy, with the best one; 0 never does. */
  patience: number;
}

const DEFAULTS: Record<Architecture, Recipe> = {
  // The notebook's: Keras' Adam and nothing else.
  cnn: {
    optimizer: 'adam',
    weightDecay: 0,
    learningRate: 0.001,
    schedule: 'constant',
    augment: 0,
    balance: 0,
    labelSmoothing: 0,
    averaging: 0,
    patience: 0,
  },
  vgg: {
    optimizer: 'adam',
    weightDecay: 0.02,
    learningRate: 0.003,
    schedule: 'one-cycle',
    augment: 0.7,
    balance: 1,
    labelSmoothing: 0.05,
    averaging: 0.999,
    patience: 0,
  },
};

/** Adam's steps do not depend on the gradients' size, those of SGD do: it needs other numbers. */
const SGD = { learningRate: 0.05, weightDecay: 0.0005 };

/** An architecture's recipe, where the user does not say otherwise. */
export function recipeFor(architecture: Architecture, asked: Partial<Recipe> = {}): Recipe {
  const chosen = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { ...DEFAULTS[architecture], ...(asked.optimizer === 'sgd' && SGD), ...chosen };
}

export const RECIPE_FIELDS = Object.keys(DEFAULTS.vgg) as (keyof Recipe)[];
