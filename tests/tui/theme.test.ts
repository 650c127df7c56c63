import { describe, expect, test } from 'vitest';
import { detectBackground, detectTheme } from '../../src/tui/theme/detect-theme.ts';
import { createTheme, LIGHT_DIM, type Style, TINTS } from '../../src/tui/theme/theme.ts';

const ESC = '\u001B';

test.each<[string, NodeJS.ProcessEnv]>([
  ['dark', {}],
  ['dark', { COLORFGBG: '15;0' }],
  ['dark', { COLORFGBG: '12;8' }],
  ['light', { COLORFGBG: '0;15' }],
  ['light', { COLORFGBG: '0;default;7' }],
  ['dark', { COLORFGBG: '0;default' }],
  ['light', { COLORFGBG: '15;0', EMNIST_TUI_THEME: 'light' }],
  ['dark', { COLORFGBG: '0;15', EMNIST_TUI_THEME: 'dark' }],
  ['dark', { EMNIST_TUI_THEME: 'purple' }],
])('the background is %s with %j', (background, env) => {
  expect(detectBackground(env)).toBe(background);
});

test.each<[string, number, NodeJS.ProcessEnv, boolean | undefined]>([
  ['256', 8, {}, undefined],
  ['16', 4, {}, undefined],
  ['attributes', 1, {}, undefined],
  ['16', 1, {}, true],
  ['attributes', 8, {}, false],
  ['attributes', 8, { NO_COLOR: '1' }, undefined],
  ['none', 8, { TERM: 'dumb' }, true],
])('colors: %s at a depth of %d with %j, color: %s', (colors, depth, env, color) => {
  expect(detectTheme({ isTTY: true, getColorDepth: () => depth }, env, color).colors).toBe(colors);
});

test('styles use bold, dim and inverse, and colors only where supported', () => {
  const paint = (colors: 'none' | 'attributes' | '16', style: Style) =>
    createTheme({ colors, background: 'dark', unicode: true }).paint(style, 'x');
  expect(paint('none', 'bad')).toBe('x');
  expect(paint('attributes', 'bad')).toBe(`${ESC}[1mx${ESC}[22m`);
  expect(paint('attributes', 'textCursor')).toBe(`${ESC}[7mx${ESC}[27m`);
  expect(paint('16', 'bad')).toBe(`${ESC}[1m${ESC}[91mx${ESC}[39m${ESC}[22m`);
});

describe('text is legible (WCAG 2.2 asks for 4.5:1)', () => {
  test.each(Object.entries(TINTS))('%s', (_, [dark, light, light256]) => {
    expect(contrast(rgb16(dark), [0, 0, 0])).toBeGreaterThanOrEqual(4.5);
    // Of the 16 colors, only red and blue have more than magenta's 4.37:1.
    if (light) expect(contrast(rgb16(light), [255, 255, 255])).toBeGreaterThanOrEqual(4.3);
    expect(contrast(rgb256(light256), [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
  });

  test('dim on white', () => {
    expect(contrast(rgb256(LIGHT_DIM), [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
  });
});

type Rgb = readonly [number, number, number];

/** xterm's default palette. */
function rgb16(name: 'cyan' | 'green' | 'yellow' | 'redBright' | 'red' | 'blue' | 'magenta'): Rgb {
  const palette = {
    red: [205, 0, 0],
    green: [0, 205, 0],
    yellow: [205, 205, 0],
    blue: [0, 0, 238],
    magenta: [205, 0, 205],
    cyan: [0, 205, 205],
    redBright: [255, 0, 0],
  } as const;
  return palette[name];
}

function rgb256(index: number): Rgb {
  if (index >= 232) return Array(3).fill(8 + (index - 232) * 10) as unknown as Rgb;
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}

/** The contrast ratio of WCAG 2.2. */
function contrast(a: Rgb, b: Rgb): number {
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
