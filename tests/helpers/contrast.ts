/** The colors of a terminal, and how legible text in them is. */

export type Rgb = readonly [red: number, green: number, blue: number];

export const BLACK: Rgb = [0, 0, 0];
export const WHITE: Rgb = [255, 255, 255];

/** The contrast that WCAG 2.2 asks for (1.4.3). */
export const LEGIBLE = 4.5;

/** xterm's default palette. */
const PALETTE: readonly Rgb[] = [
  ...([BLACK, [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205]] as const),
  ...([
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
  ] as const),
  ...([[255, 0, 255], [0, 255, 255], WHITE] as const),
];

/** A color of the 256-color palette. */
export function paletteColor(index: number): Rgb {
  if (index < 16) return PALETTE[index]!;
  if (index >= 232) return Array(3).fill(8 + (index - 232) * 10) as unknown as Rgb;
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

/** The contrast ratio of WCAG 2.2. */
export function contrast(a: Rgb, b: Rgb): number {
  const [darker, lighter] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
