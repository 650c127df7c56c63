import type { ErrorEvent } from '../../app/events.ts';
import { printable } from '../../app/text-layout.ts';
import type { Output, OutputOptions, Shown } from './output.ts';
import { type Style, styleOf } from './style.ts';

/** How often to print the status where it cannot be replaced in place. */
const LINE_INTERVAL_MS = 5000;

/** Plain lines, for pipes, files and dumb terminals. The status is printed every few seconds. */
export class TextOutput implements Output {
  readonly style: Style;
  readonly interactive: boolean = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  readonly logStyle: Style;
  readonly #options: OutputOptions;
  #lastStatus = Number.NEGATIVE_INFINITY;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.style = styleOf(process.stdout, options.color);
    this.logStyle = styleOf(process.stderr, options.color);
  }

  event<E extends { event: string }>(event: E, describe: (event: E) => Shown | undefined): void {
    const shown = describe(event);
    if (shown === undefined) return;
    const { result, ...others } = shown;
    this.aside(others);
    if (result !== undefined) this.writeResult(`${result}\n`);
  }

  aside({ log, result, status, live }: Shown): void {
    for (const line of [log, result]) if (line !== undefined) this.note(line);
    if (this.#options.quiet) return;
    if (status !== undefined) this.status(status);
    if (live !== undefined) this.live(live);
  }

  note(text: string): void {
    if (!this.#options.quiet) this.writeLog(`${text}\n`);
  }

  warn(text: string): void {
    this.writeLog(`emnist-tui: ${this.logStyle.paint('yellow', 'warning')}: ${text}\n`);
  }

  detail(text: string): void {
    if (this.#options.verbose) this.writeLog(`${text}\n`);
  }

  error({ message, hint }: ErrorEvent): void {
    this.writeLog(`emnist-tui: ${this.logStyle.paint('red', printable(message))} — ${printable(hint)}\n`);
  }

  close(): void {}

  protected status(text: string): void {
    const now = performance.now();
    if (now - this.#lastStatus < LINE_INTERVAL_MS) return;
    this.#lastStatus = now;
    this.writeLog(`${text}\n`);
  }

  protected live(_lines: string): void {}

  protected writeResult(text: string): void {
    process.stdout.write(text);
  }

  protected writeLog(text: string): void {
    process.stderr.write(text);
  }
}
