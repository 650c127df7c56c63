import type { ErrorEvent } from '../../app/events.ts';
import type { Style } from './style.ts';

/** How an event is shown to people. */
export interface Shown {
  /** What the command was run for: goes to stdout. */
  result?: string;
  /** A line for stderr. */
  log?: string;
  /** The current progress: replaced by the next one. */
  status?: string;
  /** Lines that the next ones replace; empty for none. Shown only where they can be replaced, since they are not final. */
  live?: string;
}

/**
 * Where a command's events go, chosen once at the start. Commands describe how an event is shown to people, without knowing
 * whether it will be.
 */
export interface Output {
  /** For results; colors and width of stdout. */
  readonly style: Style;
  /** For everything else; colors and width of stderr. */
  readonly logStyle: Style;
  /** Whether the command can ask the user. */
  readonly interactive: boolean;
  /** Reports an event: unchanged with `--json`, else as described. */
  event<E extends { event: string }>(event: E, describe: (event: E) => Shown | undefined): void;
  /** Reports side work, such as a fetch before an evaluation: to people only. */
  aside(shown: Shown): void;
  /** A line for people on stderr, dropped with `--quiet`. */
  note(text: string): void;
  /** Something is wrong, but the command continues. */
  warn(text: string): void;
  /** Only with `--verbose`. */
  detail(text: string): void;
  error(event: ErrorEvent): void;
  /** Clears the status from the terminal. */
  close(): void;
}

export interface OutputOptions {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  color: boolean;
}
