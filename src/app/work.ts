import type { Paths } from '../core/paths.ts';

/** What every piece of work needs besides its options. */
export interface WorkContext {
  readonly paths: Paths;
  /** Stops the work, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}
