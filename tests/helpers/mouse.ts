/** What a terminal sends for the mouse (SGR, DEC mode 1006); columns and rows from 0. */

export function mousePress(column: number, row: number, button: 'left' | 'right' = 'left'): string {
  return `\u001B[<${button === 'left' ? 0 : 2};${column + 1};${row + 1}M`;
}

export function mouseDrag(column: number, row: number): string {
  return `\u001B[<32;${column + 1};${row + 1}M`;
}

export function mouseRelease(column: number, row: number): string {
  return `\u001B[<0;${column + 1};${row + 1}m`;
}

export function click(column: number, row: number): string {
  return mousePress(column, row) + mouseRelease(column, row);
}

export function wheel(by: 1 | -1, column = 10, row = 10): string {
  return `\u001B[<${by === 1 ? 65 : 64};${column + 1};${row + 1}M`;
}
