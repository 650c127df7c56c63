import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { clip, columnsOf } from '../../app/text-layout.ts';
import { TextOutput } from './text.ts';

/** For terminals: the status is at the bottom, and is replaced in place. */
export class LiveOutput extends TextOutput {
  #shown = '';

  protected override status(text: string): void {
    // Lines that wrap or scroll away could not be cleared.
    const { columns, rows } = process.stderr;
    const lines = text.split('\n').slice(0, Math.max(1, (rows || 24) - 1));
    const shown = lines.map((line) => clip(line, (columns || 80) - 1, '')).join('\n');
    if (shown === this.#shown) return;
    this.close();
    process.stderr.write(shown);
    this.#shown = shown;
  }

  protected override live(lines: string): void {
    this.status(lines);
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
    moveCursor(process.stderr, 0, 1 - this.#rows());
    clearScreenDown(process.stderr);
    this.#shown = '';
  }

  /** How many rows it takes up: a terminal that has become narrower has wrapped it. */
  #rows(): number {
    const columns = process.stderr.columns || 80;
    const rows = this.#shown.split('\n').map((line) => Math.max(1, Math.ceil(columnsOf(line) / columns)));
    return rows.reduce((sum, count) => sum + count, 0);
  }
}
