import type { CommandName, CommandOptions } from '../app/options/commands.ts';
import type { Paths } from '../core/paths.ts';
import type { Output } from './render/output.ts';

/** What a command needs besides its options. */
export interface Context {
  readonly paths: Paths;
  readonly output: Output;
  /** Aborts with an `Interruption` when the command is to stop. */
  readonly signal: AbortSignal;
}

/** Runs a command. Its options have not been validated; the application does that. */
export type Handler<Name extends CommandName> = (options: CommandOptions<Name>, context: Context) => Promise<void>;
