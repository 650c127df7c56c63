/** The columns and lines of a part of the screen. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Title and rule above the body, rule and key hints below. */
const FRAME_ROWS = 4;

/** Where the body begins on the terminal, from 0. */
export const BODY_ORIGIN = { row: 2, column: 1 } as const;

/** The size of a screen's body in cells, without the frame and a margin of one column on either side. */
export function bodySize({ columns, rows }: { columns: number; rows: number }): Size {
  return { width: columns - 2, height: rows - FRAME_ROWS };
}

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 20;

/** Whether a terminal is too small for the screens. */
export function isTooSmall({ columns, rows }: { columns: number; rows: number }): boolean {
  return columns < MIN_COLUMNS || rows < MIN_ROWS;
}
