import type { ErrorEvent } from '../../app/events.ts';
import type { Style } from './style.ts';

/** How an event looks to people; all parts are optional. */
export interface Shown {
  /** What was asked for: goes to stdout. */
  result?: string;
  /** What stays to be read: goes to stderr as a line of its own. */
  log?: string;
  /** What is going on right now: replaced by the next one. */
  status?: string;
}

/**
 * Where a command's events go; chosen once, at the start. Commands say how an event looks to people and do not know
 * whether any are watching.
 */
export interface Output {
  /** For results; colors and width of stdout. */
  readonly style: Style;
  /** The command can ask the person at the terminal. */
  readonly interactive: boolean;
  /** Reports an event: with `--json` as it is, for people as `describe` has it. */
  event<E extends { event: string }>(event: E, describe: (event: E) => Shown | undefined): void;
  /** What goes on beside what was asked for: for people only. */
  aside(shown: Shown): void;
  /** A line for people on stderr; `--quiet` drops it. */
  note(text: string): void;
  /** Something is not as asked for, but work goes on. */
  warn(text: string): void;
  /** Only with `--verbose`. */
  detail(text: string): void;
  error(event: ErrorEvent): void;
  /** Takes a status that is still on the terminal away. */
  close(): void;
}

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  color: boolean;
}
