/** Title and rule above the body, rule and key hints below. */
const FRAME_ROWS = 4;

/** The size of a screen's body in cells, without the frame and a margin of one column on either side. */
export function bodySize({ columns, rows }: { columns: number; rows: number }): { width: number; height: number } {
  return { width: columns - 2, height: rows - FRAME_ROWS };
}
