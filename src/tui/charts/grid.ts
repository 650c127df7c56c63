import type { Style } from '../theme/theme.ts';
import type { StyledLine } from './styled-line.ts';

/** The cells of a plot, each with a character of one column and its style. All are blank at first. */
export class Grid {
  readonly rows: number;
  readonly columns: number;
  readonly #characters: string[];
  readonly #styles: (Style | undefined)[];

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.#characters = new Array(rows * columns).fill(' ');
    this.#styles = new Array(rows * columns);
  }

  /** Rows count from the top. */
  set(row: number, column: number, character: string, style?: Style): void {
    const index = row * this.columns + column;
    this.#characters[index] = character;
    this.#styles[index] = style;
  }

  /** Whether `length` cells from `column` on are inside and blank. */
  isBlank(row: number, column: number, length: number): boolean {
    if (column < 0 || column + length > this.columns) return false;
    const start = row * this.columns + column;
    for (let index = start; index < start + length; index++) if (this.#characters[index] !== ' ') return false;
    return true;
  }

  /** A row, with adjacent cells of the same style merged. Blank cells take the style of what is before them. */
  line(row: number): StyledLine {
    const segments: { text: string; style?: Style }[] = [];
    const end = (row + 1) * this.columns;
    for (let index = row * this.columns; index < end; index++) {
      const character = this.#characters[index]!;
      const style = this.#styles[index];
      const last = segments.at(-1);
      if (last && (last.style === style || character === ' ')) last.text += character;
      else segments.push({ text: character, style });
    }
    return segments;
  }
}
