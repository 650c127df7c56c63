import { Chalk, type ChalkInstance } from 'chalk';
import { ASCII_GLYPHS, type Glyphs, UNICODE_GLYPHS } from './glyphs.ts';

/** The role of a piece of text. Its look is decided here. */
export type Style =
  | 'title'
  | 'accent'
  | 'strong'
  | 'dim'
  | 'good'
  | 'bad'
  | 'warning'
  | 'key'
  | 'selected'
  | 'textCursor'
  | 'training'
  | 'validation';

/** `none`: no escape sequences at all; `attributes`: bold, dim and inverse, but no color. */
export type ColorLevel = 'none' | 'attributes' | '16' | '256';

export type Background = 'dark' | 'light';

export interface ThemeOptions {
  readonly colors: ColorLevel;
  readonly background: Background;
  /** Whether the terminal can show more than ASCII. */
  readonly unicode: boolean;
}

/** How the app looks on one terminal. */
export interface Theme extends ThemeOptions {
  readonly glyphs: Glyphs;
  /** Wraps text in the escape sequences of a style. */
  paint(style: Style, text: string): string;
  /** Paints a cell with gray levels from 0 (black) to 255 (white). Only for 256 colors. */
  gray(text: string, foreground: number, background: number): string;
}

/** A color of the dark theme, of the light theme with 16 colors, and of the light theme with 256. */
type Tint = readonly [dark: Color, light: Color | undefined, light256: number];
type Color = 'cyan' | 'green' | 'yellow' | 'redBright' | 'red' | 'blue' | 'magenta';

/**
 * The light theme's 256-color tints have a contrast of at least 4.5:1 on white (WCAG 2.2, 1.4.3). Its 16 colors leave out
 * cyan, green and yellow, which most palettes make too bright for white.
 */
export const TINTS = {
  accent: ['cyan', 'blue', 25],
  good: ['green', undefined, 28],
  bad: ['redBright', 'red', 124],
  warning: ['yellow', 'magenta', 130],
  training: ['cyan', 'blue', 25],
  validation: ['yellow', 'magenta', 130],
} as const satisfies Record<string, Tint>;
/** Plain dim text is half transparent in most terminals: 4:1 on white. */
export const LIGHT_DIM = 241;

const LOOKS: Record<Style, { bold?: true; dim?: true; inverse?: true; tint?: keyof typeof TINTS }> = {
  title: { bold: true, tint: 'accent' },
  accent: { tint: 'accent' },
  strong: { bold: true },
  dim: { dim: true },
  good: { tint: 'good' },
  bad: { bold: true, tint: 'bad' },
  warning: { tint: 'warning' },
  key: { bold: true },
  selected: { bold: true, tint: 'accent' },
  textCursor: { inverse: true },
  training: { tint: 'training' },
  validation: { tint: 'validation' },
};

export function createTheme(options: ThemeOptions): Theme {
  // Not Chalk's own detection: it looks at the process' stdout, not at the app's terminal.
  const chalk = new Chalk({ level: options.colors === 'none' ? 0 : options.colors === '256' ? 2 : 1 });
  const painters = Object.fromEntries(
    Object.keys(LOOKS).map((style) => [style, painterOf(style as Style, chalk, options)]),
  ) as Record<Style, ChalkInstance>;
  return {
    ...options,
    glyphs: options.unicode ? UNICODE_GLYPHS : ASCII_GLYPHS,
    paint: (style, text) => painters[style](text),
    gray: (text, foreground, background) => chalk.ansi256(grayIndex(foreground)).bgAnsi256(grayIndex(background))(text),
  };
}

function painterOf(style: Style, chalk: ChalkInstance, { colors, background }: ThemeOptions): ChalkInstance {
  const { bold, dim, inverse, tint } = LOOKS[style];
  const isLight = background === 'light';
  let painter = chalk;
  if (bold) painter = painter.bold;
  if (inverse) painter = painter.inverse;
  if (dim) painter = isLight && colors === '256' ? painter.ansi256(LIGHT_DIM) : painter.dim;
  if (tint && (colors === '16' || colors === '256')) {
    const [dark, light, light256] = TINTS[tint];
    if (!isLight) painter = painter[dark];
    else if (colors === '256') painter = painter.ansi256(light256);
    else if (light) painter = painter[light];
  }
  return painter;
}

/** The index of a gray in the 256-color palette: black, 24 steps, white. */
function grayIndex(level: number): number {
  const step = Math.round((Math.min(255, Math.max(0, level)) / 255) * 25);
  return step === 0 ? 16 : step === 25 ? 231 : 231 + step;
}
