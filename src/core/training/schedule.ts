import { ADAM, type OptimizerSpec } from '../engine/engine.ts';
import type { Recipe } from '../model/recipe.ts';

/** The optimizer of a recipe. */
export function optimizerOf({ optimizer, weightDecay }: Recipe): OptimizerSpec {
  return optimizer === 'adam' ? { ...ADAM, weightDecay } : { type: 'sgd', momentum: 0.9, nesterov: true, weightDecay };
}

/**
 * The learning rate of a step; steps count from 1. `one-cycle` (Smith & Topin 2018, arXiv 1708.07120) warms up from a tenth
 * of `peak` over the first 15% of the steps, then decays along a cosine to 0.1% of it.
 */
export function learningRateAt(schedule: Recipe['schedule'], peak: number, step: number, steps: number): number {
  if (schedule === 'constant') return peak;
  const warmUp = 0.15 * steps;
  if (step <= warmUp) return peak * (0.1 + 0.9 * (step / warmUp));
  const decay = Math.min(1, (step - warmUp) / (steps - warmUp));
  return peak * (0.001 + 0.999 * 0.5 * (1 + Math.cos(Math.PI * decay)));
}
