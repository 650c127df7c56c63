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
  | 'validation'
  /** Speaks for a class, or against it. */
  | 'inFavor'
  | 'against'
  /** Up to four runs in one chart. */
  | 'run1'
  | 'run2'
  | 'run3'
  | 'run4';

/** `none`: no escape sequences at all; `attributes`: bold, dim and inverse, but no color. */
export type ColorLevel = 'none' | 'attributes' | '16' | '256';

/** `unknown`: the terminal does not say. Only colors that are legible on black and on white are used then. */
export type Background = 'dark' | 'light' | 'unknown';

export interface ThemeOptions {
  readonly colors: ColorLevel;
  readonly background: Background;
  /** Whether the terminal can show more than ASCII. */
  readonly unicode: boolean;
}

/** How the app looks on one terminal. */
export interface Theme extends ThemeOptions {
  readonly glyphs: Glyphs;
  /** Text that is light on dark whatever the background; null if that cannot be had. For a picture of block elements. */
  lightOnDark(text: string): string | null;
  /** Wraps text in the escape sequences of a style. */
  paint(style: Style, text: string): string;
  /** Paints a cell with gray levels from 0 (black) to 255 (white). Only for 256 colors. */
  gray(text: string, foreground: number, background: number): string;
}

/** The color of a role: by name on a terminal with 16 colors, else by index in the 256-color palette. */
interface Tint {
  /** By name even with 256 colors: people choose palettes whose named colors suit their dark background. */
  readonly dark: Color;
  /** Absent if no named color is dark enough. */
  readonly light?: Color;
  readonly light256: number;
  /** For an unknown background. None of the 16 named colors suits both. */
  readonly either256: number;
}
type Color = 'cyan' | 'green' | 'yellow' | 'redBright' | 'red' | 'blue' | 'magenta';

/**
 * The colors have a contrast of at least 4.5:1 (WCAG 2.2, 1.4.3) on black or white, those for an unknown background on both.
 * The light theme's 16 colors leave out cyan, green and yellow, which most palettes make too bright for white.
 */
const TINTS = {
  accent: { dark: 'cyan', light: 'blue', light256: 25, either256: 63 },
  good: { dark: 'green', light256: 28, either256: 29 },
  bad: { dark: 'redBright', light: 'red', light256: 124, either256: 163 },
  warning: { dark: 'yellow', light: 'magenta', light256: 130, either256: 131 },
  training: { dark: 'cyan', light: 'blue', light256: 25, either256: 63 },
  validation: { dark: 'yellow', light: 'magenta', light256: 130, either256: 131 },
} as const satisfies Record<string, Tint>;
/** Plain dim text is half transparent in most terminals, or even fainter: at most 4:1. */
export const DIM256 = { dark: 246, light: 241, unknown: 243 } as const satisfies Record<Background, number>;

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
  inFavor: { tint: 'accent' },
  against: { tint: 'warning' },
  run1: { tint: 'training' },
  run2: { tint: 'validation' },
  run3: { tint: 'good' },
  run4: { tint: 'bad' },
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
    lightOnDark(text) {
      if (options.colors === '256') return this.gray(text, 255, 0);
      if (options.colors === '16') return chalk.whiteBright.bgBlack(text);
      if (options.colors === 'none' || options.background === 'unknown') return null;
      return options.background === 'dark' ? text : chalk.inverse(text);
    },
    gray: (text, foreground, background) => chalk.ansi256(grayIndex(foreground)).bgAnsi256(grayIndex(background))(text),
  };
}

/** The background to switch to: the light one, unless that is the present one. */
export function otherBackground({ background }: ThemeOptions): Background {
  return background === 'light' ? 'dark' : 'light';
}

/** Whether the look depends on the background at all. */
export function hasBackgrounds({ colors }: ThemeOptions): boolean {
  return colors === '16' || colors === '256';
}

function painterOf(style: Style, chalk: ChalkInstance, { colors, background }: ThemeOptions): ChalkInstance {
  const { bold, dim, inverse, tint } = LOOKS[style];
  let painter = chalk;
  if (bold) painter = painter.bold;
  if (inverse) painter = painter.inverse;
  if (dim && colors === '256') painter = painter.ansi256(DIM256[background]);
  // With 16 colors there is no legible gray.
  else if (dim && colors === 'attributes') painter = painter.dim;
  return tint ? tinted(painter, TINTS[tint], colors, background) : painter;
}

function tinted(painter: ChalkInstance, tint: Tint, colors: ColorLevel, background: Background): ChalkInstance {
  if (colors !== '16' && colors !== '256') return painter;
  if (background === 'dark') return painter[tint.dark];
  if (colors === '256') return painter.ansi256(background === 'light' ? tint.light256 : tint.either256);
  return background === 'light' && tint.light ? painter[tint.light] : painter;
}

/** The index of a gray in the 256-color palette: black, 24 steps, white. */
function grayIndex(level: number): number {
  const step = Math.round((Math.min(255, Math.max(0, level)) / 255) * 25);
  return step === 0 ? 16 : step === 25 ? 231 : 231 + step;
}
