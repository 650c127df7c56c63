import type { WriteStream } from 'node:tty';

/** What a piece of text is, not how it looks: the looks are decided here alone. */
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

export interface Glyphs {
  cursor: string;
  chosen: string;
  unchosen: string;
  checked: string;
  unchecked: string;
  present: string;
  absent: string;
  warning: string;
  rule: string;
  barFull: string;
  barEmpty: string;
  /** Eighths of a cell, from one to seven; empty where the terminal has no such glyphs. */
  barParts: readonly string[];
  arrow: string;
  separator: string;
  ellipsis: string;
  left: string;
  right: string;
  updown: string;
  leftright: string;
  axisVertical: string;
  axisTick: string;
  axisCorner: string;
  axisHorizontal: string;
  axisHorizontalTick: string;
  /** asciichart's ten symbols for the line of the training values. */
  trainingLine: readonly string[];
  /** The same for the validation values: another shape, so that no color is needed to tell them apart. */
  validationLine: readonly string[];
  /** Between the least and the most of a column's batches. */
  shade: string;
  trainingSample: string;
  validationSample: string;
  /** Halves of a cell for pictures; null where only ASCII can be relied on. */
  halfBlocks: { upper: string; lower: string; full: string } | null;
}

/** How the app looks on one terminal. */
export interface Theme {
  readonly colors: ColorLevel;
  readonly glyphs: Glyphs;
  /** Braille and block elements can be used. */
  readonly unicode: boolean;
  /** The text with the escape sequences of its style, reset at the end. */
  paint(style: Style, text: string): string;
  /** A cell painted with gray levels from 0 (black) to 255 (white); only with 256 colors. */
  gray(text: string, foreground: number, background: number): string;
}

/** `none`: no escape sequences in text at all; `attributes`: bold, dim and inverse, but no color. */
export type ColorLevel = 'none' | 'attributes' | '16' | '256';

const UNICODE: Glyphs = {
  cursor: '❯',
  chosen: '●',
  unchosen: '○',
  checked: '[x]',
  unchecked: '[ ]',
  present: '✓',
  absent: '·',
  warning: '!',
  rule: '─',
  barFull: '█',
  barEmpty: '░',
  barParts: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  arrow: '→',
  separator: '·',
  ellipsis: '…',
  left: '‹',
  right: '›',
  updown: '↑↓',
  leftright: '←→',
  axisVertical: '│',
  axisTick: '┤',
  axisCorner: '└',
  axisHorizontal: '─',
  axisHorizontalTick: '┴',
  trainingLine: ['┼', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'],
  validationLine: ['•', '•', '•', '•', '•', '•', '•', '•', '•', '•'],
  shade: '░',
  trainingSample: '──',
  validationSample: '••',
  halfBlocks: { upper: '▀', lower: '▄', full: '█' },
};

const ASCII: Glyphs = {
  cursor: '>',
  chosen: '(*)',
  unchosen: '( )',
  checked: '[x]',
  unchecked: '[ ]',
  present: 'ok',
  absent: '--',
  warning: '!',
  rule: '-',
  barFull: '#',
  barEmpty: '.',
  barParts: [],
  arrow: '->',
  separator: '|',
  ellipsis: '~',
  left: '<',
  right: '>',
  updown: 'up/down',
  leftright: 'left/right',
  axisVertical: '|',
  axisTick: '+',
  axisCorner: '+',
  axisHorizontal: '-',
  axisHorizontalTick: '+',
  trainingLine: ['+', '+', '-', '-', '-', '`', '.', '.', "'", '|'],
  validationLine: ['o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o'],
  shade: ':',
  trainingSample: '--',
  validationSample: 'oo',
  halfBlocks: null,
};

type Codes = readonly [on: number, off: number];
const BOLD: Codes = [1, 22];
const DIM: Codes = [2, 22];
const INVERSE: Codes = [7, 27];
const color = (code: number): Codes => [code, 39];

/** For each style the attributes that every terminal knows, and the color that is added where there is one. */
const STYLES: Record<Style, { attributes: readonly Codes[]; color?: Codes }> = {
  title: { attributes: [BOLD], color: color(36) },
  accent: { attributes: [], color: color(36) },
  strong: { attributes: [BOLD] },
  dim: { attributes: [DIM] },
  good: { attributes: [], color: color(32) },
  bad: { attributes: [BOLD], color: color(31) },
  warning: { attributes: [], color: color(33) },
  key: { attributes: [BOLD] },
  selected: { attributes: [BOLD], color: color(36) },
  textCursor: { attributes: [INVERSE] },
  training: { attributes: [], color: color(36) },
  validation: { attributes: [], color: color(33) },
};

const sgr = (code: number) => `\u001B[${code}m`;

/** Makes a theme of what the terminal can do. */
export function createTheme({ colors, unicode }: { colors: ColorLevel; unicode: boolean }): Theme {
  const codesOf = (style: Style): readonly Codes[] => {
    if (colors === 'none') return [];
    const { attributes, color: tint } = STYLES[style];
    return tint && colors !== 'attributes' ? [...attributes, tint] : attributes;
  };
  return {
    colors,
    unicode,
    glyphs: unicode ? UNICODE : ASCII,
    paint(style, text) {
      const codes = codesOf(style);
      if (text === '' || codes.length === 0) return text;
      const on = codes.map(([code]) => sgr(code)).join('');
      const off = codes.map(([, code]) => sgr(code)).join('');
      return `${on}${text}${off}`;
    },
    gray(text, foreground, background) {
      return `\u001B[38;5;${grayIndex(foreground)};48;5;${grayIndex(background)}m${text}\u001B[39;49m`;
    },
  };
}

/** The index of a gray in the 256-color palette: black, 24 steps, white. */
function grayIndex(level: number): number {
  const step = Math.round((Math.min(255, Math.max(0, level)) / 255) * 25);
  return step === 0 ? 16 : step === 25 ? 231 : 231 + step;
}

/**
 * Finds out what a terminal can do. `NO_COLOR` (no-color.org) takes away colors but not bold and dim; `TERM=dumb` takes
 * away both. Without any locale variable UTF-8 is assumed: containers often set none though their terminal has it.
 */
export function detectTheme(
  stdout: Pick<WriteStream, 'isTTY'> & Partial<Pick<WriteStream, 'getColorDepth'>>,
  env: NodeJS.ProcessEnv = process.env,
  wanted?: boolean,
): Theme {
  const depth = stdout.getColorDepth?.(env) ?? 1;
  let colors: ColorLevel = depth >= 8 ? '256' : depth >= 4 ? '16' : 'attributes';
  if (env.TERM === 'dumb') colors = 'none';
  else if (wanted === false || env.NO_COLOR) colors = 'attributes';
  else if (wanted === true && colors === 'attributes') colors = '16';
  return createTheme({ colors, unicode: hasUnicode(env) });
}

/**
 * Whether a terminal shows more than ASCII: by its locale or, on Windows, by its kind. The old console (conhost), which sets
 * none of these, gets UTF-16 from Node whatever its code page is, but its fonts lack most of the signs.
 */
export function hasUnicode(env: NodeJS.ProcessEnv, platform: string = process.platform): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM?.startsWith('xterm'));
  // The first that is set and not empty counts (POSIX, "Locale" in the base definitions).
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
