import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';

/** An emulated terminal's screen, and a way to wait for it to change. For tests in this process and on a pseudo-terminal. */
export class Screen {
  readonly terminal: xterm.Terminal;
  readonly #changes = new EventEmitter();
  #complete = true;
  /** Everything written so far, for tests of escape sequences. */
  raw = '';

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.#changes.setMaxListeners(0);
  }

  write(data: string, done?: () => void): void {
    this.raw += data;
    // A frame may arrive in pieces. Before its end (synchronized output, DEC mode 2026), the screen is a mix of two.
    const complete = this.raw.lastIndexOf('\u001B[?2026h') <= this.raw.lastIndexOf('\u001B[?2026l');
    this.terminal.write(data, () => {
      this.#complete = complete;
      this.#changes.emit('change');
      done?.();
    });
  }

  /** Rechecks pending conditions after an event that writes nothing, such as the end of the process. */
  changed(): void {
    this.#changes.emit('change');
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  /** The visible lines, without trailing spaces. */
  lines(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
  }

  text(): string {
    return this.lines().join('\n');
  }

  get onAlternateScreen(): boolean {
    return this.terminal.buffer.active.type === 'alternate';
  }

  /** Resolves as soon as the condition holds. It is checked after each complete frame, never on a timer. */
  async waitFor(condition: () => boolean, what: string, milliseconds = 20_000): Promise<void> {
    if (this.#complete && condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      if (this.#complete && condition()) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`timed out waiting for ${what}; the screen:\n${this.text()}`)),
      milliseconds,
    );
    this.#changes.on('change', check);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#changes.off('change', check);
    }
  }

  /** Returns the text that matched: when the caller goes on, the screen may already show what was sent next. */
  async waitForText(pattern: RegExp, milliseconds?: number): Promise<string> {
    let text = '';
    const matches = () => {
      text = this.text();
      return pattern.test(text);
    };
    await this.waitFor(matches, String(pattern), milliseconds);
    return text;
  }
}
