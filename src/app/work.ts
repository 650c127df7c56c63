import type { Paths } from '../core/paths.ts';

/** What a command's function needs besides its options. */
export interface WorkContext {
  readonly paths: Paths;
  /** Stops the work, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}
