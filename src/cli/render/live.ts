import { clearLine, cursorTo } from 'node:readline';
import { TextOutput } from './text.ts';

/** For a terminal: the status is one line, at the bottom, that is replaced in place. */
export class LiveOutput extends TextOutput {
  #shown = '';

  protected override status(text: string): void {
    // A line that wraps could not be taken away again.
    const line = text.slice(0, Math.max(1, (process.stderr.columns || 80) - 1));
    if (line === this.#shown) return;
    this.close();
    process.stderr.write(line);
    this.#shown = line;
  }

  // Other lines take the status away; the next one stands below them.
  protected override writeResult(text: string): void {
    if (process.stdout.isTTY) this.close();
    super.writeResult(text);
  }

  protected override writeLog(text: string): void {
    this.close();
    super.writeLog(text);
  }

  override close(): void {
    if (this.#shown === '') return;
    cursorTo(process.stderr, 0);
    clearLine(process.stderr, 0);
    this.#shown = '';
  }
}
