import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';

/** What stands on an emulated terminal, and waiting for it to change; shared by the tests in-process and those on a pty. */
export class Screen {
  readonly terminal: xterm.Terminal;
  readonly #changes = new EventEmitter();
  #whole = true;
  /** All that was written, for tests on escape sequences. */
  raw = '';

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.#changes.setMaxListeners(0);
  }

  write(data: string, done?: () => void): void {
    this.raw += data;
    // A frame comes in pieces; until its end (synchronized output, DEC mode 2026) the screen holds parts of two.
    const whole = this.raw.lastIndexOf('\u001B[?2026h') <= this.raw.lastIndexOf('\u001B[?2026l');
    this.terminal.write(data, () => {
      this.#whole = whole;
      this.#changes.emit('change');
      done?.();
    });
  }

  /** Tells those that wait of something that writes nothing, such as the end of the process. */
  changed(): void {
    this.#changes.emit('change');
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
  }

  /** The lines as they are seen, without spaces at their ends. */
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

  /** Resolves as soon as the condition holds; looked at after each whole frame, never by the clock. */
  async waitFor(condition: () => boolean, what: string, milliseconds = 20_000): Promise<void> {
    if (this.#whole && condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#whole && condition()) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`waited in vain for ${what}; on the screen:\n${this.text()}`)),
      milliseconds,
    );
    this.#changes.on('change', look);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#changes.off('change', look);
    }
  }

  async waitForText(pattern: RegExp, milliseconds?: number): Promise<string> {
    await this.waitFor(() => pattern.test(this.text()), String(pattern), milliseconds);
    return this.text();
  }
}
