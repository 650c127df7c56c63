import type { Paths } from '../core/paths.ts';
import type { Output } from './render/output.ts';

/** What a command gets to work with. */
export interface Context {
  readonly paths: Paths;
  readonly output: Output;
  /** Aborts with an `Interruption` when the command is to stop. */
  readonly signal: AbortSignal;
}

/** How a command hands its work over once the command line is known to be right. */
export type Run = (work: (context: Context) => Promise<void>) => Promise<void>;
