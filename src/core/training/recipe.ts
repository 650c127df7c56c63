import * as v from 'valibot';
import { ADAM, type OptimizerSpec } from '../engine/engine.ts';
import type { Architecture } from '../events.ts';

export const OPTIMIZERS = ['adam', 'sgd'] as const;
export const SCHEDULES = ['constant', 'one-cycle'] as const;

export const recipeSchema = v.object({
  /** `adam` with a weight decay is AdamW; `sgd` has Nesterov's momentum of 0.9. */
  optimizer: v.picklist(OPTIMIZERS),
  weightDecay: v.number(),
  /** The highest rate of the schedule. */
  learningRate: v.number(),
  schedule: v.picklist(SCHEDULES),
  /** How strongly images are distorted, and pens varied: 0 not at all, 1 as `augmentation.ts` says, 2 twice that. */
  augment: v.number(),
  /** How evenly classes are shown: 0 as often as they have images, 1 every character alike. */
  balance: v.number(),
  /** 0 to 1: how much of the target goes to all classes alike (Szegedy et al. 2016, arXiv 1512.00567). */
  labelSmoothing: v.number(),
  /** Decay, a step, of the running average of the weights that is the model in the end; 0 takes the last weights. */
  averaging: v.number(),
  /** Ends the training after so many epochs without a better validation accuracy, with the best one; 0 never does. */
  patience: v.number(),
});
/** How a network is trained, beside for how long and on what. */
export type Recipe = v.InferOutput<typeof recipeSchema>;

/** An architecture's recipe, where the user does not say otherwise. */
export function recipeFor(architecture: Architecture, asked: Partial<Recipe> = {}): Recipe {
  const chosen = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const recipe: Recipe = { ...DEFAULTS[architecture], ...chosen };
  // Adam's steps do not depend on the gradients' size; those of SGD do.
  if (recipe.optimizer === 'sgd' && asked.learningRate === undefined) recipe.learningRate = 0.05;
  return recipe;
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

/** The engine's optimiser for a recipe. */
export function optimizerOf({ optimizer, weightDecay }: Recipe): OptimizerSpec {
  return optimizer === 'adam' ? { ...ADAM, weightDecay } : { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay };
}

/**
 * The learning rate of a step (from 1). `one-cycle` (Smith & Topin 2018, arXiv 1708.07120) rises for the first 15 % of
 * the steps from a tenth of `peak` and falls along a cosine to nearly nothing.
 */
export function learningRateAt(schedule: Recipe['schedule'], peak: number, step: number, steps: number): number {
  if (schedule === 'constant') return peak;
  const rise = 0.15 * steps;
  if (step <= rise) return peak * (0.1 + 0.9 * (step / rise));
  const fall = Math.min(1, (step - rise) / (steps - rise));
  return peak * (0.001 + 0.999 * 0.5 * (1 + Math.cos(Math.PI * fall)));
}
