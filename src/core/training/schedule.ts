import { ADAM, type OptimizerSpec } from '../engine/engine.ts';
import type { Recipe } from '../model/recipe.ts';

/** The engine's optimizer for a recipe. */
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
