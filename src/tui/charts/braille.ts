/** Dots of a cell. */
export const BRAILLE = { columns: 2, rows: 4 } as const;

/** The bits of the dots from the left, in rows from the top (Unicode, Braille Patterns, U+2800). */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** The bit of a dot in its cell; `x` and `y` count from the top left of all cells. */
export function brailleBit(x: number, y: number): number {
  return BITS[y & 3]![x & 1]!;
}

/** The character of a cell with these dots. */
export function brailleCharacter(bits: number): string {
  return bits === 0 ? ' ' : String.fromCharCode(0x2800 + bits);
}
