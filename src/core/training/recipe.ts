import { ADAM, type OptimizerSpec } from '../engine/engine.ts';
import type { Architecture } from '../events.ts';

/** How an architecture is trained where the user does not say otherwise. */
export interface Recipe {
  optimizer: OptimizerSpec;
  /** The highest rate of the schedule. */
  learningRate: number;
  schedule: 'constant' | 'one-cycle';
  augment: boolean;
}

export function recipeFor(architecture: Architecture): Recipe {
  switch (architecture) {
    case 'cnn':
      // The notebook's: Keras' Adam, no augmentation.
      return { optimizer: ADAM, learningRate: 0.001, schedule: 'constant', augment: false };
    case 'vgg':
      return {
        optimizer: { ...ADAM, weightDecay: 0.01 },
        learningRate: 0.003,
        schedule: 'one-cycle',
        augment: true,
      };
  }
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
