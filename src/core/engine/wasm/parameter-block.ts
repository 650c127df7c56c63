/**
 * Weights that the optimizer updates together, contiguous in memory: a kernel and its bias, or gamma and beta. State
 * (moments or velocity) and gradients have the same layout.
 */
export interface ParameterBlock {
  readonly weights: number;
  readonly state: number;
  readonly state2: number;
  /** Number of values, with padding. */
  readonly count: number;
  /** How many of the values, counted from the first, are subject to weight decay. */
  readonly decaying: number;
}
