import type { CommandName, CommandOptions } from '../app/options/commands.ts';
import type { Paths } from '../core/paths.ts';
import type { Output } from './render/output.ts';

/** What a command works with. */
export interface Context {
  readonly paths: Paths;
  readonly output: Output;
  /** Aborts with an `Interruption` when the command is to stop. */
  readonly signal: AbortSignal;
}

/** Does the work of a command. Its options are as they were given; the application validates them. */
export type Handler<Name extends CommandName> = (options: CommandOptions<Name>, context: Context) => Promise<void>;
