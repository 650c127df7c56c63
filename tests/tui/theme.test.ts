import { describe, expect, test } from 'vitest';
import { detectBackground, detectTheme } from '../../src/tui/theme/detect-theme.ts';
import { type Background, createTheme, type Style } from '../../src/tui/theme/theme.ts';
import { BLACK, contrast, LEGIBLE, paletteColor, type Rgb, WHITE } from '../helpers/contrast.ts';

const ESC = '\u001B';

test.each<[string, NodeJS.ProcessEnv]>([
  ['unknown', {}],
  ['dark', { COLORFGBG: '15;0' }],
  ['dark', { COLORFGBG: '12;8' }],
  ['light', { COLORFGBG: '0;15' }],
  ['light', { COLORFGBG: '0;default;7' }],
  ['unknown', { COLORFGBG: '0;default' }],
  ['light', { COLORFGBG: '15;0', EMNIST_TUI_THEME: 'light' }],
  ['dark', { COLORFGBG: '0;15', EMNIST_TUI_THEME: 'dark' }],
  ['unknown', { EMNIST_TUI_THEME: 'purple' }],
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

/** What may be behind the text. */
const BEHIND = { dark: [BLACK], light: [WHITE], unknown: [BLACK, WHITE] } as const;
const STYLES: readonly Style[] = [
  ...(['title', 'accent', 'strong', 'dim', 'good', 'bad', 'warning', 'key', 'selected'] as const),
  ...(['textCursor', 'training', 'validation', 'run1', 'run2', 'run3', 'run4'] as const),
];

describe.each(Object.entries(BEHIND))('on a %s background', (background, behind) => {
  describe.each(['16', '256'] as const)('with %s colors', (colors) => {
    test.each(STYLES)('%s is legible (WCAG 2.2 asks for 4.5:1)', (style) => {
      const theme = createTheme({ colors, background: background as Background, unicode: true });
      const [, color] = new RegExp(`${ESC}\\[(3\\d(?:;5;\\d+)?|9\\d)m`).exec(theme.paint(style, 'x')) ?? [];
      // Some terminals make it fainter than that.
      expect(theme.paint(style, 'x')).not.toContain(`${ESC}[2m`);
      if (color === undefined) return;
      for (const paper of behind) expect(contrast(foreground(color), paper)).toBeGreaterThanOrEqual(LEGIBLE);
    });
  });
});

/** The color of a foreground's SGR parameters: `31`, `91`, `38;5;25`. */
function foreground(parameters: string): Rgb {
  const [code, , index] = parameters.split(';').map(Number) as [number, number?, number?];
  return paletteColor(index ?? (code >= 90 ? code - 82 : code - 30));
}

test.each([
  ['256', 'unknown', '\u001B[38;5;231m\u001B[48;5;16m▀\u001B[49m\u001B[39m'],
  ['16', 'light', '\u001B[97m\u001B[40m▀\u001B[49m\u001B[39m'],
  ['attributes', 'dark', '▀'],
  ['attributes', 'light', '\u001B[7m▀\u001B[27m'],
  ['attributes', 'unknown', null],
  ['none', 'dark', null],
] as const)('what must be light on dark is so with %s on a background that is %s', (colors, background, text) => {
  expect(createTheme({ colors, background, unicode: true }).lightOnDark('▀')).toBe(text);
});
