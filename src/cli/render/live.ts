import { clearLine, cursorTo } from 'node:readline';
import { clip } from '../../app/text-layout.ts';
import { TextOutput } from './text.ts';

/** For terminals: the status is a line at the bottom that is replaced in place. */
export class LiveOutput extends TextOutput {
  #shown = '';

  protected override status(text: string): void {
    // A line that wraps could not be cleared.
    const line = clip(text, (process.stderr.columns || 80) - 1, '');
    if (line === this.#shown) return;
    this.close();
    process.stderr.write(line);
    this.#shown = line;
  }

  // Other lines replace the status; the next status is below them.
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
