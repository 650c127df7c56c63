/** The size of a terminal's cell in pixels. Whole numbers, so that the shapes of neighboring cells join without a seam. */
export const CELL = { width: 8, height: 16 } as const;

/** How shapes are painted: blocks and dots are filled, shades lightly, and lines have a width of a pixel. */
export type ShapeKind = 'block' | 'shade' | 'dot' | 'line';

export interface CellShape {
  readonly kind: ShapeKind;
  /** For the `d` of an SVG path, in pixels. */
  readonly path: string;
}

const { width: W, height: H } = CELL;
const DOT_RADIUS = 1.3;
/** In the order of the bits from U+2800 on: column and row. */
const BRAILLE_DOTS = [
  ...[[0, 0] as const, [0, 1] as const, [0, 2] as const, [1, 0] as const],
  ...[[1, 1] as const, [1, 2] as const, [0, 3] as const, [1, 3] as const],
];
/** Where the lines of a character lead from its center: left, right, up, or down. */
const ARMS: Record<string, string> = {
  ...{ '─': 'lr', '│': 'ud', '┌': 'rd', '┐': 'ld', '└': 'ru', '┘': 'lu', '├': 'rud', '┤': 'lud' },
  ...{ '┬': 'lrd', '┴': 'lru', '┼': 'lrud', '╴': 'l', '╶': 'r', '╵': 'u', '╷': 'd' },
};
const CURVES: Record<string, string> = { '╭': 'rd', '╮': 'ld', '╰': 'ru', '╯': 'lu' };

/**
 * The shape of a block, a Braille pattern, or a box character whose cell begins at `x`; undefined for other characters.
 * Terminals draw these themselves as well, since those of fonts leave gaps between the cells.
 */
export function cellShape(character: string, x: number): CellShape | undefined {
  const code = character.codePointAt(0)!;
  if (code > 0x2800 && code <= 0x28ff) return { kind: 'dot', path: braille(code - 0x2800, x) };
  if (code >= 0x2591 && code <= 0x2593) return { kind: 'shade', path: box(x, 0, W, H) };
  const block = blockBox(code);
  if (block) return { kind: 'block', path: box(x + block[0], block[1], block[2], block[3]) };
  const line = linePath(character, x);
  return line === undefined ? undefined : { kind: 'line', path: line };
}

function braille(bits: number, x: number): string {
  const r = DOT_RADIUS;
  return BRAILLE_DOTS.filter((_, bit) => bits & (1 << bit))
    .map(([column, row]) => {
      const [left, y] = [x + W / 4 + (column * W) / 2 - r, H / 8 + (row * H) / 4];
      return `M${left} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    })
    .join('');
}

/** Left, top, width, and height of the halves and eighths. */
function blockBox(code: number): [number, number, number, number] | undefined {
  if (code === 0x2580) return [0, 0, W, H / 2];
  if (code === 0x2590) return [W / 2, 0, W / 2, H];
  if (code >= 0x2581 && code <= 0x2588) {
    const height = ((code - 0x2580) * H) / 8;
    return [0, H - height, W, height];
  }
  if (code >= 0x2589 && code <= 0x258f) return [0, 0, ((0x2590 - code) * W) / 8, H];
  return undefined;
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}

function linePath(character: string, x: number): string | undefined {
  // On the middle of a pixel, for sharp lines.
  const [middle, center] = [x + W / 2 + 0.5, H / 2 + 0.5];
  const ends: Record<string, string> = {
    ...{ l: `${x} ${center}`, r: `${x + W} ${center}`, u: `${middle} 0`, d: `${middle} ${H}` },
  };
  if (character === '╲') return `M${x} 0L${x + W} ${H}`;
  const curve = CURVES[character];
  if (curve) return `M${ends[curve[0]!]}Q${middle} ${center} ${ends[curve[1]!]}`;
  const arms = ARMS[character];
  return arms && [...arms].map((arm) => `M${middle} ${center}L${ends[arm]}`).join('');
}
